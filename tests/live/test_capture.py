"""A workspace becomes a snapshot: whole, resumable, and honest about what it could not read."""

from __future__ import annotations

import json
from dataclasses import replace

import capture_stub as stub
import polars as pl
import pytest

from uc_guard import Settings, Snapshot, audit
from uc_guard.capture import Options, capture, parts
from uc_guard.errors import BadInput, NothingToJudge

AGENT, AUDITOR, TAKEN, UC, WINDOW = stub.AGENT, stub.AUDITOR, stub.TAKEN, stub.UC, stub.WINDOW
ONE = Options(workers=1)
SHORT = (TAKEN - 3 * stub.DAY, TAKEN)


def taken(folder, client=None, sql=None, window=WINDOW, taken_at=TAKEN, **more):
    return capture(stub.workspace_of(client, sql, **more), folder / "snap", window, taken_at, ONE)


def sources(snapshot):
    return {source.name: source for source in snapshot.manifest.sources}


def revoked(snapshot):
    plan = audit(snapshot, Settings(subjects=(AGENT,), trust_query_history=True)).plan
    return {(privilege, one.securable) for one in plan.statements for privilege in one.privileges}


def all_bytes(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_workspace_becomes_a_snapshot_and_that_a_plan(tmp_path):
    found = taken(tmp_path, sql=stub.Sql())
    assert found == Snapshot.read(tmp_path / "snap")
    assert all(source.complete for source in found.manifest.sources)
    assert found.manifest.missing == ()
    assert found.manifest.metastore == "m-1"
    assert revoked(found) == {("MODIFY", "main.sales.orders"), ("SELECT", "main.sales.people")}


def test_each_listing_fills_its_frame(tmp_path):
    found = taken(tmp_path, sql=stub.Sql())
    assert found.frame("columns").select("table", "column").rows() == [
        ("main.sales.orders", "card"),
        ("main.sales.orders", "id"),
    ]
    assert found.frame("row_filters").rows() == [("main.sales.orders", "main.sales.keep", ["id"])]
    assert found.frame("column_masks").rows() == [("main.sales.orders", "card", "main.sales.hide", ["id"])]
    assert found.frame("dependencies").rows() == [("main.sales.v", "TABLE", "main.sales.orders")]
    assert found.frame("members").rows() == [("bots", AGENT)]
    kinds = dict(found.frame("objects").select("securable", "kind").iter_rows())
    assert kinds["main.sales.churn"] == "MODEL"
    assert kinds["main.sales.v"] == "VIEW"
    assert kinds["crm"] == "HTTP"


def test_a_privilege_that_nobody_knows_is_kept(tmp_path):
    grants = taken(tmp_path, sql=stub.Sql()).frame("grants")
    assert grants.filter(pl.col("privilege") == "TELEPORT").select("grantee", "securable").rows() == [
        (AGENT, "main.sales.v")
    ]


def test_a_deleted_principal_is_noted(tmp_path):
    assert "deleted principals" in sources(taken(tmp_path, sql=stub.Sql()))["grants"].note


def test_a_recipient_of_a_share_is_no_group_of_that_name(tmp_path):
    client = stub.Client()
    client.lists[f"{UC}/shares/out/permissions"][1][0]["principal"] = "bots"
    grants = taken(tmp_path, client, stub.Sql()).frame("grants")
    assert grants.filter(pl.col("securable_type") == "SHARE")["grantee"].to_list() == ["recipient bots"]


def test_what_a_connection_or_property_holds_and_who_we_are_signed_in_as_never_reach_the_disk(tmp_path):
    taken(tmp_path, sql=stub.Sql())
    written = all_bytes(tmp_path)
    assert written
    assert b"hunter2" not in written
    assert b"dapi0123456789" not in written


def test_a_securable_of_a_type_without_a_listing_of_its_own_is_kept(tmp_path):
    client = stub.Client()
    client.lists["/api/2.0/clean-rooms"] = ("clean_rooms", [{"name": "lab", "owner": "root@x.io"}])
    client.grants["clean_room", "lab"] = {AGENT: ["EXECUTE_CLEAN_ROOM_TASK"]}
    found = taken(tmp_path, client, stub.Sql())
    assert ("CLEAN_ROOM", "lab", "root@x.io") in found.frame("objects").select(
        "securable_type", "securable", "owner"
    ).rows()
    assert "lab" in found.frame("grants")["securable"].to_list()


def hostile():
    client = stub.Client()
    catalog, schema, name = "ma`in", "s;drop--", "o'r.d/ers%2F ä\"`"
    client.lists[f"{UC}/catalogs"] = ("catalogs", [{"name": catalog, "owner": "root@x.io"}])
    client.lists[f"{UC}/schemas"] = ("schemas", [{"name": schema}])
    client.lists[f"{UC}/tables"] = ("tables", [{"name": name, "table_type": "HOLOGRAM", "columns": [{"name": "a`b"}]}])
    for listing in ("functions", "volumes", "models"):
        client.lists[f"{UC}/{listing}"] = (client.lists[f"{UC}/{listing}"][0], [])
    client.grants["table", f"{catalog}.{schema}.{name}"] = {"o'brien` x": ["SELECT"]}
    return client, "`ma``in`.s;drop--.`o'r.d/ers%2f ä\"```"


def test_a_hostile_name_comes_through_as_it_is(tmp_path):
    client, name = hostile()
    found = taken(tmp_path, client, stub.Sql())
    granted = found.frame("grants").filter(pl.col("securable_type") == "TABLE")
    assert granted.select("grantee", "securable").rows() == [("o'brien` x", name)]
    kinds = dict(found.frame("objects").select("securable", "kind").iter_rows())
    assert kinds[name] == "HOLOGRAM"


# -- what is cut short ---------------------------------------------------------------------------------------------


def test_a_capture_that_is_killed_goes_on_where_it_was(tmp_path):
    whole = stub.Client()
    expected = taken(tmp_path / "whole", whole, stub.Sql(), SHORT)
    for kill_at in range(len(whole.asked)):
        folder = tmp_path / str(kill_at)
        first, second = stub.Client(), stub.Client()
        first.kill_at = kill_at
        with pytest.raises(stub.Killed):
            taken(folder, first, stub.Sql(), SHORT)
        assert not (folder / "snap").exists()
        found = taken(folder, second, stub.Sql(), SHORT, TAKEN + stub.DAY / 24)
        assert found == expected
        # Only the piece that was being read is read again: three requests at most.
        assert kill_at + len(second.asked) <= len(whole.asked) + 3


def test_days_of_logs_that_were_read_are_not_read_again(tmp_path):
    sql, again = stub.Sql(), stub.Sql()
    original = sql.batches

    def cut(text, parameters):
        if len(sql.reads()) == 11:
            raise stub.Killed
        yield from original(text, parameters)

    sql.batches = cut
    with pytest.raises(stub.Killed):
        taken(tmp_path, sql=sql)
    taken(tmp_path, stub.Client(), again)
    assert len(sql.reads()) == 11
    assert len(again.reads()) == 40 - 11


def test_a_crash_at_any_write_leaves_nothing_half_done(tmp_path, monkeypatch):
    expected = taken(tmp_path / "whole", sql=stub.Sql(), window=SHORT)
    real = parts.sync
    counts = {"left": 10**9, "all": 0}

    def sync(path):
        counts["all"] += 1
        counts["left"] -= 1
        if counts["left"] < 0:
            raise stub.Killed
        real(path)

    monkeypatch.setattr(parts, "sync", sync)
    taken(tmp_path / "counted", sql=stub.Sql(), window=SHORT)
    for left in range(0, counts["all"], 5):
        folder = tmp_path / f"crash{left}"
        counts["left"] = left
        with pytest.raises(stub.Killed):
            taken(folder, sql=stub.Sql(), window=SHORT)
        counts["left"] = 10**9
        assert taken(folder, sql=stub.Sql(), window=SHORT) == expected


def test_a_capture_that_came_to_its_end_is_refreshed(tmp_path):
    taken(tmp_path, sql=stub.Sql())
    client = stub.Client()
    client.lists[f"{UC}/tables"][1].pop()
    client.grants["table", "main.sales.people"] = {}
    found = taken(tmp_path, client, stub.Sql(), taken_at=TAKEN + stub.DAY)
    assert "main.sales.people" not in found.frame("grants")["securable"].to_list()
    assert found.frame("views").is_empty()
    assert found.manifest.taken_at == TAKEN + stub.DAY


def test_a_capture_that_was_cut_short_long_ago_is_begun_anew(tmp_path):
    first, second = stub.Client(), stub.Client()
    first.kill_at = 20
    with pytest.raises(stub.Killed):
        taken(tmp_path, first, stub.Sql())
    found = taken(tmp_path, second, stub.Sql(), taken_at=TAKEN + 2 * stub.DAY)
    assert second.paths("/catalogs$")
    assert found.manifest.taken_at == TAKEN + 2 * stub.DAY


def test_sources_of_another_workspace_are_left_alone(tmp_path):
    taken(tmp_path, sql=stub.Sql())
    other = replace(stub.workspace_of(sql=stub.Sql()), host="https://other.cloud")
    with pytest.raises(BadInput, match=r"sources of https://x\.cloud"):
        capture(other, tmp_path / "snap", WINDOW, TAKEN, ONE)


# -- what cannot be read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "frame", "right"),
    [
        (f"{UC}/policies/.*", "policies", "GRANT READ METADATA ON METASTORE"),
        (f"{UC}/schemas", "objects", "GRANT READ METADATA ON CATALOG `main`"),
        (f"{UC}/tables", "columns", "GRANT READ METADATA ON SCHEMA `main`.`sales`"),
        (f"{UC}/permissions/table/.*people", "grants", "GRANT READ METADATA ON TABLE `main`.`sales`.`people`"),
        (f"{UC}/tables/main.*", "dependencies", ""),
        (f"{stub.SCIM}/Groups", "members", "--account-profile"),
        (f"{UC}/external-locations", "objects", "GRANT READ METADATA ON METASTORE"),
    ],
)
def test_what_is_refused_never_stops_the_rest_and_is_told_with_the_right_that_lacks(tmp_path, pattern, frame, right):
    client = stub.Client()
    client.denied = {pattern}
    found = taken(tmp_path, client, stub.Sql())
    known = sources(found)
    told = (
        [known[frame].note] if frame in known else [n for n in found.manifest.notes if n.startswith(f"`{frame}` was")]
    )
    assert len(told) == 1
    assert right in told[0]
    assert "may not" in told[0]
    assert frame not in known or not known[frame].complete
    assert known["statements"].complete
    states = json.loads((tmp_path / "snap.sources" / ".capture.json").read_text())["sources"]
    assert any(one["status"] in {"incomplete", "refused"} for one in states.values())


