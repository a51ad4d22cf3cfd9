"""Uses become needs by the platform's table of operations."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from uc_guard import tables
from uc_guard.access.behind import EVIDENCE, together
from uc_guard.access.required import required, unknown_bodies, unobservable

TREE = [
    ("CATALOG", "c"),
    ("SCHEMA", "c.s"),
    ("TABLE", "c.s.t", None, "MANAGED"),
    ("VIEW", "c.s.v", "owner"),
    ("VOLUME", "c.s.o"),
    ("FUNCTION", "c.s.f", "owner"),
    ("TABLE", "c.s.mv", "maker", "MATERIALIZED_VIEW"),
    ("CONNECTION", "far"),
]
ENTERS = [("bot", "USE_CATALOG", "CATALOG", "c"), ("bot", "USE_SCHEMA", "SCHEMA", "c.s")]


@pytest.fixture
def need(workspace, usage, opaque, bodies):
    """Give {(principal, privilege, name): (certainty, reason)} for one estate."""

    def judge(*uses, dark=(), behind=(), subjects=(), **frames):
        frames.setdefault("objects", TREE)
        found = required(usage(*uses), opaque(*dark), bodies(*behind), workspace(**frames), subjects)
        return {(p, v, n): (c, r) for p, v, _, n, c, r, *_ in found.rows()}

    return judge


def asked(found, who="bot"):
    """What one principal needs, USE on the way left out."""
    return {(v, n): c for (p, v, n), (c, _) in found.items() if p == who and v not in ("USE_CATALOG", "USE_SCHEMA")}


@pytest.mark.parametrize(
    ("action", "kind", "name", "expected"),
    [
        ("SELECT", "TABLE", "c.s.t", {("SELECT", "c.s.t")}),
        ("SELECT", "VIEW", "c.s.v", {("SELECT", "c.s.v")}),
        ("MODIFY", "TABLE", "c.s.t", {("MODIFY", "c.s.t"), ("SELECT", "c.s.t")}),
        ("EXECUTE", "FUNCTION", "c.s.f", {("EXECUTE", "c.s.f")}),
        ("READ_VOLUME", "VOLUME", "c.s.o", {("READ_VOLUME", "c.s.o")}),
        ("WRITE_VOLUME", "VOLUME", "c.s.o", {("WRITE_VOLUME", "c.s.o"), ("READ_VOLUME", "c.s.o")}),
        ("CREATE", "TABLE", "c.s.new", {("CREATE_TABLE", "c.s")}),
        ("CREATE", "VIEW", "c.s.new", {("CREATE_TABLE", "c.s")}),
        ("CREATE", "FUNCTION", "c.s.new", {("CREATE_FUNCTION", "c.s")}),
        ("CREATE", "PROCEDURE", "c.s.new", {("CREATE_FUNCTION", "c.s")}),
        ("CREATE", "MODEL", "c.s.new", {("CREATE_MODEL", "c.s")}),
        ("CREATE", "VOLUME", "c.s.new", {("CREATE_VOLUME", "c.s")}),
        ("CREATE", "MATERIALIZED_VIEW", "c.s.new", {("CREATE_MATERIALIZED_VIEW", "c.s")}),
        ("CREATE", "SCHEMA", "c.new", {("CREATE_SCHEMA", "c")}),
        ("CREATE", "CATALOG", "new", {("CREATE_CATALOG", "m")}),
        ("CREATE", "CONNECTION", "new", {("CREATE_CONNECTION", "m")}),
        ("ALTER", "TABLE", "c.s.t", {("MODIFY", "c.s.t"), ("SELECT", "c.s.t")}),
        ("ALTER", "VIEW", "c.s.v", {("MANAGE", "c.s.v")}),
        ("DROP", "TABLE", "c.s.t", {("MANAGE", "c.s.t")}),
        ("MANAGE", "SCHEMA", "c.s", {("MANAGE", "c.s")}),
        ("APPLY_TAG", "TABLE", "c.s.t", {("APPLY_TAG", "c.s.t")}),
        ("REFRESH", "MATERIALIZED_VIEW", "c.s.mv", {("REFRESH", "c.s.mv")}),
        ("REFRESH", "TABLE", "c.s.t", {("SELECT", "c.s.t")}),
        ("USE_CONNECTION", "CONNECTION", "far", {("USE_CONNECTION", "far")}),
        ("METADATA", "TABLE", "c.s.t", set()),
    ],
)
def test_2_an_action_asks_for_what_the_manual_says(need, action, kind, name, expected):
    found = asked(need(("bot", action, kind, name), metastore="m"))
    assert set(found) == expected
    assert set(found.values()) <= {"must"}


def test_1_13_every_need_brings_use_on_the_way(need):
    found = need(("bot", "SELECT", "TABLE", "c.s.t"))
    assert found["bot", "USE_CATALOG", "c"] == ("must", "usage-chain")
    assert found["bot", "USE_SCHEMA", "c.s"] == ("must", "usage-chain")


def test_a_securable_on_the_metastore_needs_nothing_on_the_way(need):
    assert set(need(("bot", "USE_CONNECTION", "CONNECTION", "far"))) == {("bot", "USE_CONNECTION", "far")}


def test_2_2_select_goes_with_modify(need):
    assert need(("bot", "MODIFY", "TABLE", "c.s.t"))["bot", "SELECT", "c.s.t"] == ("must", "co-requisite")


def test_2_3_alter_by_one_who_can_only_manage_needs_manage(need):
    grants = [("bot", "MANAGE", "SCHEMA", "c.s"), *ENTERS]
    found = asked(need(("bot", "ALTER", "TABLE", "c.s.t"), grants=grants))
    assert found == {("MANAGE", "c.s.t"): "must"}


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        # UC: MANAGE on a container needs USE on the levels above it only; on the table alone it needs both.
        ([("bot", "MANAGE", "CATALOG", "c")], "c"),
        ([("bot", "MANAGE", "CATALOG", "c"), ("bot", "USE_SCHEMA", "SCHEMA", "c.s")], "c"),
        ([("bot", "MANAGE", "CATALOG", "c"), ("bot", "USE_CATALOG", "CATALOG", "c")], "c.s"),
        ([("bot", "MANAGE", "SCHEMA", "c.s"), ("bot", "USE_CATALOG", "CATALOG", "c")], "c.s"),
        ([("bot", "MANAGE", "TABLE", "c.s.t")], "c.s.t"),
        ([("bot", "MANAGE", "CATALOG", "c"), ("bot", "ALL_PRIVILEGES", "CATALOG", "c")], "c.s.t"),
    ],
)
@pytest.mark.parametrize("action", ["MANAGE", "DROP"])
def test_1_7_manage_stays_where_nothing_lets_its_holder_enter(need, action, grants, expected):
    found = asked(need(("bot", action, "TABLE", "c.s.t"), grants=grants))
    assert found == {("MANAGE", expected): "must"}


def test_2_3_alter_by_one_who_holds_both_ways_may_have_needed_either(need):
    grants = [("bot", "MANAGE", "SCHEMA", "c.s"), ("bot", "MODIFY", "TABLE", "c.s.t"), *ENTERS]
    found = asked(need(("bot", "ALTER", "TABLE", "c.s.t"), grants=grants))
    assert found[("MANAGE", "c.s.t")] == found[("MODIFY", "c.s.t")] == "may"


def test_2_3_a_drop_by_the_owner_of_the_schema_needs_no_manage_on_the_table(need):
    objects = [("CATALOG", "c"), ("SCHEMA", "c.s", "bot"), ("TABLE", "c.s.t")]
    found = asked(need(("bot", "DROP", "TABLE", "c.s.t"), objects=objects))
    assert found == {("MANAGE", "c.s"): "must"}


def test_2_1_describe_is_served_by_what_is_held(need):
    found = need(("bot", "METADATA", "TABLE", "c.s.t"), grants=[("bot", "SELECT", "SCHEMA", "c.s")])
    assert asked(found) == {("SELECT", "c.s.t"): "must"}
    both = [("bot", "SELECT", "SCHEMA", "c.s"), ("bot", "BROWSE", "CATALOG", "c")]
    found = need(("bot", "METADATA", "TABLE", "c.s.t"), grants=both)
    assert asked(found) == {("SELECT", "c.s.t"): "may", ("BROWSE", "c"): "may"}


def test_an_unknown_action_may_need_all_that_is_held_there_and_nothing_else(need):
    grants = [
        ("bot", "SELECT", "SCHEMA", "c.s"),
        ("bot", "TELEPORT", "TABLE", "c.s.t"),
        ("ann", "MODIFY", "TABLE", "c.s.t"),
    ]
    found = asked(need(("bot", "LEVITATE", "TABLE", "c.s.t"), grants=grants))
    assert found == {("SELECT", "c.s.t"): "may", ("TELEPORT", "c.s.t"): "may"}


def test_what_was_denied_is_no_need_and_what_failed_otherwise_is(need):
    assert not need(("bot", "SELECT", "TABLE", "c.s.t", {"outcome": "denied"}))
    assert asked(need(("bot", "SELECT", "TABLE", "c.s.t", {"outcome": "failed"}))) == {("SELECT", "c.s.t"): "must"}


def test_6_4_a_credential_event_on_a_table_proves_nothing_and_on_a_volume_does(need):
    audit = {"source": "audit"}
    found = need(("bot", "SELECT", "TABLE", "c.s.t", audit), ("bot", "READ_VOLUME", "VOLUME", "c.s.o", audit))
    assert asked(found) == {("SELECT", "c.s.t"): "may", ("READ_VOLUME", "c.s.o"): "must"}


# -- names that ask for less, or for something else ----------------------------------------------------------------


def test_2_1_samples_ask_for_nothing_and_an_information_schema_for_its_catalog(need):
    found = need(
        ("bot", "SELECT", "TABLE", "samples.nyctaxi.trips"),
        ("bot", "SELECT", "VIEW", "c.information_schema.tables"),
        ("bot", "SELECT", "TABLE", "hive_metastore.old.t"),
    )
    assert set(found) == {("bot", "USE_CATALOG", "c")}


def test_2_1_system_tables_ask_like_any_other(need):
    found = need(
        ("bot", "SELECT", "VIEW", "system.information_schema.tables"),
        ("bot", "SELECT", "TABLE", "system.billing.usage"),
    )
    assert set(asked(found)) == {("SELECT", "system.information_schema.tables"), ("SELECT", "system.billing.usage")}
    assert ("bot", "USE_SCHEMA", "system.information_schema") in found


def located(kind, name, url):
    return {"securable_type": kind, "securable": name, "kind": kind, "location": url}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/Volumes/c/s/o/2024/x.csv", {("READ_VOLUME", "c.s.o"): "must"}),
        ("dbfs:/Volumes/C/S/O", {("READ_VOLUME", "c.s.o"): "must"}),
        ("/Volumes/c/s/*/x.csv", {("READ_VOLUME", "c.s.o"): "may"}),
        ("s3://lake/a/b.parquet", {("READ_FILES", "a"): "must"}),
        ("S3A://lake/a/", {("READ_FILES", "a"): "must"}),
        ("s3://lake/ab/b.parquet", {}),
        ("s3://lake/a/deep/x", {("READ_FILES", "deep"): "must"}),
        ("s3://lake/a/tables/t/part-0", {("READ_FILES", "a"): "may", ("SELECT", "c.s.t"): "may"}),
        ("dbfs:/tmp/x", {}),
        ("/Workspace/x", {}),
    ],
)
def test_2_5_a_path_is_governed_by_whole_segments(need, path, expected):
    objects = [
        *TREE[:2],
        ("VOLUME", "c.s.o"),
        located("EXTERNAL_LOCATION", "a", "s3://lake/a"),
        located("TABLE", "c.s.t", "s3://lake/a/tables/t"),
        located("EXTERNAL_LOCATION", "deep", "s3://lake/a/deep/"),
    ]
    assert asked(need(("bot", "READ_FILES", "PATH", path), objects=objects)) == expected


def test_a_location_whose_url_nobody_told_may_govern_any_path(need):
    objects = [located("EXTERNAL_LOCATION", "a", "s3://lake/a")]
    grants = [("bot", "READ_FILES", "EXTERNAL_LOCATION", "hidden")]
    found = asked(need(("bot", "READ_FILES", "PATH", "s3://lake/a/x"), objects=objects, grants=grants))
    assert found == {("READ_FILES", "a"): "may", ("READ_FILES", "hidden"): "may"}


def test_6_5_lineage_of_a_path_asks_for_its_files(need):
    objects = [located("EXTERNAL_LOCATION", "a", "s3://lake/a")]
    lineage = {"source": "table_lineage"}
    found = need(
        ("bot", "SELECT", "PATH", "s3://lake/a/x", lineage),
        ("ann", "MODIFY", "PATH", "s3://lake/a/x", lineage),
        objects=objects,
    )
    assert asked(found) == {("READ_FILES", "a"): "must"}
    assert asked(found, "ann") == {("WRITE_FILES", "a"): "must", ("READ_FILES", "a"): "must"}


def test_2_3_a_table_made_at_a_path_asks_for_what_is_held_on_the_location(need):
    objects = [located("EXTERNAL_LOCATION", "a", "s3://lake/a")]
    use = ("bot", "CREATE", "PATH", "s3://lake/a/x")
    assert asked(need(use, objects=objects)) == {("CREATE_EXTERNAL_TABLE", "a"): "must"}
    grants = [("bot", "CREATE_EXTERNAL_VOLUME", "EXTERNAL_LOCATION", "a")]
    assert asked(need(use, objects=objects, grants=grants)) == {("CREATE_EXTERNAL_VOLUME", "a"): "must"}


def test_2_3_a_table_that_stands_where_it_was_made_does_not_hide_the_location(need):
    objects = [located("EXTERNAL_LOCATION", "a", "s3://lake/a"), located("TABLE", "c.s.t", "s3://lake/a/x")]
    grants = [("bot", "CREATE_EXTERNAL_TABLE", "EXTERNAL_LOCATION", "a")]
    uses = [("bot", action, "PATH", "s3://lake/a/x") for action in ("CREATE", "WRITE_FILES")]
    found = asked(need(*uses, objects=objects, grants=grants))
    assert found["CREATE_EXTERNAL_TABLE", "a"] == "must"
    assert found["MODIFY", "c.s.t"] == "may"


def test_2_3_what_makes_a_location_or_a_foreign_catalog_is_needed_where_it_is_named(need):
    found = need(
        ("bot", "CREATE_EXTERNAL_LOCATION", "STORAGE_CREDENTIAL", "cred"),
        ("ann", "CREATE_FOREIGN_CATALOG", "CONNECTION", "pg"),
    )
    assert asked(found) == {("CREATE_EXTERNAL_LOCATION", "cred"): "must"}
    assert asked(found, "ann") == {("CREATE_FOREIGN_CATALOG", "pg"): "must"}


def test_2_5_a_credential_that_is_named_may_need_whatever_is_held_on_it(need):
    grants = [("bot", "READ_FILES", "STORAGE_CREDENTIAL", "cred")]
    assert asked(need(("bot", "USE", "STORAGE_CREDENTIAL", "cred"), grants=grants)) == {("READ_FILES", "cred"): "may"}


def test_2_7_whoever_shares_a_table_must_be_able_to_read_it(need):
    grants = [("bot", "SELECT", "TABLE", "c.s.t"), ("bot", "APPLY_TAG", "TABLE", "c.s.t")]
    assert asked(need(("bot", "SHARE", "TABLE", "c.s.t"), grants=grants)) == {("SELECT", "c.s.t"): "must"}
    assert not need(("bot", "SHARE", "TABLE", "c.s.t"))


@pytest.mark.parametrize("kind", ["SHARE", "RECIPIENT", "PROVIDER"])
@pytest.mark.parametrize("action", ["ALTER", "DROP", "MANAGE"])
def test_1_7_what_has_no_manage_is_changed_by_its_owner(need, action, kind):
    assert not need(("bot", action, kind, "x"))


@pytest.mark.parametrize("action", ["MAINTAIN", "ANALYZE"])
def test_2_2_upkeep_asks_for_modify_and_nothing_else(need, action):
    grants = [("bot", "ALL_PRIVILEGES", "TABLE", "c.s.t")]
    found = asked(need(("bot", action, "TABLE", "c.s.t"), grants=grants))
    assert found == {("MODIFY", "c.s.t"): "must", ("SELECT", "c.s.t"): "must"}
    assert not need(("bot", action, "TABLE", "c.s.t"))


def test_2_2_writing_to_a_path_needs_reading_it_too(need):
    objects = [located("EXTERNAL_LOCATION", "a", "s3://lake/a")]
    found = need(("bot", "WRITE_FILES", "PATH", "s3://lake/a/x"), objects=objects)
    assert found == {
        ("bot", "WRITE_FILES", "a"): ("must", "path"),
        ("bot", "READ_FILES", "a"): ("must", "co-requisite"),
    }


# -- what stands behind --------------------------------------------------------------------------------------------

READS_T = ("TABLE", "c.s.v", "SELECT", "TABLE", "c.s.t")


def test_2_6_the_reader_of_a_view_needs_the_view_and_its_owner_what_it_reads(need):
    found = need(("bot", "SELECT", "VIEW", "c.s.v"), behind=[READS_T])
    assert set(asked(found)) == {("SELECT", "c.s.v")}
    assert found["owner", "SELECT", "c.s.t"] == ("must", "via-view")
    assert ("owner", "USE_SCHEMA", "c.s") in found


def test_2_6_a_view_that_nobody_uses_needs_nothing(need):
    assert not need(behind=[READS_T])
    assert "owner" not in {p for p, *_ in need(("bot", "METADATA", "VIEW", "c.s.v"), behind=[READS_T])}


def test_2_6_views_on_views_charge_each_owner_and_a_circle_ends(need):
    objects = [*TREE, ("VIEW", "c.s.w", "second")]
    behind = [
        ("TABLE", "c.s.v", "SELECT", "VIEW", "c.s.w"),
        ("TABLE", "c.s.w", "SELECT", "TABLE", "c.s.t"),
        ("TABLE", "c.s.w", "SELECT", "VIEW", "c.s.v"),
    ]
    found = need(("bot", "SELECT", "VIEW", "c.s.v"), behind=behind, objects=objects)
    assert set(asked(found, "owner")) == {("SELECT", "c.s.w")}
    assert set(asked(found, "second")) == {("SELECT", "c.s.t"), ("SELECT", "c.s.v")}


@pytest.mark.parametrize(("rights", "charged"), [("DEFINER", "owner"), ("INVOKER", "bot")])
def test_2_4_a_procedure_runs_with_the_rights_it_says(need, rights, charged):
    routine = {"routine": "c.s.f", "kind": "PROCEDURE", "language": "SQL", "rights": rights}
    found = need(
        ("bot", "EXECUTE", "FUNCTION", "c.s.f"),
        behind=[("FUNCTION", "c.s.f", "MODIFY", "TABLE", "c.s.t")],
        routines=[routine],
    )
    assert {p for p, v, _ in found if v == "MODIFY"} == {charged}


def test_2_4_a_mask_runs_with_its_owners_rights_and_the_reader_needs_no_execute(need):
    found = need(
        ("bot", "SELECT", "TABLE", "c.s.t"),
        column_masks=[("c.s.t", "email", "c.s.f", [])],
        behind=[("FUNCTION", "c.s.f", "SELECT", "TABLE", "c.s.mv")],
    )
    assert found["owner", "SELECT", "c.s.mv"] == ("must", "via-routine")
    assert set(asked(found)) == {("SELECT", "c.s.t")}


@pytest.mark.parametrize(
    ("to", "privilege"), [(("CREDENTIAL", "svc"), "ACCESS"), (("CONNECTION", "far"), "USE_CONNECTION")]
)
def test_2_4_what_a_python_function_reaches_it_reaches_with_its_owners_rights(need, to, privilege):
    routine = {"routine": "c.s.f", "kind": "FUNCTION", "language": "PYTHON", "rights": "DEFINER"}
    found = need(("bot", "EXECUTE", "FUNCTION", "c.s.f"), routines=[routine], dependencies=[("c.s.f", *to)])
    assert found["owner", privilege, to[1]] == ("must", "via-routine")
    assert set(asked(found)) == {("EXECUTE", "c.s.f")}


def test_2_6_an_owner_that_nobody_knows_may_be_anybody_who_can_do_what_the_body_does(need):
    objects = [thing if thing[1] != "c.s.v" else ("VIEW", "c.s.v") for thing in TREE]
    grants = [
        ("ann", "SELECT", "TABLE", "c.s.t"),
        ("bea", "SELECT", "SCHEMA", "c.s"),
        ("cat", "MODIFY", "TABLE", "c.s.t"),
    ]
    found = need(("bot", "SELECT", "VIEW", "c.s.v"), behind=[READS_T], objects=objects, grants=grants)
    assert found["ann", "SELECT", "c.s.t"] == found["bea", "SELECT", "c.s.t"] == ("may", "via-view")
    assert not asked(found, "cat")
    assert set(asked(found)) == {("SELECT", "c.s.v")}
    assert "" not in {who for who, *_ in found}


def test_a_policys_function_may_run_on_every_table_in_its_scope(need):
    policy = {
        "policy": "p",
        "policy_type": "ROW_FILTER",
        "securable_type": "CATALOG",
        "securable": "c",
        "function": "c.s.f",
        "to": [],
        "except": [],
        "privileges": [],
    }
    behind = [("FUNCTION", "c.s.f", "SELECT", "TABLE", "c.s.mv")]
    found = need(("bot", "SELECT", "TABLE", "c.s.t"), policies=[policy], behind=behind)
    assert found["owner", "SELECT", "c.s.mv"] == ("may", "via-routine")


def test_whoever_could_have_used_anything_could_have_used_a_view(need):
    grants = [("bot", "SELECT", "SCHEMA", "c.s")]
    found = need(dark=[("bot", None)], behind=[READS_T], grants=grants)
    assert found == {
        ("owner", "SELECT", "c.s.t"): ("may", "via-view"),
        ("owner", "USE_CATALOG", "c"): ("may", "usage-chain"),
        ("owner", "USE_SCHEMA", "c.s"): ("may", "usage-chain"),
    }
    assert not need(dark=[("bot", None)], behind=[READS_T])


def test_a_body_that_nobody_could_read_is_unknown_unless_its_dependencies_are_listed(workspace, usage, opaque, bodies):
    used = usage(("bot", "SELECT", "VIEW", "c.s.v"))
    unread = unknown_bodies(used, opaque(), bodies(), workspace(objects=TREE))
    assert unread.select("principal", "reason", "may").rows() == [("owner", "body-unknown", None)]
    listed = workspace(objects=TREE, dependencies=[("c.s.v", "TABLE", "c.s.t")])
    assert not unknown_bodies(used, opaque(), bodies(), listed).height
    found = required(used, opaque(), bodies(), listed)
    assert ("owner", "SELECT", "c.s.t") in found.select("principal", "privilege", "securable").rows()


def test_a_body_that_uses_nothing_is_known(workspace, usage, opaque, bodies):
    used = usage(("bot", "SELECT", "VIEW", "c.s.v"))
    empty = bodies(("TABLE", "c.s.v", None, None, None, True))
    assert not unknown_bodies(used, opaque(), empty, workspace(objects=TREE)).height
    dark = bodies(("TABLE", "c.s.v", None, None, None, False))
    assert unknown_bodies(used, opaque(), dark, workspace(objects=TREE)).height == 1


def test_a_python_function_has_no_rights_to_spend(workspace, usage, opaque, bodies):
    routine = {"routine": "c.s.f", "kind": "FUNCTION", "language": "PYTHON", "rights": "DEFINER"}
    used = usage(("bot", "EXECUTE", "FUNCTION", "c.s.f"))
    assert not unknown_bodies(used, opaque(), bodies(), workspace(objects=TREE, routines=[routine])).height


# -- what was not understood, and what is no more ------------------------------------------------------------------


def test_an_opaque_name_may_need_all_that_is_held_on_it(need):
    grants = [("bot", "ALL_PRIVILEGES", "TABLE", "c.s.t"), ("bot", "SELECT", "TABLE", "c.s.v")]
    found = need(dark=[("bot", ["c.s.t"])], grants=grants)
    assert asked(found) == {("SELECT", "c.s.t"): "may", ("MODIFY", "c.s.t"): "may", ("APPLY_TAG", "c.s.t"): "may"}
    assert found["bot", "USE_SCHEMA", "c.s"] == ("may", "opaque")


def test_an_opaque_name_that_is_not_listed_keeps_its_schema(need):
    found = need(dark=[("bot", ["c.s.made_by_name"])], grants=[("bot", "CREATE_TABLE", "SCHEMA", "c.s")])
    assert asked(found) == {("CREATE_TABLE", "c.s"): "may"}


@pytest.mark.parametrize("place", [("SCHEMA", "c.s"), ("CATALOG", "c")])
def test_an_opaque_name_that_is_not_listed_may_be_of_something_that_is_no_more(need, place):
    grants = [("bot", privilege, *place) for privilege in ("SELECT", "EXECUTE", "READ_VOLUME")]
    found = need(dark=[("bot", ["c.s.gone"])], grants=grants)
    held = {("SELECT", "c.s.gone"): "may", ("EXECUTE", "c.s.gone"): "may", ("READ_VOLUME", "c.s.gone"): "may"}
    assert asked(found) == held
    assert found["bot", "SELECT", "c.s.gone"] == ("may", "gone")


def test_what_is_gone_proves_no_manage_for_whoever_dropped_it(need):
    assert not need(("bot", "DROP", "TABLE", "c.s.never"))
    found = need(("bot", "DROP", "TABLE", "c.s.never"), grants=[("bot", "MANAGE", "SCHEMA", "c.s"), *ENTERS])
    assert asked(found) == {("MANAGE", "c.s"): "must"}


def test_a_schema_that_is_no_more_is_marked(need):
    found = need(("bot", "CREATE", "TABLE", "c.old.t"), grants=[("bot", "CREATE_TABLE", "CATALOG", "c")])
    assert found["bot", "CREATE_TABLE", "c.old"] == ("must", "gone")
    assert found["bot", "USE_SCHEMA", "c.old"] == ("must", "gone")


def test_what_could_be_anything_names_no_need(need):
    assert not need(dark=[("bot", None)], grants=[("bot", "SELECT", "TABLE", "c.s.t")])


def test_a_table_that_is_no_more_is_marked_and_one_of_its_own_making_asks_for_nothing(need):
    found = need(("bot", "SELECT", "TABLE", "c.s.dropped"))
    assert found["bot", "SELECT", "c.s.dropped"] == ("must", "gone")
    own = [("bot", action, "TABLE", "c.s.stage") for action in ("CREATE", "MODIFY", "DROP")]
    assert asked(need(*own)) == {("CREATE_TABLE", "c.s"): "must"}


def test_a_catalog_whose_tables_nobody_listed_is_not_gone(need):
    assert need(("bot", "SELECT", "TABLE", "other.s.t"))["bot", "SELECT", "other.s.t"] == ("must", "used")


def test_all_privileges_is_opened_where_no_source_would_show_a_use(need):
    grants = [("bot", "ALL_PRIVILEGES", "SCHEMA", "c.s")]
    assert not need(subjects=["bot"], grants=grants)
    found = need(subjects=["bot"], grants=grants, absent=("access_events",))
    assert found["bot", "READ_VOLUME", "c.s.o"] == ("may", "unobservable")
    assert ("bot", "SELECT", "c.s.t") not in found
    assert ("bot", "CREATE_MODEL", "c.s") not in found


def test_what_no_source_shows_is_said(workspace):
    assert "BROWSE" in unobservable(workspace())
    assert "READ_VOLUME" in unobservable(workspace(absent=("access_events",)))
    assert "SELECT" not in unobservable(workspace(absent=("access_events",)))


def test_evidence_adds_up_and_the_plainest_reason_leads(workspace, usage, opaque, bodies):
    uses = usage(
        ("bot", "SELECT", "TABLE", "c.s.t", {"uses": 4, "witnesses": ["a"]}),
        ("bot", "MODIFY", "TABLE", "c.s.t", {"uses": 9, "witnesses": ["b"]}),
    )
    found = required(uses, opaque(), bodies(), workspace(objects=TREE))
    select = found.filter(pl.col("privilege") == "SELECT").row(0, named=True)
    assert (select["reason"], select["uses"], select["witnesses"]) == ("used", 9, ["a"])


def test_a_need_is_dated_by_all_that_shows_it_and_witnessed_by_what_has_a_witness(workspace, usage, opaque, bodies):
    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (4, 6, 9)]
    uses = usage(
        ("bot", "SELECT", "TABLE", "c.s.t", {"first_at": days[1], "last_at": days[2], "witnesses": []}),
        ("bot", "SELECT", "TABLE", "c.s.t", {"first_at": days[0], "last_at": days[1], "source": "table_lineage"}),
    )
    need = required(uses, opaque(), bodies(), workspace(objects=TREE)).row(0, named=True)
    assert (need["first_at"], need["last_at"], need["uses"], need["witnesses"]) == (days[0], days[2], 2, ["w"])


def evidence(*rows):
    schema = {"who": pl.String, **{name: tables.NEEDS.schema[name] for name in EVIDENCE}}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_evidence_that_says_the_same_is_put_together():
    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (4, 5, 6, 9)]
    told = evidence(
        ("bot", 2, days[1], days[2], ["b"]),
        ("bot", 5, days[0], days[1], ["a"]),
        ("bot", 1, days[2], days[3], []),
        ("job", 7, days[0], days[3], None),
    )
    sums, greatest = (together(told, ("who",), same=same).sort("who").rows() for same in (False, True))
    assert sums == [("bot", 8, days[0], days[3], ["b"]), ("job", 7, days[0], days[3], [])]
    assert greatest == [("bot", 5, days[0], days[3], ["b"]), ("job", 7, days[0], days[3], [])]


@pytest.mark.parametrize(
    ("thing", "privilege"), [(("CONNECTION", "far"), "USE_CONNECTION"), (("CREDENTIAL", "svc"), "ACCESS")]
)
def test_all_privileges_is_opened_on_what_is_reached_unseen(need, thing, privilege):
    grants = [("bot", "ALL_PRIVILEGES", *thing)]
    found = need(subjects=["bot"], objects=[*TREE, thing], grants=grants, absent=("access_events",))
    assert found["bot", privilege, thing[1]] == ("may", "unobservable")
