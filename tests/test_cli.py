"""The command line end to end: answers on stdout, messages on stderr, exit codes, and nothing written on failure."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from uc_guard import __version__, cli

RETAIL = Path(__file__).parents[1] / "examples" / "retail"
CLEAN, FINDINGS, BAD_INPUT, NOTHING_JUDGED, BUG = 0, 1, 2, 3, 70
AGENT = "11111111-aaaa-4bbb-8ccc-000000000001"
FILES = {
    "query_history.csv": """statement_id,session_id,executed_by,executed_as,execution_status,statement_text,start_time
q1,s1,{agent},{agent},FINISHED,SELECT sum(amount) FROM shop.sales.orders,2026-09-01T08:00:00Z
q2,s2,{agent},{agent},FINISHED,SELECT sum(amount) FROM shop.sales.orders,2026-09-29T08:00:00Z
""",
    "catalogs.csv": "catalog_name,catalog_owner\nshop,ann@shop.example\n",
    "schemata.csv": "catalog_name,schema_name,schema_owner\nshop,sales,ann@shop.example\n",
    "tables.csv": """table_catalog,table_schema,table_name,table_type,table_owner
shop,sales,orders,MANAGED,ann@shop.example
shop,sales,customers,MANAGED,ann@shop.example
""",
    "columns.csv": """table_catalog,table_schema,table_name,column_name,ordinal_position,full_data_type