def test_what_was_refused_is_read_in_the_next_capture(tmp_path):
    client = stub.Client()
    client.denied = {f"{UC}/tables"}
    assert not sources(taken(tmp_path, client, stub.Sql()))["objects"].complete
    assert sources(taken(tmp_path, stub.Client(), stub.Sql(), taken_at=TAKEN + stub.DAY))["objects"].complete


def test_where_nothing_can_be_read_it_says_so(tmp_path):
    client = stub.Client()
    client.denied = {".*"}
    with pytest.raises(NothingToJudge, match="nothing could be read: we may not read"):
        taken(tmp_path, client)


def test_what_is_out_of_reach_is_given_up_after_a_few_tries(tmp_path):
    client = stub.Client()
    real = client.do
    hit = []

    def do(method, path, **more):
        if "/permissions/" in path:
            hit.append(path)
            raise stub.InternalError("again later")
        return real(method, path, **more)

    client.do = do
    found = taken(tmp_path, client, stub.Sql())
    assert len(set(hit)) <= 3
    assert "`grants` was not read: out of reach" in " ".join(found.manifest.notes)
    held = audit(found, Settings(subjects=(AGENT,), trust_query_history=True)).plan.held
    assert {one.reason for one in held} == {"source-missing"}


def test_only_our_own_rows_are_not_taken_for_all_of_them(tmp_path):
    client = stub.Client()
    client.grants["metastore", "m-1"] = {}
    found = sources(taken(tmp_path, client, stub.Sql()))["grants"]
    assert not found.complete
    assert "`main`, `crm`, " in found.note
    assert " and 7 more " in found.note
    assert f"GRANT READ METADATA ON METASTORE TO `{AUDITOR}`;" in found.note


