"""Writes the reference pages from the code: `python docs/generate.py`."""  # noqa: INP001 - a script beside its pages

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import polars as pl
import typer

from uc_guard import Settings, Snapshot, audit, errors, tables
from uc_guard.cli import app
from uc_guard.judge.facts import TABLES
from uc_guard.judge.rules import built_in, read_rule_files
from uc_guard.model import plan as plans
from uc_guard.model.lint import Exemption, LintSettings
from uc_guard.model.plan import Plan
from uc_guard.model.privilege import PRIVILEGES, SECURABLE_TYPES, spoken
from uc_guard.model.reasons import BROKEN, HELD, NEEDED, OPAQUE
from uc_guard.plan.document import encode_plan
from uc_guard.plan.render import render_sql
from uc_guard.report.lint_json import lint_schema
from uc_guard.report.manifest_page import render_manifest_page
from uc_guard.report.rule_page import render_index, render_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from uc_guard.model.reasons import Reason

HOME = Path(__file__).parent / "reference"
_MADE = "<!-- Made by docs/generate.py from the code; do not edit. -->"
_EXITS = {
    0: "nothing to remove; for `verify`, a plan that holds; for `usage` and `explain`, an answer; for `lint`, no "
    "finding at or above the threshold, and every budget kept; for `backtest`, a window whose plan would have denied "
    "nothing",
    1: "something to remove; for `verify`, a plan that does not hold; for `lint`, what fails a pull request; for "
    "`backtest`, the best plan would have denied something",
    2: "bad input: arguments, settings, files or a plan that do not fit; all problems are told, and nothing is written",
    3: "nothing could be judged: no subject, or every subject is held as a whole; for `lint`, nothing is declared",
    70: "a bug of uc_guard; it says how to report it",
    130: "interrupted",
}
_MENDS = {
    "BadInput": """
        Each line names the file, the place, what was found, what was expected, and what to do.
        All problems of a folder are told at once; correct them together. Nothing was written.""",
    "BadConfig": "Correct the keys that the lines name; [settings](settings.md) has all of them.",
    "NothingToJudge": "Say who is meant with `--subject`, or add `service_principals` to the export.",
    "PlanRejected": "It is a bug of the planner, and the plan was not written. Please report the lines printed.",
    "WorkspaceError": """
        Read what the workspace said; it stands behind what was asked of it. Mend that, and run the command again.""",
    "AccessDenied": """
        `uc-guard doctor` lists what is missing, with the GRANT for each: `--for apply` where something is to be
        changed.""",
    "NotThere": "Check the name. What was dropped since the plan was made needs a new plan.",
    "Unavailable": """
        Run the command again: a snapshot goes on where it stopped, a run with `uc-guard resume`. `--budget` says how
        long one call may meet passing faults.""",
    "Uncertain": "Run `uc-guard resume`: it looks whether the change was made, and makes it if not.",
    "NotApplied": """
        The lines say what was done and what was not. Where the workspace has changed, plan again; where a run stopped,
        `uc-guard resume` goes on with it, and `uc-guard rollback` undoes it.""",
    "UnknownName": "Take one of the near names, or a glob: `uc-guard audit FOLDER --subject '*'` shows everybody.",
}
_INTRO = {
    "settings": """
        Keys of `uc_guard.toml`, or of `[tool.uc_guard]` in a `pyproject.toml`: those where the command runs, in this
        order, or the one that `--config` names.
        Every default is the cautious choice. An unknown key or a wrong value is an error.
        `--subject` on the command line replaces `subjects`. [How to choose](../how-to/settings.md).""",
    "frames": """
        Every polars frame that uc_guard reads or gives, with its contract in `uc_guard.tables`.
        A folder written by `Snapshot.write` holds the first group, one Parquet file each.""",
    "privileges": """
        What uc_guard knows of each privilege of Unity Catalog.
        *Flows down*: a grant on a catalog or schema reaches what is inside. *In ALL*: ALL PRIVILEGES gives it.
        *Kept with it*: the platform may ask for both. *Seen in*: the logs any one of which shows its use; where the
        snapshot has none of them, a row is held as `unobservable`.
        Views are tables here, models and procedures are functions, as in grants.

        A privilege that is not in this table is kept as text, reported, and never revoked.""",
    "plan": """
        UTF-8 JSON. Equal plans are equal bytes. `uc-guard verify` reads it, refuses a newer `format`, and tells every
        key that is missing, unknown or of the wrong type. [How to read a plan](../how-to/read-a-plan.md).""",
    "errors": """
        Every error that input can cause is a `uc_guard.errors.UcGuardError` and carries a `slug`.
        The command line prints it without a traceback.""",
    "opaque": """
        Codes of `Opaque.reason`, of the frame `opaque`, and of `reasons` in the frame `coverage`.
        What could have been used is held: a statement that could use anything holds all rows of its subject.
        A row of `table_lineage` that names the statement closes it, whatever its text hides.""",
    "rules": """
        What `uc-guard lint` complains of. Each rule is a file in `rules/`: a condition over [facts](facts.md), a
        sentence, a remedy, and cases that are run as tests. Codes are stable and never used again.
        [How to lint](../how-to/lint.md) tells how to choose rules, exempt findings, and write rules of your own.
        Ids of the Databricks AI Security Framework 2.0 are those of its risks (`9.13`) and controls (`DASF 64`).""",
    "facts": """
        The tables that rules are judged on, with the columns that a condition may name.""",
    "held": """
        Codes of `Held.reason` in a plan. A held row is neither revoked nor called needed.""",
}
_TYPES = {"bool": "true or false", "int": "whole number", "float": "number", "str": "text", "tuple": "list of texts"}


