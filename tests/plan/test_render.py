"""A plan as SQL and REST: every identifier stays inside its quotes, every comment on its line."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uc_guard.model.name import join_name, split_name
from uc_guard.model.plan import Membership, MembershipChange, Statement
from uc_guard.plan.render import render_inverse, render_rest, render_sql, render_statement

_SPEC = importlib.util.spec_from_file_location("plan_worlds", Path(__file__).with_name("plan_worlds.py"))
worlds = sys.modules.setdefault("plan_worlds", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(worlds)
PLAN = worlds.plan_of(
    worlds.Scene(
        grants=frozenset({("ann", "ALL_PRIVILEGES", *worlds.CATALOG)}),
        needs=worlds.with_way({("ann", "SELECT", *worlds.TABLE): "must"}),
    )
)

many = settings(max_examples=300, deadline=None)
HOSTILE = (
    "`",
    "``",
    "\n",
    "\r",
    "\\",
    ";",
    "--",
    "/*",
    "*/",
    "'",
    '"',
    "\u2028",
    "\u202e",
    "\x00",
    "$",
    "{",
    "}",
    ".",
    " ",
    "é",
    "😀",
)
texts = st.text(
    st.one_of(st.sampled_from("".join(HOSTILE)), st.characters(exclude_categories=["Cs"])), min_size=1, max_size=12
)
# A canonical name drops space around an unquoted part, and the platform has no such names.
names = st.lists(texts.filter(lambda part: part.strip() == part), min_size=1, max_size=3)


def tokens(sql):
    """The tokens of a script by the platform's lexical rules: words, quoted identifiers, strings, marks, comments."""
    found, at = [], 0
    while at < len(sql):
        if sql[at] == "`":
            end = at + 1
            while sql[end] != "`" or sql[end : end + 2] == "``":
                end += 2 if sql[end] == "`" else 1
            found.append(("name", sql[at + 1 : end].replace("``", "`")))
            at = end + 1
        elif sql.startswith("--", at):
            end = at
            while end < len(sql) and sql[end] not in "\r\n":
                end += 2 if sql.startswith("\\\n", end) else 1
            found.append(("comment", sql[at:end]))
            at = end
        elif sql.startswith("/*", at) or sql[at] in "'\"":
            found.append(("open", sql[at:]))
            break
        elif sql[at].isalpha():
            end = at
            while end < len(sql) and (sql[end].isalnum() or sql[end] == "_"):
                end += 1
            found.append(("word", sql[at:end]))
            at = end
        else:
            found += [("mark", sql[at])] if sql[at] not in " \n" else []
            at += 1
    return found


def code(sql):
    """The tokens that are not comments."""
    return [token for token in tokens(sql) if token[0] != "comment"]


@many
@given(parts=names, grantee=texts, reason=texts)
def test_no_identifier_and_no_reason_breaks_out(parts, grantee, reason):
    statement = Statement("GRANT", ("MODIFY", "SELECT"), "TABLE", join_name(parts), grantee, reason)
    plan = replace(PLAN, statements=(statement,), warnings=(reason,), subjects=(grantee,), baseline=reason)
    dotted = [token for part in parts for token in (("mark", "."), ("name", part.lower()))][1:]
    assert code(render_sql(plan)) == [
        *(("word", word) for word in ("GRANT", "MODIFY")), ("mark", ","),
        *(("word", word) for word in ("SELECT", "ON", "TABLE")), *dotted,
        ("word", "TO"), ("name", grantee), ("mark", ";"),
    ]  # fmt: skip


@many
@given(securable=texts, grantee=texts)
def test_a_securable_with_a_broken_name_stays_in_quotes_too(securable, grantee):
    statement = Statement("REVOKE", ("READ_FILES",), "EXTERNAL_LOCATION", securable, grantee, "")
    kinds = [kind for kind, _ in code(render_statement(statement))]
    assert kinds[:5] == ["word"] * 5  # REVOKE READ FILES ON EXTERNAL LOCATION, less the last
    assert set(kinds) <= {"word", "name", "mark"}
    assert code(render_statement(statement))[-2:] == [("word", "FROM"), ("name", grantee)]


@many
@given(group=texts, member=texts, reason=texts)
def test_memberships_are_comments_only(group, member, reason):
    change = MembershipChange(Membership(group, member), reason)
    plan = replace(PLAN, statements=(), inverse=(), memberships=(change,))
    assert code(render_sql(plan)) == code(render_inverse(plan)) == []


@many
@given(reason=texts)
def test_a_comment_shows_no_invisible_character_and_no_semicolon(reason):
    plan = replace(PLAN, statements=(replace(PLAN.statements[0], reason=reason),))
    comments = [text for kind, text in tokens(render_sql(plan)) if kind == "comment"]
    assert all(text.isprintable() and ";" not in text for text in comments)


def test_the_lexer_of_this_test_sees_what_breaks_out():
    assert ("word", "DROP") in code("-- fine\rDROP `x`")
    assert code("-- a \\\nGRANT") == []
    assert code("`a``b`") == [("name", "a`b")]


