"""What the platform is known to do that surprises people: one test for each; the number is the fact's section."""

from __future__ import annotations

import polars as pl
import pytest

from uc_guard.access.effective import PAIR, can, closure, covering, holders, usable, world
from uc_guard.access.escalation import bindings, escalations
from uc_guard.model.privilege import has_future, implied

TREE = [
    ("CATALOG", "c"),
    ("SCHEMA", "c.s"),
    ("TABLE", "c.s.t"),
    ("VIEW", "c.s.v"),
    ("VOLUME", "c.s.o"),
    ("FUNCTION", "c.s.f"),
]


def may(snapshot, who, what, kind, name):
    asked = pl.DataFrame([(who, what, kind, name)], schema=PAIR, orient="row")
    return usable(world(snapshot), asked).select("can", "usable").row(0)


def test_1_5_a_grant_on_a_catalog_reaches_what_is_made_later(workspace):
    snapshot = workspace(objects=TREE, grants=[("bot", "SELECT", "CATALOG", "c")])
    assert may(snapshot, "bot", "SELECT", "TABLE", "c.new.made_tomorrow")[0]
    assert has_future("SELECT", "CATALOG")
    assert not has_future("SELECT", "TABLE")


def test_1_5_a_grant_on_the_metastore_flows_nowhere(workspace):
    snapshot = workspace(objects=[*TREE, ("METASTORE", "m")], grants=[("bot", "MANAGE", "METASTORE", "m")])
    assert not may(snapshot, "bot", "MANAGE", "CATALOG", "c")[0]


def test_1_5_use_schema_flows_from_the_catalog_and_use_catalog_stands_on_it(workspace):
    snapshot = workspace(objects=TREE, grants=[("bot", "USE_SCHEMA", "CATALOG", "c")])
    assert may(snapshot, "bot", "USE_SCHEMA", "SCHEMA", "c.s") == (True, False)
    assert not may(snapshot, "bot", "USE_CATALOG", "CATALOG", "c")[0]


def test_1_5_use_schema_does_not_give_use_catalog(workspace):
    snapshot = workspace(
        objects=TREE, grants=[("bot", "USE_SCHEMA", "SCHEMA", "c.s"), ("bot", "SELECT", "TABLE", "c.s.t")]
    )
    assert may(snapshot, "bot", "SELECT", "TABLE", "c.s.t") == (True, False)


def test_1_5_nothing_flows_between_securables_that_share_a_path(workspace):
    snapshot = workspace(
        objects=[*TREE, ("EXTERNAL_LOCATION", "lake")], grants=[("bot", "READ_FILES", "EXTERNAL_LOCATION", "lake")]
    )
    assert not may(snapshot, "bot", "READ_VOLUME", "VOLUME", "c.s.o")[0]


@pytest.mark.parametrize("kept", ["MANAGE", "EXTERNAL_USE_SCHEMA", "READ_METADATA"])
def test_1_6_all_privileges_leaves_out_the_administrative_ones(workspace, kept):
    snapshot = workspace(objects=TREE, grants=[("bot", "ALL_PRIVILEGES", "CATALOG", "c")])
    assert not may(snapshot, "bot", kept, "SCHEMA", "c.s")[0]


def test_1_6_all_privileges_on_a_catalog_opens_the_whole_way_down(workspace):
    snapshot = workspace(objects=TREE, grants=[("bot", "ALL_PRIVILEGES", "CATALOG", "c")])
    assert may(snapshot, "bot", "SELECT", "TABLE", "c.s.t") == (True, True)
    assert may(snapshot, "bot", "MODIFY", "TABLE", "c.s.v") == (False, False)
    assert may(snapshot, "bot", "BROWSE", "CATALOG", "c") == (True, True)


@pytest.mark.parametrize("where", ["METASTORE", "SHARE"])
def test_1_6_all_privileges_means_nothing_where_it_cannot_be_granted(where):
    assert implied("ALL_PRIVILEGES", where, where) == ()


def test_1_7_manage_gives_no_data_and_is_an_escalation(workspace):
    snapshot = workspace(objects=TREE, grants=[("bot", "MANAGE", "SCHEMA", "c.s")])
    assert not may(snapshot, "bot", "SELECT", "TABLE", "c.s.t")[0]
    assert may(snapshot, "bot", "MANAGE", "TABLE", "c.s.t") == (True, True)
    found = escalations(snapshot, world(snapshot), ["bot"])
    assert found.select("how", "securable", "inside").rows() == [("manage", "c.s", 5)]


def test_1_8_browse_asks_for_nothing_on_the_way_and_gives_no_data(workspace):
    snapshot = workspace(objects=TREE, grants=[("bot", "BROWSE", "CATALOG", "c")])
    assert may(snapshot, "bot", "BROWSE", "CATALOG", "c") == (True, True)
    assert not may(snapshot, "bot", "SELECT", "TABLE", "c.s.t")[0]


def test_1_9_an_owner_has_no_row_and_has_everything_on_the_securable_itself(workspace):
    snapshot = workspace(objects=[("CATALOG", "c"), ("SCHEMA", "c.s"), ("TABLE", "c.s.t", "bot")])
    home = world(snapshot)
    pair = pl.DataFrame([("bot", "SELECT", "TABLE", "c.s.t")], schema=PAIR, orient="row")
    assert covering(home, pair)["by"].to_list() == ["OWNER"]
    assert may(snapshot, "bot", "SELECT", "TABLE", "c.s.t") == (True, False)


