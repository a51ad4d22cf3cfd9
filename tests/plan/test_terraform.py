"""A plan as Terraform: it holds what the plan leaves, in an order that loses nothing, and no name breaks out."""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import replace
from pathlib import Path

import hcl2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from uc_guard import tables
from uc_guard.cli import app
from uc_guard.model.name import join_name
from uc_guard.model.plan import Statement
from uc_guard.plan.hcl import hcl_comment, hcl_label, hcl_string
from uc_guard.plan.render import render_statement
from uc_guard.plan.terraform import render_terraform, terraform_warnings
from uc_guard.read.declared import read_declared
from uc_guard.read.declared.hcl import read_hcl

_SPEC = importlib.util.spec_from_file_location("plan_worlds", Path(__file__).with_name("plan_worlds.py"))
worlds = sys.modules.setdefault("plan_worlds", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(worlds)

RETAIL = Path(__file__).parents[2] / "examples" / "retail"
SCENE = worlds.Scene(
    grants=frozenset({
        ("ann", "USE_CATALOG", *worlds.CATALOG), ("ann", "ALL_PRIVILEGES", *worlds.SCHEMA),
        ("ann", "SELECT", *worlds.CATALOG), ("ann", "SELECT", *worlds.FAR), ("bea", "SELECT", *worlds.SCHEMA),
    }),
    needs=worlds.with_way({("ann", "SELECT", *worlds.TABLE): "must"}),
)  # fmt: skip
PLAN = worlds.plan_of(SCENE)
SNAPSHOT = worlds.snapshot_of(SCENE)
many = settings(max_examples=200, deadline=None)
some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
texts = st.text(
    st.one_of(st.sampled_from("$%{}\\\"\n\r\t#`'/. ~\u2028\u202e\x00\x7f😀"), st.characters(exclude_categories=["Cs"])),
    min_size=1,
    max_size=12,
)
_ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|U[0-9a-f]{8}|.)", re.DOTALL)


def spelled(literal):
    """What a literal of HCL, as python-hcl2 gives it, spells."""
    assert literal[0] == literal[-1] == '"'
    plain = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
    return _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if m[1][0] in "uU" else plain[m[1]], literal[1:-1])


def blocks_of(text, kind):
    """The resources of a kind by label, as another reader of HCL has them."""
    found = {}
    for resource in hcl2.loads(text).get("resource", []):
        for name, inside in resource.items():
            if name == f'"{kind}"':
                found |= {label.strip('"'): body for label, body in inside.items()}
    return found


def grants_in(text):
    """The (attribute, name, principal) -> privileges that the blocks hold."""
    told = {}
    for body in blocks_of(text, "databricks_grant").values():
        (attribute,) = set(body) - {"principal", "privileges", "depends_on", "__is_block__"}
        at = (attribute, spelled(body[attribute]), spelled(body["principal"]))
        told[at] = {spelled(word) for word in body["privileges"]}
    return told


def outputs_in(text, name):
    for output in hcl2.loads(text).get("output", []):
        if f'"{name}"' in output:
            return [spelled(value) for value in output[f'"{name}"']["value"]]
    return []


def test_a_block_holds_all_that_its_principal_has_there_after_the_plan():
    told = grants_in(render_terraform(PLAN, SNAPSHOT))
    after = worlds.run(SCENE.grants, PLAN.statements, strips=False)[-1]
    touched = {(s.grantee, s.securable_type, s.securable) for s in PLAN.statements}
    expected = {}
    for grantee, privilege, kind, name in after:
        if (grantee, kind, name) in touched:
            expected.setdefault((kind.lower(), name, grantee), set()).add(privilege)
    assert told == expected
    assert told["schema", "c.s", "ann"] == {"USE_SCHEMA"}


def test_what_exists_is_imported_and_what_is_new_is_not():
    text = render_terraform(PLAN, SNAPSHOT)
    ids = {spelled(block["id"]) for block in hcl2.loads(text)["import"]}
    assert ids == {"schema/c.s/ann", "catalog/c/ann"}
    assert ("table", "c.s.t", "ann") in grants_in(text)


def test_a_principal_that_keeps_nothing_is_left_to_sql_after_the_apply():
    text = render_terraform(PLAN, SNAPSHOT)
    assert set(outputs_in(text, "uc_guard_run_after")) == {
        "REVOKE SELECT ON TABLE `c`.`r`.`t` FROM `ann`",
        "REVOKE SELECT ON SCHEMA `c`.`s` FROM `bea`",
    }
    assert "# REVOKE SELECT ON SCHEMA `c`.`s` FROM `bea`;" in text.splitlines()


def a_plan(*statements):
    return replace(PLAN, statements=statements, memberships=(), warnings=())


