"""The commands of an audit: arguments in, the pipeline, an exit code out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uc_guard.cli.common import (
    BAD_INPUT,
    CLEAN,
    FINDINGS,
    NOTHING_JUDGED,
    Cache,
    Config,
    Remember,
    Since,
    Subjects,
    Until,
    among,
    audited,
    check_targets,
    needs_remembered,
    progress_bar,
    read_snapshot,
    settings_of,
    stop,
    told,
    write_all,
)
from uc_guard.cli.plan_forms import DeclaredIn, PlanForm, plan_bytes

if TYPE_CHECKING:
    from uc_guard.model.plan import Plan
    from uc_guard.pipeline import Audit
    from uc_guard.snapshot import Snapshot

app = typer.Typer(
    name="uc-guard",
    help="Least privilege for AI agents in Unity Catalog: what they hold, what they used, and the smallest safe plan.",
    epilog="Exit codes: 0 nothing to remove, 1 something to remove, 2 bad input, 3 nothing could be judged.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Folder = Annotated[Path, typer.Argument(metavar="SNAPSHOT", help="Folder of a snapshot, or of exported system tables.")]


Format = Annotated[
    str, typer.Option("--format", metavar="text|json", help="How to print it.", callback=among("text", "json"))
]


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    if version:
        from uc_guard import __version__  # noqa: PLC0415 - nothing else is needed here

        typer.echo(f"uc-guard {__version__}")
        raise typer.Exit(CLEAN)


@app.command("audit", epilog="Example: uc-guard audit examples/retail --subject 'sales-*'")
def audit_command(  # noqa: PLR0913, PLR0917 - one argument an option
    folder: Folder,
    subject: Subjects = None,
    config: Config = None,
    since: Since = None,
    until: Until = None,
    form: Format = "text",
    cache: Cache = None,
    remember: Remember = None,
) -> None:
    """Say for each agent what it holds, what it used, and what can go."""
    settings = settings_of(config, subject)
    found = audited(read_snapshot(folder, since, until), settings, cache, remember)
    if form == "json":
        from uc_guard.report.json import render_json  # noqa: PLC0415 - a command loads only what it needs

        typer.echo(render_json(found))
    else:
        from uc_guard.report.terminal import print_audit  # noqa: PLC0415 - as above

        print_audit(found)
    raise typer.Exit(_exit_code(found))


@app.command("usage", epilog="Example: uc-guard usage examples/retail --format json > usage.json")
def usage_command(
    folder: Folder,
    subject: Subjects = None,
    since: Since = None,
    until: Until = None,
    form: Format = "text",
    cache: Cache = None,
) -> None:
    """Say what each agent used: securables, columns, how often, first and last."""
    from uc_guard.bodies import known_objects  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.report.terminal import print_usage  # noqa: PLC0415 - as above
    from uc_guard.subjects import select_subjects  # noqa: PLC0415 - as above
    from uc_guard.usage.log import read_log  # noqa: PLC0415 - as above

    snapshot = read_snapshot(folder, since, until)
    with told(), progress_bar() as progress:
        subjects = select_subjects(snapshot, tuple(subject or ()))
        reading = read_log(snapshot, known_objects(snapshot), progress, cache)
    if form == "json":
        from uc_guard.report.json import render_usage_json  # noqa: PLC0415 - as above

        typer.echo(render_usage_json(reading, subjects))
    else:
        print_usage(reading, snapshot, subjects)


@app.command("plan", epilog="Example: uc-guard plan examples/retail -o plan.json --sql plan.sql --undo undo.sql")
def plan_command(  # noqa: PLR0913, PLR0917 - one argument an option
    folder: Folder,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The plan, with its proofs as JSON.")],
    sql: Annotated[Path | None, typer.Option("--sql", metavar="FILE", help="The statements, SQL.")] = None,
    undo: Annotated[Path | None, typer.Option("--undo", metavar="FILE", help="What undoes them, SQL.")] = None,
    form: PlanForm = "json",
    declared: DeclaredIn = None,
    subject: Subjects = None,
    config: Config = None,
    since: Since = None,
    until: Until = None,
    cache: Cache = None,
    remember: Remember = None,
) -> None:
    """Write the smallest plan that takes away what was not needed. Runs nothing."""
    from uc_guard.plan.render import render_inverse, render_sql  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.report.terminal import print_plan  # noqa: PLC0415 - as above

    targets = [path for path in (output, sql, undo) if path]
    with told():
        check_targets(targets)
    settings = settings_of(config, subject)
    found = audited(read_snapshot(folder, since, until), settings, cache, remember)
    _trusted(found)
    texts = {output: plan_bytes(found, form, declared)}
    if sql:
        texts[sql] = render_sql(found.plan).encode()
    if undo:
        texts[undo] = render_inverse(found.plan).encode()
    with told():
        write_all(texts)
    print_plan(found, targets)
    raise typer.Exit(_exit_code(found))


@app.command("verify", epilog="Example: uc-guard verify plan.json examples/retail")
def verify_command(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json.")],
    folder: Folder,
    config: Config = None,
    remember: Remember = None,
) -> None:
    """Check a plan against a snapshot with code that shares nothing with the planner."""
    from uc_guard.pipeline import recheck  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.plan.document import read_plan  # noqa: PLC0415 - as above
    from uc_guard.report.terminal import print_verdict  # noqa: PLC0415 - as above

    settings = settings_of(config, None)
    with told(), progress_bar() as progress:
        document = read_plan(plan)
        past = needs_remembered(remember)
        verdict = recheck(document, _read_window(folder, document, plan), settings, progress, past)
    print_verdict(verdict)
    raise typer.Exit(CLEAN if verdict.ok else FINDINGS)


@app.command("explain", epilog="Example: uc-guard explain sales-copilot SELECT retail.sales.orders examples/retail")
def explain_command(
    principal: Annotated[str, typer.Argument(metavar="PRINCIPAL", help="Name, id or display name.")],
    privilege: Annotated[str, typer.Argument(metavar="PRIVILEGE", help="SELECT, 'USE SCHEMA' ...")],
    securable: Annotated[str, typer.Argument(metavar="SECURABLE", help="Full name.")],
    folder: Folder,
    config: Config = None,
) -> None:
    """Show by which path a principal holds a privilege, and what needed it."""
    from uc_guard.report.explain import explain, print_explanation  # noqa: PLC0415 - a command loads only what it needs

    settings = settings_of(config, [principal])
    found = audited(read_snapshot(folder, None, None), settings)
    with told():
        print_explanation(explain(found, privilege, securable))


def _read_window(folder: Path, document: Plan, source: Path) -> Snapshot:
    """Read a folder, cut to the window of a plan."""
    from uc_guard.errors import BadInput, Problem  # noqa: PLC0415 - a command loads only what it needs

    try:
        return read_snapshot(folder, document.since, document.until)
    except typer.BadParameter as error:
        found = f"`{document.since}` and `{document.until}`"
        expected, mend = "instants in ISO 8601", "plan again; a plan is not made to be edited"
        raise BadInput((Problem(str(source), "since, until", found, expected, mend),)) from error


def _trusted(found: Audit) -> None:
    """Stop where the verifier refuses the plan: it is a bug of ours, and nothing may be written."""
    if not found.verdict.ok:
        from uc_guard.report.terminal import print_verdict  # noqa: PLC0415 - rarely needed

        print_verdict(found.verdict)
        stop("the verifier refuses this plan, so nothing was written; please report it", BAD_INPUT)


def _exit_code(found: Audit) -> int:
    if found.plan.statements or found.plan.memberships:
        return FINDINGS
    whole = {held.subject for held in found.plan.held if held.row is None}
    return NOTHING_JUDGED if whole >= set(found.subjects) else CLEAN
