"""What a change grants beyond the lock, and what would justify it."""

from __future__ import annotations

import pytest

from uc_guard.lock import check_lock, derive_lock


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
