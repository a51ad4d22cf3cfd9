"""The command line: arguments in, the pipeline, an exit code out."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from uc_guard.model.plan import Plan
    from uc_guard.model.settings import Settings
    from uc_guard.pipeline import Audit
    from uc_guard.snapshot import Snapshot
    from uc_guard.usage.statements import Progress

CLEAN, FINDINGS, BAD_INPUT, NOTHING_JUDGED, BUG = 0, 1, 2, 3, 70

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
Subjects = Annotated[
    list[str] | None,
    typer.Option(
        "--subject",
        "-s",
        metavar="WHO",
        help="Name, id or glob of a principal, or group:NAME; may repeat. Default: every service principal.",
    ),
]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings. Default: ./uc_guard.toml where there is one.")
]
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Start of the window, ISO 8601, UTC.")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="End of the window, exclusive.")]


def _form(text: str) -> str:
    if text not in {"text", "json"}:
        raise typer.BadParameter(f"`{text}` is not a format; use text or json")
    return text


Format = Annotated[str, typer.Option("--format", metavar="text|json", help="How to print it.", callback=_form)]


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    if version:
        from uc_guard import __version__  # noqa: PLC0415 - nothing else is needed here

        typer.echo(f"uc-guard {__version__}")
        raise typer.Exit(CLEAN)


@app.command("audit", epilog="Example: uc-guard audit examples/retail --subject 'sales-*'")
def audit_command(
    folder: Folder,
    subject: Subjects = None,
    config: Config = None,
    since: Since = None,
    until: Until = None,
    form: Format = "text",
) -> None:
    """Say for each agent what it holds, what it used, and what can go."""
    settings = _settings(config, subject)
    found = _audited(_read(folder, since, until), settings)
    if form == "json":
        from uc_guard.report.json import render_json  # noqa: PLC0415 - a command loads only what it needs

        typer.echo(render_json(found))
    else:
        from uc_guard.report.terminal import print_audit  # noqa: PLC0415 - as above

        print_audit(found)
    raise typer.Exit(_exit_code(found))


@app.command("usage", epilog="Example: uc-guard usage examples/retail --format json > usage.json")
def usage_command(
    folder: Folder, subject: Subjects = None, since: Since = None, until: Until = None, form: Format = "text"
) -> None:
    """Say what each agent used: securables, columns, how often, first and last."""
    from uc_guard.bodies import known_objects  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.report.terminal import print_usage  # noqa: PLC0415 - as above
    from uc_guard.subjects import select_subjects  # noqa: PLC0415 - as above
    from uc_guard.usage.log import read_log  # noqa: PLC0415 - as above

    snapshot = _read(folder, since, until)
    with _told(), _progress() as progress:
        subjects = select_subjects(snapshot, tuple(subject or ()))
        reading = read_log(snapshot, known_objects(snapshot), progress)
    if form == "json":
        from uc_guard.report.json import render_usage_json  # noqa: PLC0415 - as above

        typer.echo(render_usage_json(reading, subjects))
    else:
        print_usage(reading, snapshot, subjects)


@app.command("plan", epilog="Example: uc-guard plan examples/retail -o plan.json --sql plan.sql --undo undo.sql")
def plan_command(  # noqa: PLR0913, PLR0917 - one argument an option
    folder: Folder,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The plan with its proofs, JSON.")],
    sql: Annotated[Path | None, typer.Option("--sql", metavar="FILE", help="The statements, SQL.")] = None,
    undo: Annotated[Path | None, typer.Option("--undo", metavar="FILE", help="What undoes them, SQL.")] = None,
    subject: Subjects = None,
    config: Config = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write the smallest plan that takes away what was not needed. Runs nothing."""
    from uc_guard.plan.document import encode_plan  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.plan.render import render_inverse, render_sql  # noqa: PLC0415 - as above
    from uc_guard.report.terminal import print_plan  # noqa: PLC0415 - as above

    targets = [path for path in (output, sql, undo) if path]
    with _told():
        _check_targets(targets)
    settings = _settings(config, subject)
    found = _audited(_read(folder, since, until), settings)
    _trusted(found)
    texts = {output: encode_plan(found.plan)}
    if sql:
        texts[sql] = render_sql(found.plan).encode()
    if undo:
        texts[undo] = render_inverse(found.plan).encode()
    with _told():
        _write_all(texts)
    print_plan(found, targets)
    raise typer.Exit(_exit_code(found))


@app.command("verify", epilog="Example: uc-guard verify plan.json examples/retail")
def verify_command(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json.")],
    folder: Folder,
    config: Config = None,
) -> None:
    """Check a plan against a snapshot with code that shares nothing with the planner."""
    from uc_guard.pipeline import recheck  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.plan.document import read_plan  # noqa: PLC0415 - as above
    from uc_guard.report.terminal import print_verdict  # noqa: PLC0415 - as above

    settings = _settings(config, None)
    with _told(), _progress() as progress:
        document = read_plan(plan)
        verdict = recheck(document, _read_window(folder, document, plan), settings, progress)
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

    settings = _settings(config, [principal])
    found = _audited(_read(folder, None, None), settings)
    with _told():
        print_explanation(explain(found, privilege, securable))


def main() -> None:
    """Run the command line. A bug must not look like an answer: its exit code is none of theirs."""
    try:
        app()
    except Exception as error:
        # SAFETY: a traceback may hold statements with secrets, so it is shown only where somebody asks for it.
        if os.environ.get("UC_GUARD_TRACEBACK"):
            raise
        typer.echo(
            f"uc-guard: this is a bug, {type(error).__name__}; nothing was changed. Please report it, with what "
            "UC_GUARD_TRACEBACK=1 shows",
            err=True,
        )
        sys.exit(BUG)