@pytest.mark.parametrize("right", ["MANAGE", "READ METADATA"])
def test_a_right_on_a_catalog_shows_what_lies_inside_and_nothing_beside(tmp_path, right):
    client = stub.Client()
    client.grants["metastore", "m-1"] = {}
    client.grants["catalog", "main"][AUDITOR] = [right]
    note = sources(taken(tmp_path, client, stub.Sql()))["grants"].note
    assert "`main.sales.orders`" not in note
    assert "`crm`" in note


def test_the_admin_of_the_metastore_sees_everything_by_a_group_too(tmp_path):
    client = stub.Client()
    client.grants["metastore", "m-1"] = {}
    client.objects[f"{UC}/metastore_summary"]["owner"] = "Admins"
    client.lists[f"{stub.SCIM}/Groups"][1].append(
        {"id": "10", "displayName": "admins", "members": [{"value": "3", "$ref": "ServicePrincipals/3"}]}
    )
    assert sources(taken(tmp_path, client, stub.Sql()))["grants"].complete


def test_a_metastore_that_shows_us_rows_of_nobody_else_is_not_believed(tmp_path):
    client = stub.Client()
    client.grants = {("metastore", "m-1"): {AUDITOR: ["READ_METADATA"]}}
    client.lists[f"{UC}/shares"][1].clear()
    assert not sources(taken(tmp_path, client, stub.Sql()))["grants"].complete


