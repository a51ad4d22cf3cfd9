"""A redacted capture keeps no literal and no message, and plans the same, or less."""

from __future__ import annotations

from datetime import timedelta

import capture_stub as stub
import polars as pl
import pytest

from uc_guard import Settings, audit
from uc_guard.capture import Options, capture
from uc_guard.usage.redact import Redactor

HISTORY = "system.query.history"
PLAIN = (
    "SELECT id FROM main.sales.orders WHERE name = 'swordfish' -- swordfish",
    "/* swordfish */ SELECT count(*) FROM main.sales.orders WHERE id IN (1234567, 7654321)",
    "UPDATE main.sales.orders SET id = 1234567 WHERE id = 2",
)
NAMING = (
    "SELECT * FROM IDENTIFIER('main.sales.people')",
    "EXECUTE IMMEDIATE 'SELECT * FROM main.sales.people'",
    "SELECT * FROM read_files('/Volumes/main/sales/files/swordfish')",
    "DECLARE t STRING DEFAULT 'main.sales.people'",
    "SET VAR t = 'main.sales.people'",
    "SELECT * FROM table_changes('main.sales.people', 1)",
    "SELECT * FROM `main`.`sales`.`or ders`",
    "USE CATALOG 'main'",
    'SELECT "swordfish',
)


def taken(folder, texts, *, redacted, error=None):
    rows = []
    for n, text in enumerate(texts):
        row = stub.statement(f"s{n}", stub.WINDOW[0] + timedelta(hours=n + 13), text)
        named = [{"key": "p", "value": "swordfish"}]
        row["query_parameters"] = {"named_parameters": named, "pos_parameters": None, "is_truncated": False}
        row["error_message"] = error
        row["execution_status"] = "FAILED" if error else "FINISHED"
        rows.append(row)
    options = Options(redactor=Redactor() if redacted else None)
    return capture(stub.workspace_of(sql=stub.Sql({HISTORY: rows})), folder / "snap", stub.WINDOW, stub.TAKEN, options)


def revoked(snapshot):
    settings = Settings(subjects=(stub.AGENT,), trust_query_history=True, max_opaque_share=1.0)
    plan = audit(snapshot, settings).plan
    return {(word, one.securable) for one in plan.statements if one.verb == "REVOKE" for word in one.privileges}


def written(folder):
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    frames = [pl.read_parquet(path) for path in folder.rglob("*.parquet")]
    return b"".join(texts) + "".join(str(frame.to_dicts()) for frame in frames).encode()


def test_plain_statements_plan_the_same_and_no_literal_is_on_the_disk(tmp_path):
    whole = taken(tmp_path / "whole", PLAIN, redacted=False)
    bare = taken(tmp_path / "bare", PLAIN, redacted=True)
    assert b"swordfish" in written(tmp_path / "whole")
    assert b"swordfish" not in written(tmp_path / "bare")
    assert b"1234567" not in written(tmp_path / "bare")
    assert revoked(bare) == revoked(whole) == {("SELECT", "main.sales.people")}


@pytest.mark.parametrize("text", NAMING)
def test_where_a_literal_may_name_something_the_redacted_plan_takes_nothing_more(tmp_path, text):
    whole = taken(tmp_path / "whole", [PLAIN[0], text], redacted=False)
    bare = taken(tmp_path / "bare", [PLAIN[0], text], redacted=True)
    assert b"swordfish" not in written(tmp_path / "bare")
    assert revoked(bare) <= revoked(whole)
    assert bare.frame("statements").filter(pl.col("statement_id") == "s1")["text"].to_list() == [None]


def test_of_a_message_only_what_was_refused_is_kept(tmp_path):
    error = "[INSUFFICIENT_PERMISSIONS] User does not have SELECT on Table 'main.sales.orders'. near 'swordfish'"
    found = taken(tmp_path, PLAIN[:1], redacted=True, error=error)
    (kept,) = found.frame("statements")["error"].to_list()
    assert kept == "PERMISSION_DENIED: does not have SELECT on Table 'main.sales.orders'"
    assert b"swordfish" not in written(tmp_path)


def test_a_message_of_another_kind_is_not_kept_at_all(tmp_path):
    found = taken(tmp_path, PLAIN[:1], redacted=True, error="[PARSE_SYNTAX_ERROR] near 'swordfish'")
    assert found.frame("statements")["error"].to_list() == ["redacted"]
    assert b"swordfish" not in written(tmp_path)


def test_texts_that_were_kept_in_full_go_when_they_are_to_be_redacted(tmp_path):
    taken(tmp_path, PLAIN, redacted=False)
    assert b"swordfish" in written(tmp_path)
    taken(tmp_path, PLAIN, redacted=True)
    assert b"swordfish" not in written(tmp_path)


def test_every_thread_may_redact():
    redactor = Redactor()
    texts = pl.Series("text", [*PLAIN, None, *NAMING])
    assert redactor(texts).to_list() == redactor(texts).to_list()
    assert redactor(texts)[3] is None