def pages() -> dict[str, str]:
    """Give each reference page by its file name."""
    made = {
        "cli.md": _cli(),
        "settings.md": _settings(),
        "frames.md": _frames(),
        "privileges.md": _privileges(),
        "plan.md": _plan(),
        "errors.md": _errors(),
        "opaque-reasons.md": _opaque_reasons(),
        "held-reasons.md": _held_reasons(),
    }
    files = read_rule_files([built_in()])
    made |= {"agent-manifest.md": render_manifest_page()}
    made |= {"rules.md": _rules(render_index(files)), "facts.md": _facts()}
    made |= {f"rules/{file.rule.code}.md": render_rule(file) for file in files}
    schema = {"lint.schema.json": json.dumps(lint_schema(), indent=2, sort_keys=True) + "\n"}
    return {name: f"{_MADE}\n\n{text.strip()}\n" for name, text in made.items()} | schema


def main() -> None:
    """Write the pages."""
    (HOME / "rules").mkdir(exist_ok=True, parents=True)
    for name, text in pages().items():
        (HOME / name).write_text(text, encoding="utf-8")


# -- pages -------------------------------------------------------------------------------------------------------------


def _cli() -> str:
    group: Any = typer.main.get_command(app)
    lines = ["# Command line", "", group.help, ""]
    for name, command in group.commands.items():
        lines += [f"## uc-guard {name}", "", inspect.cleandoc(command.help), "", *_parameters(command.params)]
        lines += ["```text", command.epilog.removeprefix("Example: "), "```", ""]
    lines += [
        "## Exit codes",
        "",
        *_table(("code", "meaning"), ((str(code), said) for code, said in _EXITS.items())),
        "",
    ]
    lines += ["Results go to stdout, messages to stderr. Progress is drawn on stderr, where that is a terminal."]
    return "\n".join(lines)


def _settings() -> str:
    told = _attributes(Settings)
    hints = get_type_hints(Settings)
    types = {
        f.name: _TYPES[getattr(hints[f.name], "__origin__", hints[f.name]).__name__]
        for f in dataclasses.fields(Settings)
    }
    rows = [(f"`{f.name}`", types[f.name], _toml(f.default), told[f.name]) for f in dataclasses.fields(Settings)]
    lines = [*_table(("key", "type", "default", "meaning"), rows), "", "## lint", ""]
    lines += ["The table `[lint]`, or `[tool.uc_guard.lint]`. [How to use it](../how-to/lint.md).", ""]
    lines += [*_table(("key", "meaning"), _keys(LintSettings)), "", "## lint.exempt", ""]
    lines += [
        "Each exemption is a table `[[lint.exempt]]`. `rule` or `privilege` is given; all others are required.",
        "",
    ]
    return _page("Settings", "settings", [*lines, *_table(("key", "meaning"), _keys(Exemption))])