def test_1_9_the_owner_of_a_container_has_no_data_but_can_take_it(workspace):
    snapshot = workspace(objects=[("CATALOG", "c", "bot"), ("SCHEMA", "c.s"), ("TABLE", "c.s.t")])
    assert not may(snapshot, "bot", "SELECT", "TABLE", "c.s.t")[0]
    found = escalations(snapshot, world(snapshot), ["bot"])
    assert found.select("how", "securable_type", "inside").rows() == [("owner", "CATALOG", 3)]


def test_1_9_the_owner_of_a_schema_has_no_external_use(workspace):
    snapshot = workspace(objects=[("CATALOG", "c"), ("SCHEMA", "c.s", "bot")])
    assert not may(snapshot, "bot", "EXTERNAL_USE_SCHEMA", "SCHEMA", "c.s")[0]


def test_1_9_every_member_of_an_owning_group_is_an_owner(workspace):
    snapshot = workspace(objects=[("TABLE", "c.s.t", "outer")], members=[("outer", "inner"), ("inner", "bot")])
    assert may(snapshot, "bot", "MODIFY", "TABLE", "c.s.t")[0]
    assert holders(world(snapshot), ["bot"]).select("origin", "path").rows() == [("owner", ["bot", "inner", "outer"])]


def test_1_11_account_users_holds_whom_no_listing_names(workspace):
    snapshot = workspace(objects=TREE, grants=[("account users", "SELECT", "TABLE", "c.s.t")])
    assert may(snapshot, "somebody@example.com", "SELECT", "TABLE", "c.s.t")[0]
    assert holders(world(snapshot), ["somebody@example.com"])["origin"].to_list() == ["everyone"]


def test_1_11_groups_in_a_circle_end():
    members = pl.DataFrame([("a", "b"), ("b", "a"), ("a", "bot")], schema=["group", "member"], orient="row")
    found = closure(members)
    assert found.filter(pl.col("principal") == "bot")["group"].to_list() == ["bot", "a", "account users", "b"]


def test_1_11_a_path_is_a_shortest_one_and_the_first_among_equals():
    rows = [("y", "bot"), ("x", "bot"), ("top", "y"), ("top", "x"), ("top", "z"), ("z", "y")]
    found = closure(pl.DataFrame(rows, schema=["group", "member"], orient="row"))
    top = found.filter((pl.col("principal") == "bot") & (pl.col("group") == "top"))
    assert top["path"].to_list() == [["bot", "x", "top"]]


def test_1_12_an_isolated_catalog_is_closed_to_a_workspace_that_is_not_bound(workspace):
    listed = [
        {"securable_type": "CATALOG", "securable": name, "kind": "CATALOG", "isolated": isolated}
        for name, isolated in (("shut", True), ("bound", True), ("open", False), ("unknown", None))
    ]
    snapshot = workspace(objects=listed, bindings=[("CATALOG", "bound", "7", True), ("CATALOG", "shut", "8", False)])
    found = {name: (bound, read_only) for _, name, bound, read_only in bindings(snapshot, "7").rows()}
    assert found == {"shut": (False, None), "bound": (True, True), "unknown": (None, None)}


def test_1_12_without_bindings_nothing_is_said_of_an_isolated_catalog(workspace):
    listed = [{"securable_type": "CATALOG", "securable": "shut", "kind": "CATALOG", "isolated": True}]
    assert bindings(workspace(objects=listed, absent=("bindings",)), "7")["bound"].to_list() == [None]


def test_3_6_a_grant_policy_is_an_escalation_unless_it_spares(workspace):
    policy = {
        "policy_type": "GRANT",
        "securable_type": "CATALOG",
        "securable": "c",
        "to": ["team"],
        "except": [],
        "privileges": ["EXECUTE"],
    }
    policies = [{**policy, "policy": "p"}, {**policy, "policy": "q", "securable": "d", "except": ["bot"]}]
    snapshot = workspace(objects=TREE, policies=policies, members=[("team", "bot")])
    found = escalations(snapshot, world(snapshot), ["bot"])
    assert found.select("how", "securable", "path").rows() == [("policy", "c", ["bot", "team"])]


def test_8_an_unknown_privilege_gives_itself_where_it_stands_and_nothing_else(workspace):
    snapshot = workspace(objects=TREE, grants=[("bot", "TELEPORT", "SCHEMA", "c.s")])
    assert may(snapshot, "bot", "TELEPORT", "SCHEMA", "c.s")[0]
    assert not may(snapshot, "bot", "TELEPORT", "TABLE", "c.s.t")[0]


def test_can_keeps_the_order_and_the_repetitions_of_what_is_asked(workspace):
    snapshot = workspace(objects=TREE, grants=[("bot", "SELECT", "TABLE", "c.s.t")])
    asked = [
        ("bot", "MODIFY", "TABLE", "c.s.t"),
        ("bot", "SELECT", "TABLE", "c.s.t"),
        ("bot", "MODIFY", "TABLE", "c.s.t"),
    ]
    assert can(world(snapshot), pl.DataFrame(asked, schema=PAIR, orient="row"))["can"].to_list() == [False, True, False]