shop,sales,orders,id,0,int
shop,sales,orders,amount,1,"decimal(10,2)"
shop,sales,customers,email,0,string
""",
    "catalog_privileges.csv": "grantee,catalog_name,privilege_type,inherited_from\n{agent},shop,USE_CATALOG,NONE\n",
    "schema_privileges.csv": """grantee,catalog_name,schema_name,privilege_type,inherited_from
{agent},shop,sales,USE_SCHEMA,NONE
{agent},shop,sales,SELECT,NONE
""",
    "service_principals.json": '[{{"id": "7", "applicationId": "{agent}", "displayName": "sales-bot"}}]',
    "users.json": '[{{"id": "8", "userName": "ann@shop.example", "displayName": "Ann", "active": true}}]',
    "groups.json": "[]",
    "table_lineage.csv": "event_time,source_table_full_name,target_table_full_name,created_by,statement_id\n",
}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Exports of a workspace with one agent that holds SELECT on a schema and reads one table of it."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text.format(agent=AGENT), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def run(*words):
    """Run a command in this process; whatever happens, nobody sees a traceback."""
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def spawned(*words, **env):
    command = [shutil.which("uc-guard", path=str(Path(sys.executable).parent)) or "uc-guard", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **env}, check=False)  # noqa: S603 - our own command


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


# -- each command, on the example that everybody tries first --------------------------------------------------------


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """The example planned once: the folder of its plan."""
    folder = tmp_path_factory.mktemp("plan")
    words = ["plan", RETAIL, "-o", folder / "plan.json", "--sql", folder / "plan.sql", "--undo", folder / "undo.sql"]
    result = run(*words)
    assert result.exit_code == FINDINGS, result.output
    return folder


def test_an_audit_names_every_agent_of_the_example(planned):
    plan = json.loads((planned / "plan.json").read_text())
    principals = json.loads(run("audit", RETAIL, "--format", "json").stdout)["summary"]["agents"]
    assert {agent["principal"] for agent in principals} == set(plan["subjects"])
    shown = run("audit", RETAIL)
    assert shown.exit_code == FINDINGS
    assert all(agent["name"] in shown.stdout for agent in principals)


def test_an_audit_as_json_has_the_documented_keys():
    result = run("audit", RETAIL, "--format", "json")
    document = json.loads(result.stdout)
    facts = {"coverage", "holdings", "exposures", "shortfalls", "needs", "opaque"}
    assert {"format", "summary", "plan", "verdict", *facts} <= set(document)
    assert result.exit_code == FINDINGS
    assert document["verdict"]["ok"]


def test_the_usage_of_one_agent_as_text_and_as_json():
    assert run("usage", RETAIL).exit_code == CLEAN
    document = json.loads(run("usage", RETAIL, "--format", "json").stdout)
    assert {"format", "usage", "opaque"} <= set(document)
    assert document["usage"]


def test_a_plan_that_was_written_is_accepted(planned):
    result = run("verify", planned / "plan.json", RETAIL)
    assert result.exit_code == CLEAN, result.output
    assert "verified" in result.stdout


def test_a_plan_comes_with_its_statements_and_what_undoes_them(planned):
    document = json.loads((planned / "plan.json").read_text())
    assert (planned / "plan.sql").read_text().count("\nREVOKE ") + (planned / "plan.sql").read_text().count(
        "\nGRANT "
    ) == len(document["statements"])
    assert (planned / "undo.sql").read_text().count("\nGRANT ") >= 1
    assert files_in(planned) == ["plan.json", "plan.sql", "undo.sql"]


def test_the_same_example_gives_the_same_plan_in_a_process_of_its_own(planned, tmp_path):
    done = spawned("plan", RETAIL, "-o", tmp_path / "plan.json", PYTHONHASHSEED="7")
    assert done.returncode == FINDINGS, done.stderr
    assert done.stderr == ""
    assert (tmp_path / "plan.json").read_bytes() == (planned / "plan.json").read_bytes()


# -- answers ---------------------------------------------------------------------------------------------------------


def test_a_row_that_gives_too_much_is_something_to_remove(shop):
    assert run("audit", shop).exit_code == FINDINGS


def test_an_agent_that_holds_what_it_needs_is_clean(shop):
    (shop / "schema_privileges.csv").write_text(
        FILES["schema_privileges.csv"].format(agent=AGENT).replace(f"{AGENT},shop,sales,SELECT,NONE\n", "")
    )
    (shop / "table_privileges.csv").write_text(
        f"grantee,table_catalog,table_schema,table_name,privilege_type,inherited_from\n{AGENT},shop,sales,orders,SELECT,NONE\n"
    )
    assert run("audit", shop).exit_code == CLEAN


def test_without_the_members_of_groups_nothing_can_be_judged(shop):
    (shop / "groups.json").unlink()
    result = run("audit", shop)
    assert result.exit_code == NOTHING_JUDGED
    assert "members" in result.stdout


def test_without_any_service_principal_nothing_can_be_judged(shop):
    for name in ("service_principals.json", "query_history.csv", "catalog_privileges.csv", "schema_privileges.csv"):
        (shop / name).unlink()
    result = run("audit", shop)
    assert result.exit_code == NOTHING_JUDGED
    assert "--subject" in result.stderr


def test_the_window_is_what_is_asked_for(shop):
    document = json.loads(
        run("audit", shop, "--since", "2026-09-01", "--until", "2026-09-20T00:00Z", "--format", "json").stdout
    )
    assert document["plan"]["until"].startswith("2026-09-20")
    assert document["coverage"][0]["statements"] == 1


def test_an_explanation_tells_the_path_the_need_and_the_fate(shop):
    result = run("explain", "sales-bot", "select", "shop.sales.orders", shop)
    assert result.exit_code == CLEAN
    assert "held and usable" in result.stdout
    assert "q2" in result.stdout
    assert "REVOKE SELECT" in result.stdout


def test_the_version_is_told():
    assert run("--version").stdout == f"uc-guard {__version__}\n"


def test_a_folder_that_a_snapshot_was_written_to_gives_the_same_plan(shop, tmp_path):
    import uc_guard  # noqa: PLC0415 - only this test reads in Python

    uc_guard.read_folder(shop).write(tmp_path / "snapshot")
    for folder in (shop, tmp_path / "snapshot"):
        assert run("plan", folder, "-o", tmp_path / f"{folder.name}.json").exit_code == FINDINGS
    assert (tmp_path / "shop.json").read_bytes() == (tmp_path / "snapshot.json").read_bytes()


def test_two_selectors_select_both(shop):
    document = json.loads(run("audit", shop, "-s", "sales-*", "-s", "ann@shop.example", "--format", "json").stdout)
    assert document["plan"]["subjects"] == [AGENT, "ann@shop.example"]


# -- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [["audit"], ["usage"], ["plan", "-o", "p.json"], ["explain", "sales-bot", "SELECT", "shop.sales.orders"]]
)
@pytest.mark.usefixtures("shop")
def test_a_folder_that_is_not_there_is_named(tmp_path, command):
    result = run(*command, tmp_path / "nowhere")
    assert result.exit_code == BAD_INPUT
    assert "nowhere: found no such folder" in result.stderr
    assert result.stdout == ""
    assert files_in(tmp_path) == ["shop"]


@pytest.mark.parametrize("command", [["audit"], ["usage"], ["plan", "-o", "p.json"]])
def test_every_problem_of_a_folder_is_told_at_once_and_nothing_is_written(shop, tmp_path, command):
    (shop / "tables.csv").write_text("table_catalog,table_name\nshop,orders\n")
    (shop / "groups.json").write_text('[{"displayName": "g", "members": "x"')
    result = run(*command, shop)
    assert result.exit_code == BAD_INPUT
    assert "tables.csv" in result.stderr
    assert "groups.json" in result.stderr
    assert files_in(tmp_path) == ["shop"]


@pytest.mark.parametrize("command", [["audit"], ["usage"], ["plan", "-o", "p.json"]])
def test_a_subject_that_nobody_is_gets_near_names(shop, tmp_path, command):
    result = run(*command, shop, "--subject", "sales-bott")
    assert result.exit_code == BAD_INPUT
    assert "`sales-bott`; near: `sales-bot`" in result.stderr
    assert files_in(tmp_path) == ["shop"]


def test_every_problem_of_the_settings_is_told_at_once(shop, tmp_path):
    (tmp_path / "bad.toml").write_text(
        'grace_day = 3\nmode = "loose"\nmax_opaque_share = 2\nprotect_principals = "x"\n'
    )
    result = run("audit", shop, "--config", tmp_path / "bad.toml")
    assert result.exit_code == BAD_INPUT
    assert all(
        word in result.stderr
        for word in ("4 problems", "grace_days", "`loose`", "max_opaque_share", "protect_principals")
    )


def test_settings_that_cannot_be_read_are_named(shop, tmp_path):
    (tmp_path / "bad.toml").write_text("mode = ")
    assert run("audit", shop, "--config", tmp_path / "bad.toml").exit_code == BAD_INPUT
    assert "none.toml" in run("audit", shop, "--config", tmp_path / "none.toml").stderr


def test_settings_in_the_folder_one_stands_in_count(shop, tmp_path):
    (tmp_path / "uc_guard.toml").write_text("min_window_days = 90\n")
    assert run("audit", shop).exit_code == NOTHING_JUDGED


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--format", "xml"], "`xml` is not a format"),
        (["--since", "yesterday"], "`yesterday` is not a time"),
        (["--since", "2026-09-20", "--until", "2026-09-01"], "since before until"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_a_wrong_option_is_told(shop, words, told):
    result = run("audit", shop, *words)
    assert result.exit_code == BAD_INPUT
    assert told in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nobody", "SELECT", "shop.sales.orders"], "`nobody`"),
        (["sales-bot", "SELEKT", "shop.sales.orders"], "`SELEKT`"),
        (["sales-bot", "SELECT", "shop.sales.order"], "`shop.sales.orders`"),
        (["sales-bot", "SELECT", "shop..orders"], "`shop..orders`"),
        (["*", "SELECT", "shop.sales.orders"], "one principal"),
    ],
)
def test_a_question_about_what_is_not_there_is_told(shop, words, told):
    result = run("explain", *words, shop)
    assert result.exit_code == BAD_INPUT
    assert told in result.stderr


def test_a_message_does_not_carry_what_a_terminal_would_obey(shop):
    result = run("audit", shop, "--subject", "evil\x1b[2J\u202e")
    assert result.exit_code == BAD_INPUT
    assert "\x1b" not in result.stderr
    assert "\u202e" not in result.stderr


# -- files -----------------------------------------------------------------------------------------------------------


def test_outputs_that_cannot_be_written_are_all_told_before_anything_is_done(shop, tmp_path):
    result = run(
        "plan", shop, "-o", tmp_path / "none" / "p.json", "--sql", shop, "--undo", tmp_path / "none" / "p.json"
    )
    assert result.exit_code == BAD_INPUT
    assert "4 problems" in result.stderr
    assert files_in(tmp_path) == ["shop"]


def test_when_one_output_fails_none_is_written(shop, tmp_path, monkeypatch):
    (tmp_path / "plan.json").write_text("before")
    real = Path.write_bytes

    def full(self, data):
        if "plan.sql" in self.name:
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    result = run("plan", shop, "-o", tmp_path / "plan.json", "--sql", tmp_path / "plan.sql")
    assert result.exit_code == BAD_INPUT
    assert "No space left" in result.stderr
    assert files_in(tmp_path) == ["plan.json", "shop"]
    assert (tmp_path / "plan.json").read_text() == "before"


def test_a_plan_can_go_into_a_pipe(shop, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert run("plan", shop, "-o", tmp_path / "plan.json", "--sql", pipe).exit_code == FINDINGS
    assert b"REVOKE SELECT ON SCHEMA" in os.read(reader, 65536)
    os.close(reader)
    assert files_in(tmp_path) == ["pipe", "plan.json", "shop"]


# -- plans that are not to be trusted --------------------------------------------------------------------------------


@pytest.fixture
def plan(shop, tmp_path):
    """The plan of the shop, as a document to be tampered with."""
    assert run("plan", shop, "-o", tmp_path / "plan.json").exit_code == FINDINGS
    return json.loads((tmp_path / "plan.json").read_text())


def verified(plan, shop, tmp_path):
    (tmp_path / "tampered.json").write_text(json.dumps(plan))
    return run("verify", tmp_path / "tampered.json", shop)


def test_a_plan_without_the_grant_that_keeps_a_need_is_refused(plan, shop, tmp_path):
    plan["statements"] = [statement for statement in plan["statements"] if statement["verb"] == "REVOKE"]
    result = verified(plan, shop, tmp_path)
    assert result.exit_code == FINDINGS
    assert "broken: C1" in result.stdout


def test_a_plan_that_grants_more_is_refused(plan, shop, tmp_path):
    plan["statements"][0]["privileges"] = ["MODIFY", "SELECT"]
    result = verified(plan, shop, tmp_path)
    assert result.exit_code == FINDINGS
    assert "broken: C3" in result.stdout


def test_a_plan_for_other_grants_is_refused(plan, shop, tmp_path):
    (shop / "catalog_privileges.csv").write_text(
        FILES["catalog_privileges.csv"].format(agent=AGENT) + f"{AGENT},shop,BROWSE,NONE\n"
    )
    result = verified(plan, shop, tmp_path)
    assert result.exit_code == FINDINGS
    assert "broken: baseline" in result.stdout


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": 99}, "99"),
        ({"subjects": "all"}, "subjects"),
        ({"surprise": 1}, "surprise"),
        ({"since": "soon"}, "soon"),
    ],
)
def test_a_document_that_is_no_plan_is_bad_input(plan, shop, tmp_path, change, told):
    result = verified({**plan, **change}, shop, tmp_path)
    assert result.exit_code == BAD_INPUT
    assert told in result.stderr


def test_a_plan_that_is_no_json_or_not_there_is_bad_input(shop, tmp_path):
    (tmp_path / "p.json").write_bytes(b"\xff{")
    assert run("verify", tmp_path / "p.json", shop).exit_code == BAD_INPUT
    assert run("verify", tmp_path / "none.json", shop).exit_code == BAD_INPUT


def test_a_plan_that_the_verifier_refuses_is_not_written(shop, tmp_path, monkeypatch):
    from uc_guard import pipeline  # noqa: PLC0415 - loaded only where it is changed
    from uc_guard.plan.verify import Verdict  # noqa: PLC0415 - as above
    from uc_guard.plan.verify_case import Broken  # noqa: PLC0415 - as above

    refusal = Verdict(False, (Broken("C1", "something is lost"),), 0, 0, ())  # noqa: FBT003 - its first field
    monkeypatch.setattr(pipeline, "verify", lambda *_: refusal)
    result = run("plan", shop, "-o", tmp_path / "plan.json")
    assert result.exit_code == BAD_INPUT
    assert "something is lost" in result.output
    assert files_in(tmp_path) == ["shop"]


# -- a process of its own --------------------------------------------------------------------------------------------


def test_the_installed_command_draws_no_progress_where_nobody_watches(shop):
    done = spawned("audit", shop)
    assert done.returncode == FINDINGS
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


def test_a_bug_does_not_look_like_an_answer(monkeypatch, capsys):
    def broken():
        raise ZeroDivisionError("SELECT secret")

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == BUG
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "secret" not in told


def test_a_bug_shows_its_traceback_to_whom_asks_for_it(monkeypatch):
    def broken():
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "app", broken)
    monkeypatch.setenv("UC_GUARD_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main()
