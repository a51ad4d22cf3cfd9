"""The doctor says what is missing, and asks for nothing that is there."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import capture_live as fake
import polars as pl
from typer.testing import CliRunner

from uc_guard import Settings, audit, doctor, read_folder
from uc_guard.capture import Options, capture
from uc_guard.cli import app, connection
from uc_guard.cli import live as live_commands

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
    for name, schema in fake.SCHEMAS.items():
        world.info["TABLE", f"system.{name}"]["columns"] = dict.fromkeys(schema.names, "string")
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
    with fake.live(estate(), token="token-of-admin") as live:
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
    with fake.live(world, token="token-of-evil") as live:
        statements = doctor(live.workspace, NOW, to_apply=True).statements
    assert statements
    assert all(text.endswith("TO `evil`` TO ``x`;") for text in statements)
    assert all(
        re.fullmatch(r"GRANT [A-Z ]+ ON [A-Z ]+(?: `[^`]+`(?:\.`[^`]+`)*)? TO `evil`` TO ``x`;", s) for s in statements
    )


# -- the commands --------------------------------------------------------------------------------------------------


def command(live, monkeypatch, *arguments, token=fake.fake_estate.TOKEN):
    """Run a command in this process, as the auditor."""
    for name, value in {"HOST": live.server.url, "TOKEN": token, "AUTH_TYPE": "pat"}.items():
        monkeypatch.setenv(f"DATABRICKS_{name}", value)
    made = []
    real = connection.connected
    monkeypatch.setattr(live_commands, "connected", lambda *given: made.append(real(*given)) or made[-1])
    try:
        return CliRunner().invoke(app, list(arguments))
    finally:
        for workspace in made:
            workspace.rest._client._api_client._session.close()  # the SDK leaves its connections open


def test_the_doctor_command_ends_with_zero_where_nothing_lacks(monkeypatch):
    with fake.live() as live:
        done = command(live, monkeypatch, "doctor", "--warehouse", "w1", "--for", "apply")
    assert done.exit_code == 0, done.output
    assert "Nothing is missing." in done.output
    assert fake.fake_estate.TOKEN not in done.output


def test_the_doctor_command_prints_grants_to_run_and_ends_with_one(monkeypatch):
    with fake.live(bare()) as live:
        done = command(live, monkeypatch, "doctor", "--warehouse", "w1", "--format", "json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["ok"] is False
    assert f"GRANT READ METADATA ON METASTORE TO `{WATCHER}`;" in found["statements"]
    assert {"source", "can", "note", "statements", "task"} == set(found["checks"][0])


def test_a_purpose_that_is_none_is_a_bad_argument(monkeypatch):
    with fake.live() as live:
        done = command(live, monkeypatch, "doctor", "--for", "fun")
    assert done.exit_code == 2


def test_the_snapshot_command_reads_what_a_plan_is_made_of(monkeypatch, tmp_path):
    window = ("--until", f"{NOW:%Y-%m-%dT%H:%M}", "--days", "60")
    with fake.live() as live:
        done = command(live, monkeypatch, "snapshot", "--warehouse", "w1", *window, "-o", str(tmp_path / "snap"))
    assert done.exit_code == 0, done.output
    assert "sources complete" in done.stdout
    told = audit(read_folder(tmp_path / "snap"), Settings(subjects=("copilot", "forecaster", "support")))
    assert told.verdict.ok
    assert ("REVOKE", "shop.hr.pay") in {(one.verb, one.securable) for one in told.plan.statements}
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert fake.fake_estate.TOKEN.encode() not in written
    assert b"hunter2-secret" not in written


def test_the_snapshot_command_tells_each_source_that_lacks_something_and_ends_with_one(monkeypatch, tmp_path):
    with fake.live(bare([("READ_METADATA", *METASTORE)])) as live:
        done = command(live, monkeypatch, "snapshot", "--warehouse", "w1", "-o", str(tmp_path / "snap"))
    assert done.exit_code == 1
    lines = done.stderr.splitlines()
    assert any("`statements` was not read" in line and "GRANT SELECT" in line for line in lines)
    assert len(lines) == len({line.split("`")[1] for line in lines})


def test_a_token_that_nobody_knows_ends_with_two_and_is_not_shown(monkeypatch, tmp_path):
    with fake.live() as live:
        done = command(live, monkeypatch, "snapshot", "-o", str(tmp_path / "snap"), token="dapi00112233445566")
    assert done.exit_code == 2
    assert "dapi00112233445566" not in done.output
    assert not (tmp_path / "snap").exists()


def test_a_window_that_is_none_ends_with_two_before_anything_is_asked(monkeypatch, tmp_path):
    with fake.live() as live:
        before = len(live.server.log)
        window = ("--since", "2026-09-30", "--until", "2026-09-01")
        done = command(live, monkeypatch, "snapshot", *window, "-o", str(tmp_path / "snap"))
        assert len(live.server.log) == before
    assert done.exit_code == 2


def test_a_workspace_takes_its_own_snapshot(tmp_path):
    with fake.live() as live:
        since, until = WINDOW
        found = live.workspace.snapshot(tmp_path / "snap", since=since, until=until, taken_at=NOW, redact=True)
    assert found.manifest.since == since
    assert found.frame("statements").height > 0