def _frames() -> str:
    lines = ["## What a workspace says", ""]
    for contract in tables.SNAPSHOT:
        lines += _contract(contract)
    lines += ["## What an audit finds", "", "Attributes of what `uc_guard.audit` gives.", ""]
    for contract in tables.FACTS:
        lines += _contract(contract)
    lines += ["## What a backtest finds", "", "Attributes of what `uc_guard.backtest.backtest` gives.", ""]
    for contract in (tables.BACKTEST, tables.BACKTEST_MISSING):
        lines += _contract(contract)
    lines += ["## What nights leave behind", "", "Parquet files in the `trend` folder of `uc-guard nightly`.", ""]
    for contract in tables.TREND:
        lines += _contract(contract)
    lines += ["## Reasons of needs", "", *_table(("reason", "meaning"), ((f"`{k}`", v) for k, v in NEEDED.items()))]
    return _page("Frames", "frames", lines)


def _privileges() -> str:
    rows = [
        (
            spoken(p.name),
            p.family,
            ", ".join(spoken(on) for on in SECURABLE_TYPES if on in p.on),
            "yes" if p.flows else "",
            "yes" if p.in_all else "",
            ", ".join(spoken(other) for other in p.with_it),
            ", ".join(p.seen_in) or "no log",
            _kinds(p.kinds, p.not_kinds),
        )
        for p in PRIVILEGES.values()
    ]
    head = ("privilege", "family", "on", "flows down", "in ALL", "kept with it", "seen in", "limited to")
    return _page("Privileges", "privileges", _table(head, rows))


def _plan() -> str:
    lines: list[str] = []
    for kind in [Plan, *(kind for kind in _classes(plans) if kind is not Plan)]:
        lines += [f"## {kind.__name__}", "", _summary(kind), "", *_table(("key", "type", "meaning"), _fields(kind)), ""]
    lines += ["## What the verifier can find broken", ""]
    lines += [*_table(("code", "meaning"), ((f"`{k}`", v) for k, v in BROKEN.items())), ""]
    plan = _example()
    lines += ["## Example", "", "One agent holds SELECT on a schema of two tables, and reads one of them.", ""]
    lines += ["```sql", render_sql(plan).strip(), "```", "", "```json", encode_plan(plan).decode().strip(), "```"]
    return _page("plan.json", "plan", lines)


def _errors() -> str:
    lines: list[str] = []
    for kind in _classes(errors):
        if issubclass(kind, errors.UcGuardError) and kind is not errors.UcGuardError:
            exit_code = 3 if issubclass(kind, errors.NothingToJudge) else 2
            lines += [f"## {kind.__name__}", "", f"Slug `{_slug(kind)}`, exit code {exit_code}. {_summary(kind)}", ""]
            lines += [_prose(_MENDS[kind.__name__]), ""]
    fields = ((f"`{name}`", told) for name, told in _attributes(errors.Problem).items())
    lines += ["## Problem", "", _summary(errors.Problem), "", *_table(("field", "meaning"), fields)]
    return _page("Errors", "errors", lines)


def _opaque_reasons() -> str:
    return _page("Why something was not understood", "opaque", _reasons(OPAQUE))


def _held_reasons() -> str:
    return _page("Why something is left alone", "held", _reasons(HELD))


def _rules(index: str) -> str:
    return _page("Rules", "rules", [index])


def _facts() -> str:
    return _page("Facts", "facts", [line for contract in TABLES.values() for line in _contract(contract, "##")])


# -- parts -------------------------------------------------------------------------------------------------------------


def _page(title: str, intro: str, lines: list[str]) -> str:
    return "\n".join([f"# {title}", "", _prose(_INTRO[intro]), "", *lines])


def _keys(kind: type) -> list[tuple[str, str]]:
    return [(f"`{name}`", told) for name, told in _attributes(kind).items()]


def _prose(text: str) -> str:
    return inspect.cleandoc(text)


def _parameters(params: Iterable[Any]) -> list[str]:
    rows = [(f"`{_call(p)}`", "yes" if p.required else "", p.help) for p in params if p.name != "help"]
    return [*_table(("argument", "required", "meaning"), rows), ""]


def _call(param: Any) -> str:  # noqa: ANN401 - click's parameters have no common typed base
    if param.param_type_name == "argument":
        return str(param.metavar)
    return f"{', '.join(param.opts)} {param.metavar or ''}".strip()


def _contract(contract: tables.Contract, heading: str = "###") -> list[str]:
    key = f" Key: {', '.join(f'`{k}`' for k in contract.key)}." if contract.key else " Rows may repeat."
    rows = [(f"`{name}`", _dtype(c.dtype), c.doc + _among(c), c.null or "") for name, c in contract.columns.items()]
    return [
        f"{heading} {contract.name}",
        "",
        contract.doc + key,
        "",
        *_table(("column", "type", "meaning", "null means"), rows),
        "",
    ]


