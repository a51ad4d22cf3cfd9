"""The command `rules`: what lint complains of, and one rule in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from uc_guard.cli.common import BAD_INPUT, stop, told
from uc_guard.cli.lint import RuleFolders  # noqa: TC001 - typer reads annotations when it runs

if TYPE_CHECKING:
    from pathlib import Path

    from uc_guard.judge.rules import RuleFile


def rules_command(
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="Code or name of one rule, to be told in full. Default: all.")
    ] = None,
    rules: RuleFolders = None,
) -> None:
    """List the rules of lint, or tell one in full: why, how to mend it, when to keep it, what it does not see."""
    files = _files(rules or [])
    if rule is None:
        for file in files:
            one = file.rule
            typer.echo(f"{one.code}  {one.severity:<8}  {one.name:<30}  {one.summary}")
        return
    found = [file for file in files if rule.upper() == file.rule.code or rule == file.rule.name]
    if not found:
        from difflib import get_close_matches  # noqa: PLC0415 - rarely needed

        names = [file.rule.name for file in files]
        near = get_close_matches(rule, names, n=3)
        hint = f"near it: {', '.join(near)}" if near else "`uc-guard rules` lists all"
        stop(f"there is no rule `{rule}`; {hint}", BAD_INPUT)
    from uc_guard.report.rule_page import render_rule  # noqa: PLC0415 - a command loads only what it needs

    typer.echo(render_rule(found[0]).rstrip())


def _files(folders: list[Path]) -> tuple[RuleFile, ...]:
    from uc_guard.judge.rules import built_in, read_rule_files  # noqa: PLC0415 - a command loads only what it needs

    with told():
        return read_rule_files([built_in(), *folders])
    raise AssertionError  # pragma: no cover - told always leaves