def a_grant(kind, name, grantee="ann", privileges=("SELECT",), verb="GRANT"):
    return Statement(verb, privileges, kind, name, grantee, "")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("CLEAN_ROOM", "room"), ("TABLE", "c.s.`a.b`"), ("TABLE", "c.s.a/b"), ("METASTORE", "m"), ("TABLE", "c..t")],
)
def test_what_the_provider_cannot_name_is_left_to_sql_before_the_apply(kind, name):
    plan = a_plan(a_grant(kind, name))
    text = render_terraform(plan, SNAPSHOT)
    assert grants_in(text) == {}
    assert outputs_in(text, "uc_guard_run_before") == [render_statement(plan.statements[0])]


def test_a_grant_that_gives_back_what_revoke_all_may_strip_stays_behind_it():
    statements = (
        a_grant("CLEAN_ROOM", "room", privileges=("ALL_PRIVILEGES",), verb="REVOKE"),
        a_grant("CLEAN_ROOM", "room"),
    )
    text = render_terraform(a_plan(*statements), SNAPSHOT)
    assert outputs_in(text, "uc_guard_run_before") == []
    assert outputs_in(text, "uc_guard_run_after") == [render_statement(statement) for statement in statements]


def test_the_metastore_is_named_by_its_id():
    snapshot = replace(SNAPSHOT, manifest=replace(SNAPSHOT.manifest, metastore="0a-1b"))
    plan = a_plan(a_grant("METASTORE", "metastore", privileges=("CREATE_CATALOG",)))
    assert grants_in(render_terraform(plan, snapshot)) == {("metastore", "0a-1b", "ann"): {"CREATE_CATALOG"}}


def test_a_model_is_named_as_one():
    model = tables.OBJECTS.frame([{"securable_type": "FUNCTION", "securable": "c.s.m", "kind": "MODEL"}])
    snapshot = replace(SNAPSHOT, frames={**SNAPSHOT.frames, "objects": model})
    plan = a_plan(a_grant("FUNCTION", "c.s.m", privileges=("EXECUTE",)))
    assert grants_in(render_terraform(plan, snapshot)) == {("model", "c.s.m", "ann"): {"EXECUTE"}}


# -- nothing needed is missing on the way ----------------------------------------------------------------------------


def steps_of(text):
    """The blocks in the order in which Terraform may apply them: those of one step in any order."""
    barriers = blocks_of(text, "terraform_data")
    steps = {}
    for label, body in blocks_of(text, "databricks_grant").items():
        waits = re.findall(r"uc_guard_step_(\d+)", str(body.get("depends_on", "")))
        steps.setdefault(int(waits[0]) if waits else 0, []).append(label)
    for number in range(1, len(steps)):
        named = set(re.findall(r"databricks_grant\.(\w+)", str(barriers[f"uc_guard_step_{number}"]["depends_on"])))
        assert named == set(steps[number - 1])
    assert sorted(steps) == list(range(len(steps)))
    return [steps[number] for number in sorted(steps)]


@some
@given(scene=worlds.scenes(), rng=st.randoms(use_true_random=False))
def test_nothing_needed_is_missing_whatever_terraform_does_first_in_a_step(scene, rng, reference):
    plan = worlds.plan_of(scene)
    snapshot = worlds.snapshot_of(scene)
    text = render_terraform(plan, snapshot)
    kinds = {"connection": "foreign_connection"}
    states = [set(scene.grants)]
    for label in [label for step in steps_of(text) for label in rng.sample(step, len(step))]:
        body = blocks_of(text, "databricks_grant")[label]
        (attribute,) = set(body) - {"principal", "privileges", "depends_on", "__is_block__"}
        at = (kinds.get(attribute, attribute).upper(), spelled(body[attribute]))
        who = spelled(body["principal"])
        others = {row for row in states[-1] if (row[0], *row[2:]) != (who, *at)}
        states.append(others | {(who, spelled(word), *at) for word in body["privileges"]})
    rest = {s: render_statement(s) for s in plan.statements}
    after = outputs_in(text, "uc_guard_run_after")
    assert outputs_in(text, "uc_guard_run_before") == []
    states += worlds.run(states[-1], [s for s in plan.statements if rest[s] in after], strips=False)
    assert states[-1] == worlds.run(scene.grants, plan.statements, strips=False)[-1]
    objects = {place: (kind, scene.owners.get(place)) for place, kind in scene.kinds.items()}
    models = [reference.World(objects, rows, set(scene.members)) for rows in states]
    for who, what, *where in scene.needs:
        place = tuple(where)
        if who in scene.subjects and reference.usable(models[0], who, what, place):
            assert all(reference.usable(model, who, what, place) for model in models), (who, what, place)


# -- hostile names ---------------------------------------------------------------------------------------------------


