"""The doctor says what is missing, and asks for nothing that is there."""

from __future__ import annotations

import re
from datetime import timedelta

import capture_live as fake
import polars as pl

from uc_guard import Settings, audit, doctor
from uc_guard.capture import Options, capture

estate, NOW, WATCHER, METASTORE = (
    fake.fake_estate.estate,
    fake.fake_estate.NOW,
    fake.fake_estate.WATCHER,
    fake.fake_estate.METASTORE,
)
WINDOW = (NOW - timedelta(days=60), NOW)
SYSTEM_CATALOG, QUERY = ("CATALOG", "system"), ("SCHEMA", "system.query")


def bare(keep=()):
    """The estate, with an auditor that holds nothing but what is kept."""
    world = estate()
    world.grants = {row for row in world.grants if row[0] != WATCHER} | {(WATCHER, *row) for row in keep}
    return world


def diagnosed(world, **more):
    with fake.live(world) as live:
        return doctor(live.workspace, NOW, **more)


def run(world, statements):
    """Run GRANTs as an admin, through the SQL of the fake."""
    sql = fake.Sql(world, fake.duck)
    for text in statements:
        on = text.removesuffix(";").replace("ON METASTORE TO", f"ON METASTORE `{METASTORE[1]}` TO")
        sql(on, None, world.admin)


def test_an_auditor_that_may_read_everything_lacks_nothing():
    found = diagnosed(estate())
    assert found.ok
    assert found.statements == ()
    assert found.tasks == ()
    assert found.me == WATCHER


def test_an_auditor_that_holds_nothing_is_told_every_grant_once():
    found = diagnosed(bare())
    assert len(set(found.statements)) == len(found.statements)
    assert f"GRANT READ METADATA ON METASTORE TO `{WATCHER}`;" in found.statements
    assert f"GRANT USE CATALOG ON CATALOG `system` TO `{WATCHER}`;" in found.statements
    assert f"GRANT SELECT ON TABLE `system`.`access`.`audit` TO `{WATCHER}`;" in found.statements
    assert not any("MANAGE" in text for text in found.statements)


def test_what_is_there_is_not_asked_for():
    found = diagnosed(bare([("USE_CATALOG", *SYSTEM_CATALOG), ("USE_SCHEMA", *QUERY), ("SELECT", *QUERY)]))
    assert not any("USE CATALOG" in text or "`query`" in text for text in found.statements)
    assert any("`access`.`audit`" in text for text in found.statements)


def test_what_everybody_or_a_group_of_ours_holds_is_there_too():
    world = bare([("READ_METADATA", *METASTORE)])  # rows of others are shown then
    world.grant("account users", "USE_CATALOG", SYSTEM_CATALOG)
    assert not any("USE CATALOG" in text for text in diagnosed(world).statements)


def test_its_grants_are_enough_and_none_of_them_is_too_many(tmp_path):
    world = bare()
    statements = diagnosed(world).statements
    run(world, statements)
    assert diagnosed(world).ok
    rows = {row for row in world.grants if row[0] == WATCHER}
    assert len(rows) == len(statements)
    for row in sorted(rows):
        world.grants.discard(row)
        assert not diagnosed(world).ok, row
        world.grants.add(row)
    with fake.live(world) as live:
        found = capture(live.workspace, tmp_path / "snap", WINDOW, NOW, Options())
    assert all(source.complete for source in found.manifest.sources)


def test_the_auditor_passes_its_own_audit(tmp_path):
    world = bare()
    run(world, diagnosed(world).statements)
    with fake.live(world) as live:
        capture(live.workspace, tmp_path / "first", WINDOW, NOW, Options())
        for n, text in enumerate(live.sql.seen):
            # As the platform does: what the auditor reads is in the history that it reads next.
            row = fake.fake_estate.statement(f"01f1{n:08x}", WATCHER, text, NOW - timedelta(hours=2))
            world.system["query.history"].append(row)
        found = capture(live.workspace, tmp_path / "second", WINDOW, NOW, Options())
    told = audit(found, Settings(subjects=(WATCHER,), grace_days=0))
    assert told.verdict.ok
    assert told.plan.statements == ()
    unused = told.holdings.filter(pl.col("uses") == 0, pl.col("grantee") == WATCHER)
    # READ METADATA leaves no trace in any log: it is held as unobservable, and the docs say so.
    assert unused["privilege"].unique().to_list() == ["READ_METADATA"]
    assert {(one.row.privilege, one.reason) for one in told.plan.held if one.row and one.row.grantee == WATCHER} == {
        ("READ_METADATA", "unobservable")
    }


def test_to_apply_it_asks_for_manage_where_it_is_missing_only():
    world = bare([("READ_METADATA", *METASTORE), ("MANAGE", "CATALOG", "shop")])
    statements = diagnosed(world, to_apply=True).statements
    assert [text for text in statements if "MANAGE" in text] == [f"GRANT MANAGE ON CATALOG `lab` TO `{WATCHER}`;"]
    run(world, [text for text in statements if "MANAGE" in text])
    assert not any("MANAGE" in text for text in diagnosed(world, to_apply=True).statements)


def test_an_admin_of_the_metastore_needs_no_grant():
    with fake.live(estate(), token="token-of-admin") as live:  # noqa: S106 - of the fake
        assert doctor(live.workspace, NOW, to_apply=True).ok


def test_a_schema_that_is_not_enabled_is_a_task_for_an_admin():
    world = estate()
    world.disabled = {"access.audit", "access.table_lineage", "access.column_lineage"}
    found = diagnosed(world)
    assert found.statements == ()
    assert found.tasks == ("an account admin enables the system schema `access` of the metastore",)


def test_without_a_warehouse_it_says_so_and_still_names_the_grants():
    with fake.live(bare(), warehouse=None) as live:
        found = doctor(live.workspace, NOW)
    (check,) = [check for check in found.checks if check.source == "system tables"]
    assert not check.can
    assert "--warehouse" in check.task
    assert any("`query`.`history`" in text for text in check.statements)


def test_no_grant_of_the_doctor_can_be_broken_out_of():
    world = bare()
    world.agents["evil` TO `x"] = ("6000", "evil")
    world.tokens["token-of-evil"] = "evil` TO `x"
    with fake.live(world, token="token-of-evil") as live:  # noqa: S106 - of the fake
        statements = doctor(live.workspace, NOW, to_apply=True).statements
    assert statements
    assert all(text.endswith("TO `evil`` TO ``x`;") for text in statements)
    assert all(
        re.fullmatch(r"GRANT [A-Z ]+ ON [A-Z ]+(?: `[^`]+`(?:\.`[^`]+`)*)? TO `evil`` TO ``x`;", s) for s in statements
    )
