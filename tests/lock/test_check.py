"""What a change grants beyond the lock, and what would justify it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uc_guard.lock import check_lock, derive_lock
from uc_guard.lock.check import lock_frame
from uc_guard.model.name import quote_name
from uc_guard.model.privilege import spoken
from uc_guard.read.declared import read_declared


@pytest.fixture
def exceeding(declare, statements):
    """Give what a file grants beyond the lock of an agent that reads `a.b.t`."""

    def of(grants):
        declared = declare(statements("SELECT 1 FROM a.b.t"), **{"grants.sql": grants})
        return check_lock(derive_lock(declared), declared)

    return of


@pytest.mark.parametrize(
    "grants",
    [
        "GRANT SELECT ON TABLE a.b.t TO bot",
        "GRANT USE SCHEMA ON SCHEMA a.b TO bot; GRANT USE CATALOG ON CATALOG a TO bot",
        "GRANT ALL PRIVILEGES ON CATALOG a TO somebody",
        "GRANT MODIFY ON TABLE a.b.t TO bot; REVOKE MODIFY ON TABLE a.b.t FROM bot",
        "REVOKE SELECT ON TABLE a.b.t FROM bot",
    ],
)
def test_what_the_lock_allows_exceeds_nothing(exceeding, grants):
    assert exceeding(grants) == ()


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        ("GRANT MODIFY ON TABLE a.b.t TO bot", "a statement such as INSERT INTO a.b.t ... would justify it"),
        (
            "GRANT SELECT ON TABLE a.`x y`.t TO bot",
            "a statement such as SELECT ... FROM `a`.`x y`.`t` would justify it",
        ),
        ("GRANT SELECT ON SCHEMA a.b TO bot", "no statement justifies it on a whole schema"),
        ("GRANT ALL PRIVILEGES ON TABLE a.b.t TO bot", "no statement of an agent justifies it"),
        ("ALTER TABLE a.b.t OWNER TO bot", "no statement of an agent justifies it"),
        ("GRANT USE SCHEMA ON CATALOG a TO bot", "a statement that uses something in a would justify it"),
        ("GRANT READ VOLUME ON VOLUME a.b.v TO bot", "a statement on '/Volumes/a/b/v/...' would justify it"),
        ("GRANT USE CONNECTION ON CONNECTION c TO bot", "an entry of `[uses]` that needs USE CONNECTION on c"),
    ],
)
def test_what_exceeds_it_points_to_the_grant_and_says_what_would_justify_it(exceeding, grants, said):
    [one] = exceeding("\n" + grants)

    assert (one.principal, one.place.line) == ("bot", 2)
    assert said in one.justified_by


def test_what_the_lock_allows_there_stands_beside(exceeding):
    [one] = exceeding("GRANT SELECT ON SCHEMA a.b TO bot")

    assert one.instead == ("USE SCHEMA on SCHEMA a.b", "SELECT on TABLE a.b.t")


STATEMENTS = [
    "SELECT x FROM a.b.t", "INSERT INTO a.b.u SELECT y FROM c.d.`e f`", "SELECT a.f.g(1)", "CREATE TABLE n.m.o (i INT)",
    "SELECT * FROM read_files('/Volumes/v/w/x/y.csv')", "SELECT * FROM IDENTIFIER(:p)", "DELETE FROM a.b.t WHERE x = 1",
]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(STATEMENTS)), st.sets(st.sampled_from(STATEMENTS)))
def test_to_grant_just_what_a_lock_lists_exceeds_nothing_and_more_statements_allow_more(some, more):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wide = locked(folder, some | more)
        narrow = locked(folder, some)
        grants = [
            f"GRANT {spoken(one.privilege)} ON {one.securable_type} {quote_name(one.securable)} TO bot;"
            for agent in wide.agents
            for one in agent.privileges
        ]
        (folder / "grants.sql").write_text("\n".join(grants))

        assert set(lock_frame(narrow).rows()) <= set(lock_frame(wide).rows())
        assert check_lock(wide, read_declared([folder])) == ()


def locked(folder, texts):
    parts = "".join(f"[[statements]]\nsql = '''{text}'''\n" for text in sorted(texts))
    (folder / "agent.toml").write_text(f'[agent]\nprincipal = "bot"\npurpose = "p"\nowner = "o"\n{parts}')
    return derive_lock(read_declared([folder]))