def _among(column: tables.Column) -> str:
    return f"; one of {', '.join(f'`{value}`' for value in column.among)}" if column.among else ""


def _dtype(dtype: Any) -> str:  # noqa: ANN401 - a polars type or its class
    if dtype == tables.INSTANT:
        return "instant, UTC"
    words = {
        pl.String: "text",
        pl.Int64: "integer",
        pl.Float64: "number",
        pl.Boolean: "boolean",
        pl.List: "list of text",
    }
    return words[dtype.base_type()]


def _kinds(kinds: frozenset[str], not_kinds: frozenset[str]) -> str:
    named = ", ".join(sorted(spoken(kind) for kind in kinds or not_kinds))
    return f"not {named}" if not_kinds else named


def _fields(kind: type) -> Iterator[tuple[str, str, str]]:
    told = _attributes(kind)
    for field in sorted(dataclasses.fields(kind), key=lambda field: field.name != "format"):  # as the document has them
        yield f"`{field.name}`", _json_type(str(field.type)), told.get(field.name, "")


def _json_type(annotation: str) -> str:
    """Spell a type as JSON has it: `tuple[Row, ...]` is a list of Row."""
    if listed := re.fullmatch(r"tuple\[(\w+), \.\.\.\]", annotation):
        return f"list of {_json_type(listed[1])}"
    optional = annotation.endswith(" | None")
    plain = annotation.removesuffix(" | None")
    words = {"str": "text", "int": "integer", "float": "number", "bool": "boolean"}
    return words.get(plain, f"[{plain}](#{plain.lower()})") + (" or null" if optional else "")


def _reasons(table: Mapping[str, Reason]) -> list[str]:
    return _table(("code", "meaning", "what frees it"), ((f"`{k}`", r.meaning, r.frees) for k, r in table.items()))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    cells = [tuple(cell.replace("|", "\\|") for cell in row) for row in rows]
    return [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *cells)]


def _toml(value: object) -> str:
    return f"`{json.dumps(value)}`"  # these values are written alike in both


# -- what the code says ------------------------------------------------------------------------------------------------


def _classes(module: Any) -> list[type]:  # noqa: ANN401 - modules have no better type here
    found = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__]
    return sorted(found, key=lambda kind: inspect.getsourcelines(kind)[1])


def _summary(kind: type) -> str:
    return (inspect.getdoc(kind) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")


def _slug(kind: type[errors.UcGuardError]) -> str:
    given: Any = getattr(kind, "__dataclass_fields__", {}).get("slug")
    return str(given.default) if given else kind.slug


def _attributes(kind: type) -> dict[str, str]:
    """Read the `Attributes:` of a Google docstring."""
    _, _, section = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    found: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        if entry := re.match(r" {4}(\w+): (.*)", line):
            name = entry[1]
            found[name] = entry[2]
        elif line.startswith(" " * 8):
            found[name] += f" {line.strip()}"
        elif line.strip():
            break
    return found


def _example() -> Plan:
    """Plan for a workspace of one agent and two tables."""
    since, until = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    agent, orders = "reporting-agent", "shop.sales.orders"
    objects = [("CATALOG", "shop"), ("SCHEMA", "shop.sales"), ("TABLE", orders), ("TABLE", "shop.sales.customers")]
    grants = [("USE_CATALOG", *objects[0]), ("USE_SCHEMA", *objects[1]), ("SELECT", *objects[1])]
    rows: dict[str, list[dict[str, Any]]] = {
        "statements": [{
            "statement_id": "01ef-1", "principal": agent, "status": "FINISHED",
            "text": "SELECT sum(amount) FROM shop.sales.orders",
            "parameters_truncated": False, "started_at": datetime(2026, 9, 20, 8, tzinfo=UTC),
        }],
        "objects": [{"securable_type": kind, "securable": name, "kind": kind} for kind, name in objects],
        "columns": [{"table": orders, "column": "amount", "position": 0}],
        "grants": [{"grantee": agent, "privilege": v, "securable_type": t, "securable": s} for v, t, s in grants],
        "members": [],
        "principals": [{"principal": agent, "kind": "SERVICE_PRINCIPAL", "active": True}],
        "table_lineage": [],
    }  # fmt: skip
    contracts = {contract.name: contract for contract in tables.SNAPSHOT}
    frames = {name: contracts[name].frame(given) for name, given in rows.items()}
    return audit(Snapshot.from_frames(frames, since=since, until=until)).plan


if __name__ == "__main__":
    main()