def test_a_group_that_grants_name_and_nobody_lists_makes_memberships_unknown(tmp_path):
    client = stub.Client()
    client.grants["catalog", "main"]["analysts"] = ["SELECT"]
    note = sources(taken(tmp_path, client, stub.Sql()))["members"].note
    assert "`analysts`" in note
    assert "--account-profile" in note


def test_a_group_inside_another_that_nobody_lists_makes_memberships_unknown(tmp_path):
    client = stub.Client()
    client.lists[f"{stub.SCIM}/Groups"][1][0]["members"].append(
        {"value": "77", "display": "inner", "$ref": "Groups/77"}
    )
    found = sources(taken(tmp_path, client, stub.Sql()))["members"]
    assert not found.complete
    assert "`inner`" in found.note


def test_a_group_of_the_workspace_alone_is_no_grantee(tmp_path):
    client = stub.Client()
    local = {"id": "11", "displayName": "bots", "meta": {"resourceType": "WorkspaceGroup"}, "members": [{"value": "3"}]}
    client.lists[f"{stub.SCIM}/Groups"][1].append(local)
    assert taken(tmp_path, client, stub.Sql()).frame("members").rows() == [("bots", AGENT)]


def test_groups_of_the_account_are_joined_with_those_of_the_workspace(tmp_path):
    account = stub.Client()
    scim = "/api/2.0/accounts/acc/scim/v2"
    account.lists = {
        f"{scim}/{listing}": account.lists[f"{stub.SCIM}/{listing}"]
        for listing in ("Users", "ServicePrincipals", "Groups")
    }
    account.lists[f"{scim}/Groups"] = (
        "Resources",
        [
            {"id": "9", "displayName": "bots", "members": [{"value": "3", "$ref": "ServicePrincipals/3"}]},
            {"id": "12", "displayName": "all bots", "members": [{"value": "9", "$ref": "Groups/9"}]},
        ],
    )
    more = {"account": stub.workspace_of(account).rest, "account_id": "acc"}
    found = taken(tmp_path, sql=stub.Sql(), **more)
    assert found.frame("members").rows() == [("all bots", "bots"), ("bots", AUDITOR), ("bots", AGENT)]


def test_a_table_that_is_shown_by_browse_only_hides_its_filters(tmp_path):
    client = stub.Client()
    client.lists[f"{UC}/tables"][1].append(stub.table("veiled", browse_only=True))
    known = sources(taken(tmp_path, client, stub.Sql()))
    assert not known["row_filters"].complete
    assert "`main.sales.veiled`" in known["column_masks"].note
    assert known["objects"].complete


def test_a_word_that_the_reader_does_not_know_stops_nothing(tmp_path):
    client = stub.Client()
    client.lists[f"{UC}/catalogs"][1][0]["isolation_mode"] = "QUANTUM"
    client.lists[f"{UC}/functions"][1][0]["security_type"] = "BORROWER"
    found = taken(tmp_path, client, stub.Sql())
    assert found.frame("routines")["rights"].to_list() == ["DEFINER"]


def test_workspaces_that_may_use_an_isolated_catalog_are_listed(tmp_path):
    client = stub.Client()
    client.lists[f"{UC}/catalogs"][1][0]["isolation_mode"] = "ISOLATED"
    client.lists[f"{UC}/bindings/catalog/main"] = ("bindings", [{"workspace_id": 7, "binding_type": "READ_ONLY"}])
    assert taken(tmp_path, client, stub.Sql()).frame("bindings").rows() == [("CATALOG", "main", "7", True)]


def test_policies_are_read_where_they_stand(tmp_path):
    client = stub.Client()
    client.lists[f"{UC}/policies/schema/main.sales"] = (
        "policies",
        [
            {
                "name": "mask_pii", "policy_type": "POLICY_TYPE_COLUMN_MASK", "to_principals": ["account users"],
                "except_principals": ["root@x.io"], "for_securable_type": "TABLE", "on_securable_type": "SCHEMA",
                "match_columns": [{"alias": "a", "condition": "has_tag('pii')"}],
                "column_mask": {"function_name": "main.sales.hide", "on_column": "a"},
            },
            {"name": "odd", "policy_type": "POLICY_TYPE_WEATHER", "to_principals": ["bots"]},
        ],
    )  # fmt: skip
    found = taken(tmp_path, client, stub.Sql()).frame("policies")
    assert found.select("policy", "policy_type", "securable", "function").rows() == [
        ("mask_pii", "COLUMN_MASK", "main.sales", "main.sales.hide"),
        ("odd", "WEATHER", "main.sales", None),
    ]
