"""Declared, granted, used: what files say, held against a workspace, a log and a lock."""

from __future__ import annotations

import polars as pl
import pytest

from uc_guard import tables
from uc_guard.access.declared import compare_declared
from uc_guard.access.effective import PAIR, world_of

BOT = "bot"


def declarations(*rows):
    return pl.DataFrame(
        [
            {
                "principal": BOT, "securable_type": kind, "securable": name, "privilege": privilege, "verb": verb,
                "is_authoritative": authority is not None, "authority": authority, "is_resolved": True,
                "function": None, "on_column": None, "origin": "sql", "path": "a.sql", "line": number, "column": 1,
                "end_line": number, "end_column": 2, "source": "x",
            }
            for number, (verb, privilege, kind, name, authority) in enumerate(rows, 1)
        ],
        schema=tables.DECLARATIONS.schema,
    )  # fmt: skip


def grant(privilege, kind, name, authority=None):
    return ("grant", privilege, kind, name, authority)


def pairs(*rows):
    return pl.DataFrame([(BOT, *row) for row in rows], schema=dict.fromkeys(PAIR, pl.String), orient="row")


def workspace(*rows, members=(), owners=()):
    grants = [
        {"grantee": who, "privilege": what, "securable_type": kind, "securable": name} for who, what, kind, name in rows
    ]
    objects = [{"securable_type": kind, "securable": name, "kind": kind, "owner": who} for who, kind, name in owners]
    inside = [{"group": group, "member": member} for group, member in members]
    return world_of(tables.GRANTS.frame(grants), tables.MEMBERS.frame(inside), tables.OBJECTS.frame(objects))


@pytest.fixture
def flags():
    def of(*rows, flag, **given):
        frame = compare_declared(declarations(*rows), **given)
        tables.DECLARED.validate(frame)
        return frame.filter(pl.col("path").is_not_null())[flag].to_list()

    return of


SELECT = grant("SELECT", "TABLE", "a.b.c")


def test_with_only_files_nothing_else_is_known(flags):
    for flag in ("granted", "used", "locked"):
        assert flags(SELECT, flag=flag) == [None]


@pytest.mark.parametrize(
    ("held", "is_granted"),
    [
        ((BOT, "SELECT", "TABLE", "a.b.c"), True),
        ((BOT, "ALL_PRIVILEGES", "SCHEMA", "a.b"), True),
        (("team", "SELECT", "CATALOG", "a"), True),
        ((BOT, "SELECT", "TABLE", "a.b.d"), False),
        (("other", "SELECT", "TABLE", "a.b.c"), False),
    ],
)
def test_what_is_declared_is_granted_by_a_row_of_its_own_or_a_wider_one(flags, held, is_granted):
    home = workspace(held, members=[("team", BOT)])

    assert flags(SELECT, flag="granted", home=home) == [is_granted]


@pytest.mark.parametrize(
    ("declared", "is_used"),
    [
        (SELECT, True),
        (grant("ALL_PRIVILEGES", "TABLE", "a.b.c"), True),
        (grant("SELECT", "CATALOG", "a"), True),
        (grant("MODIFY", "TABLE", "a.b.c"), False),
        (grant("SELECT", "SCHEMA", "a.x"), False),
        (("owner", "OWNER", "TABLE", "a.b.c", None), True),
    ],
)
def test_what_is_declared_is_used_where_it_gives_what_is_needed(flags, declared, is_used):
    needs = pairs(("SELECT", "TABLE", "a.b.c"))

    assert flags(declared, flag="used", needs=needs, subjects=[BOT]) == [is_used]
    assert flags(declared, flag="used", needs=needs, subjects=[]) == [None]


@pytest.mark.parametrize(
    ("declared", "is_locked"),
    [
        (SELECT, True),
        (grant("SELECT", "SCHEMA", "a.b"), False),
        (grant("ALL_PRIVILEGES", "TABLE", "a.b.c"), False),
        (grant("USE_SCHEMA", "SCHEMA", "a.b"), True),
        (grant("USE_SCHEMA", "CATALOG", "a"), False),
        (("owner", "OWNER", "TABLE", "a.b.c", None), False),
        (grant("NEW_PRIVILEGE", "TABLE", "a.b.c"), False),
    ],
)
def test_the_lock_allows_what_it_lists_and_nothing_wider(flags, declared, is_locked):
    locked = pairs(("SELECT", "TABLE", "a.b.c"), ("USE_SCHEMA", "SCHEMA", "a.b"), ("USE_CATALOG", "CATALOG", "a"))

    assert flags(declared, flag="locked", locked=locked) == [is_locked]


def test_what_only_the_workspace_grants_to_a_declared_principal_is_a_row_without_a_place():
    frame = compare_declared(declarations(SELECT), home=workspace((BOT, "MODIFY", "TABLE", "x.y.z")))

    assert frame.select("privilege", "path", "granted").rows() == [("SELECT", "a.sql", False), ("MODIFY", None, True)]


def test_a_file_that_claims_a_securable_whole_speaks_for_everybody_on_it():
    home = workspace(("other", "SELECT", "TABLE", "a.b.c"), ("other", "SELECT", "TABLE", "a.b.d"))
    frame = compare_declared(declarations(grant("SELECT", "TABLE", "a.b.c", "securable")), home=home)

    assert frame.select("principal", "securable", "path").rows() == [(BOT, "a.b.c", "a.sql"), ("other", "a.b.c", None)]


def test_what_a_file_takes_back_further_down_is_not_declared():
    revoke = ("revoke", "SELECT", "TABLE", "a.b.c", None)

    assert compare_declared(declarations(SELECT, revoke)).height == 0
    assert compare_declared(declarations(revoke, SELECT)).height == 1


def test_to_revoke_all_privileges_leaves_manage():
    rows = (SELECT, grant("MANAGE", "TABLE", "a.b.c"), ("revoke", "ALL_PRIVILEGES", "TABLE", "a.b.c", None))

    assert compare_declared(declarations(*rows))["privilege"].to_list() == ["MANAGE"]