@many
@given(text=texts)
def test_a_literal_spells_its_text_to_every_reader(text):
    source = f"a = {hcl_string(text)}\n"
    assert spelled(hcl2.loads(source)["a"]) == text
    assert read_hcl(source).values["a"].text == text
    assert "${" not in source
    assert "%{" not in source


@many
@given(text=texts)
def test_a_comment_stays_on_its_line(text):
    assert len(hcl_comment(text).splitlines()) == 1
    assert hcl_comment(text).startswith("#")


@many
@given(one=st.tuples(texts, texts), other=st.tuples(texts, texts))
def test_a_label_is_a_word_and_another_for_other_texts(one, other):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", hcl_label(*one))
    assert one == other or hcl_label(*one) != hcl_label(*other)


@many
@given(name=st.lists(texts, min_size=3, max_size=3), principal=texts, privilege=st.sampled_from(["SELECT", "MODIFY"]))
def test_hostile_names_do_not_break_out_of_the_file(name, principal, privilege):
    statement = a_grant("TABLE", join_name(name), principal, (privilege,))
    text = render_terraform(a_plan(statement), SNAPSHOT)
    told = grants_in(text)
    run = outputs_in(text, "uc_guard_run_before")
    assert len(told) + len(run) == 1
    assert run in ([], [render_statement(statement)])
    assert all(at[2] == principal and words == {privilege} for at, words in told.items())
    assert set(hcl2.loads(text)) <= {"resource", "output", "__comments__"}


# -- warnings --------------------------------------------------------------------------------------------------------

AUTHORITATIVE = """
resource "databricks_grants" "s" {
  schema = "c.s"
  grant {
    principal  = "zoe"
    privileges = ["SELECT"]
  }
}
"""
OF_PRINCIPAL = """
resource "databricks_grant" "s" {
  schema     = "c.s"
  principal  = "ann"
  privileges = ["USE_SCHEMA"]
}
"""


def warned(tmp_path, text):
    (tmp_path / "grants.tf").write_text(text, encoding="utf-8")
    return terraform_warnings(PLAN, SNAPSHOT, read_declared([tmp_path]).grants)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (AUTHORITATIVE, ["`databricks_grants` of schema `c.s`", "authoritative", "grants.tf`, line"]),
        (OF_PRINCIPAL, ["`ann` on schema `c.s`", "overwrite each other"]),
        (AUTHORITATIVE.replace('"c.s"', "var.schema"), ["computed", "grants.tf`, line"]),
    ],
)
def test_blocks_that_would_undo_the_plan_are_told(tmp_path, text, words):
    (warning,) = warned(tmp_path, text)
    assert all(word in warning for word in words)


@pytest.mark.parametrize("text", [AUTHORITATIVE.replace("c.s", "c.z"), OF_PRINCIPAL.replace("ann", "zoe")])
def test_blocks_of_something_else_are_not_told(tmp_path, text):
    assert warned(tmp_path, text) == ()


def test_it_is_told_that_nobody_looked():
    (warning,) = terraform_warnings(PLAN, SNAPSHOT)
    assert "--declared DIR" in warning
    assert f"# WARNING: {warning}" in render_terraform(PLAN, SNAPSHOT).splitlines()


def test_it_is_told_that_grants_were_not_read():
    sources = tuple(
        replace(source, complete=False, note="not read: volume_privileges") if source.name == "grants" else source
        for source in SNAPSHOT.manifest.sources
    )
    snapshot = replace(SNAPSHOT, manifest=replace(SNAPSHOT.manifest, sources=sources))
    assert "not read: volume_privileges" in terraform_warnings(PLAN, snapshot, tables.DECLARATIONS.empty())[0]


# -- the command -----------------------------------------------------------------------------------------------------


def plan(*words):
    return CliRunner().invoke(app, ["plan", str(RETAIL), *map(str, words)])


@pytest.mark.parametrize(
    ("form", "start"), [("json", b"{"), ("sql", b"-- uc_guard plan"), ("terraform", b"# uc_guard plan")]
)
def test_the_format_decides_what_is_written(tmp_path, form, start):
    done = plan("-o", tmp_path / "out", "--format", form)
    assert done.exit_code == 1, done.output
    assert (tmp_path / "out").read_bytes().startswith(start)


def test_the_command_warns_of_blocks_that_undo_the_plan(tmp_path):
    (tmp_path / "main.tf").write_text(AUTHORITATIVE.replace("c.s", "retail.support"), encoding="utf-8")
    done = plan("-o", tmp_path / "plan.tf", "--format", "terraform", "--declared", tmp_path)
    assert "warning: the `databricks_grants` of schema `retail.support` is authoritative" in done.stderr
    assert "--declared" not in done.stderr


def test_an_unknown_format_is_refused(tmp_path):
    done = plan("-o", tmp_path / "out", "--format", "yaml")
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()