@pytest.mark.parametrize(
    ("securable_type", "name", "on"),
    [
        ("CATALOG", "c", "CATALOG `c`"),
        ("SCHEMA", "c.s", "SCHEMA `c`.`s`"),
        ("TABLE", "c.s.`x.y`", "TABLE `c`.`s`.`x.y`"),
        ("VOLUME", "c.s.v", "VOLUME `c`.`s`.`v`"),
        ("FUNCTION", "c.s.f", "FUNCTION `c`.`s`.`f`"),
        ("EXTERNAL_LOCATION", "raw-zone", "EXTERNAL LOCATION `raw-zone`"),
        ("STORAGE_CREDENTIAL", "k", "STORAGE CREDENTIAL `k`"),
        ("CREDENTIAL", "k", "CREDENTIAL `k`"),
        ("CONNECTION", "k", "CONNECTION `k`"),
        ("EXTERNAL_METADATA", "k", "EXTERNAL METADATA `k`"),
        ("METASTORE", "11-22", "METASTORE"),
    ],
)
def test_each_securable_type_is_named_as_the_grammar_asks(securable_type, name, on):
    statement = Statement("REVOKE", ("ALL_PRIVILEGES",), securable_type, name, "a@b.c", "")
    assert render_statement(statement) == f"REVOKE ALL PRIVILEGES ON {on} FROM `a@b.c`"


def test_a_share_is_granted_to_a_recipient():
    statement = Statement("GRANT", ("SELECT",), "SHARE", "s", "partner", "")
    assert render_statement(statement) == "GRANT SELECT ON SHARE `s` TO RECIPIENT `partner`"


@pytest.mark.parametrize(
    "change",
    [
        {"securable_type": "TABLE x; DROP"},
        {"privileges": ("SELECT ON x",)},
        {"verb": "GRANT; DROP"},
        {"privileges": ("\u017fELECT",)},
    ],
)
def test_words_that_are_no_words_are_refused(change):
    statement = replace(Statement("GRANT", ("SELECT",), "TABLE", "c.s.t", "a", ""), **change)
    with pytest.raises(ValueError, match="is no"):
        render_statement(statement)


def test_the_script_gives_before_it_takes_and_says_where_the_gap_is():
    script = render_sql(PLAN)
    lines = [line for line in script.splitlines() if line and not line.startswith("--")]
    assert lines == [
        "GRANT USE SCHEMA ON SCHEMA `c`.`s` TO `ann`;",
        "GRANT SELECT ON TABLE `c`.`s`.`t` TO `ann`;",
        "REVOKE ALL PRIVILEGES ON CATALOG `c` FROM `ann`;",
        "GRANT USE CATALOG ON CATALOG `c` TO `ann`;",
    ]
    assert script.index("-- Give") < script.index("GRANT USE SCHEMA") < script.index("-- Take") < script.index("REVOKE")
    assert script.index("-- GAP") < script.index("REVOKE ALL")


def test_the_script_says_which_revoke_may_take_other_rows_along():
    along = "It may take other rows of this principal on this securable along."
    told = {
        privileges: along
        in render_sql(
            replace(PLAN, statements=(Statement("REVOKE", privileges, "CATALOG", "c", "ann", "unused"),), inverse=())
        )
        for privileges in (("ALL_PRIVILEGES",), ("SELECT",))
    }
    assert told == {("ALL_PRIVILEGES",): True, ("SELECT",): False}


def test_the_inverse_script_gives_back_before_it_takes_back():
    lines = [line for line in render_inverse(PLAN).splitlines() if line and not line.startswith("--")]
    assert lines == [
        "GRANT ALL PRIVILEGES ON CATALOG `c` TO `ann`;",
        "REVOKE USE CATALOG ON CATALOG `c` FROM `ann`;",
        "REVOKE SELECT ON TABLE `c`.`s`.`t` FROM `ann`;",
        "REVOKE USE SCHEMA ON SCHEMA `c`.`s` FROM `ann`;",
    ]


def test_rest_swaps_all_privileges_in_one_request():
    assert render_rest(PLAN)[-1] == {
        "method": "PATCH",
        "path": "/api/2.1/unity-catalog/permissions/catalog/c",
        "body": {"changes": [{"principal": "ann", "add": ["USE_CATALOG"], "remove": ["ALL_PRIVILEGES"]}]},
    }
    assert [request["path"].rsplit("/", 1)[-1] for request in render_rest(PLAN)] == ["c.s", "c.s.t", "c"]


@many
@given(parts=names, grantee=texts)
def test_rest_paths_hold_one_encoded_name(parts, grantee):
    statement = Statement("GRANT", ("SELECT",), "TABLE", join_name(parts), grantee, "")
    (request,) = render_rest(replace(PLAN, statements=(statement,)))
    head, _, last = request["path"].rpartition("/")
    assert head == "/api/2.1/unity-catalog/permissions/table"
    assert unquote(last) == ".".join(split_name(join_name(parts)))
    assert json.loads(json.dumps(request))["body"]["changes"][0]["principal"] == grantee


def test_an_empty_plan_is_a_script_of_comments():
    empty = replace(PLAN, statements=(), inverse=())
    assert code(render_sql(empty)) == code(render_inverse(empty)) == []
    assert render_rest(empty) == []