# -- shared by the commands ----------------------------------------------------------------------------------------


@contextmanager
def _told() -> Generator[None]:
    """Turn an error that a user can mend into its message and exit code."""
    from uc_guard.errors import NothingToJudge, UcGuardError  # noqa: PLC0415 - a command loads only what it needs

    try:
        yield
    except NothingToJudge as error:
        _stop(f"nothing to judge: {error}", NOTHING_JUDGED)
    except UcGuardError as error:
        _stop(str(error), BAD_INPUT)


def _stop(message: str, code: int) -> NoReturn:
    # SAFETY: messages show names from logs; a terminal must not obey them.
    safe = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in message)
    typer.echo(f"uc-guard: {safe}", err=True)
    raise typer.Exit(code)


def _read(folder: Path, since: str | None, until: str | None) -> Snapshot:
    from uc_guard.read.folder import read_folder  # noqa: PLC0415 - a command loads only what it needs

    with _told():
        return read_folder(folder, since=_instant(since, "--since"), until=_instant(until, "--until"))
    raise AssertionError  # pragma: no cover - _told always leaves


def _read_window(folder: Path, document: Plan, source: Path) -> Snapshot:
    """Read a folder, cut to the window of a plan."""
    from uc_guard.errors import BadInput, Problem  # noqa: PLC0415 - a command loads only what it needs

    try:
        return _read(folder, document.since, document.until)
    except typer.BadParameter as error:
        found = f"`{document.since}` and `{document.until}`"
        expected, mend = "instants in ISO 8601", "plan again; a plan is not made to be edited"
        raise BadInput((Problem(str(source), "since, until", found, expected, mend),)) from error


def _instant(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"`{text}` is not a time; write 2026-09-01 or 2026-09-01T12:00Z", param_hint=option
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _settings(config: Path | None, subjects: list[str] | None) -> Settings:
    from dataclasses import replace  # noqa: PLC0415 - a command loads only what it needs

    from uc_guard.model.settings import Settings  # noqa: PLC0415 - as above
    from uc_guard.read.config import read_settings  # noqa: PLC0415 - as above

    default = Path("uc_guard.toml")
    settings = Settings()
    with _told():
        if config or default.is_file():
            settings = read_settings(config or default)
    return replace(settings, subjects=tuple(subjects)) if subjects else settings


def _audited(snapshot: Snapshot, settings: Settings) -> Audit:
    from uc_guard.pipeline import audit  # noqa: PLC0415 - a command loads only what it needs

    with _told(), _progress() as progress:
        return audit(snapshot, settings, progress)
    raise AssertionError  # pragma: no cover - _told always leaves


def _check_targets(targets: list[Path]) -> None:
    """Refuse files that cannot be written before anything long is done."""
    from uc_guard.errors import BadInput, Problem  # noqa: PLC0415 - a command loads only what it needs

    mend = "give another name"
    problems = [
        Problem(str(path), "", "no such folder", "an existing folder", "make it first")
        for path in targets
        if not path.parent.is_dir()
    ]
    problems += [Problem(str(path), "", "a folder", "the name of a file", mend) for path in targets if path.is_dir()]
    twice = sorted({str(path) for path in targets if targets.count(path) > 1})
    problems += [Problem(path, "", "one name for two outputs", "a name for each", mend) for path in twice]
    if problems:
        raise BadInput(tuple(problems))


def _write_all(texts: Mapping[Path, bytes]) -> None:
    """Write all of the files, or none: each beside its name first, then all renamed."""
    from uc_guard.errors import BadInput, Problem  # noqa: PLC0415 - a command loads only what it needs

    # SAFETY: a pipe, or a link such as `/dev/stdout`, is written to and never replaced.
    plain = [path for path in texts if not path.is_symlink() and (path.is_file() or not path.exists())]
    partial = {path: path.with_name(f".{path.name}.partial") for path in plain}
    path = Path()
    try:
        for path in sorted(texts, key=lambda path: path not in partial):
            partial.get(path, path).write_bytes(texts[path])
        for path, beside in partial.items():
            beside.replace(path)
    except OSError as error:
        problem = Problem(str(path), "", f"{error.strerror}", "a file that can be written", "give another name")
        raise BadInput((problem,)) from error
    finally:
        for beside in partial.values():
            beside.unlink(missing_ok=True)


def _trusted(found: Audit) -> None:
    """Stop where the verifier refuses the plan: it is a bug of ours, and nothing may be written."""
    if not found.verdict.ok:
        from uc_guard.report.terminal import print_verdict  # noqa: PLC0415 - rarely needed

        print_verdict(found.verdict)
        _stop("the verifier refuses this plan, so nothing was written; please report it", BAD_INPUT)


def _exit_code(found: Audit) -> int:
    if found.plan.statements or found.plan.memberships:
        return FINDINGS
    whole = {held.subject for held in found.plan.held if held.row is None}
    return NOTHING_JUDGED if whole >= set(found.subjects) else CLEAN


@contextmanager
def _progress() -> Generator[Progress | None]:
    """Give a progress callback that draws on a terminal's stderr; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only where it is drawn
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, int] = {}

        def show(what: str, done: int, total: int) -> None:
            task = tasks.setdefault(what, -1)
            if task < 0:
                task = tasks[what] = bar.add_task(what, total=total)
            bar.update(bar.task_ids[task], completed=done, total=total)

        yield show
