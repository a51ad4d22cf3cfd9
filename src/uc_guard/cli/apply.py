"""The commands that change a workspace: apply, resume, rollback, watch. None does so without being told to."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uc_guard.cli.common import BAD_INPUT, CLEAN, FINDINGS, Config, progress_bar, right_now, settings_of, stop, told
from uc_guard.cli.connection import AccountProfile, Profile, Warehouse, connected

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager

    from uc_guard.apply.journal import Journal
    from uc_guard.apply.run import Options, Preview
    from uc_guard.apply.standing import Hand, Standing
    from uc_guard.workspace.connect import Workspace

JournalFile = Annotated[Path, typer.Argument(metavar="JOURNAL", help="The journal of a run.")]
Execute = Annotated[bool, typer.Option("--execute", help="Do it. Without, it is a dry run: nothing is changed.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; for jobs.")]
WaveSize = Annotated[
    int,
    typer.Option("--wave-size", metavar="N", min=0, help="Principals that lose something in one wave; 0 = all."),
]
Canaries = Annotated[
    list[str] | None,
    typer.Option("--canary", metavar="WHO", help="Principal that goes first, in a wave of its own; may repeat."),
]
WatchFor = Annotated[
    float,
    typer.Option("--watch-for", metavar="SECONDS", min=0, help="After each wave, watch this long for refusals."),
]
MaxRevokes = Annotated[int, typer.Option("--max-revokes", min=0, help="Most rows that a run may revoke.")]
Via = Annotated[str, typer.Option("--via", metavar="rest|sql", help="How rows are changed.")]
_EVERY_S = 30.0


def apply_command(  # noqa: PLR0913, PLR0917 - one argument an option
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json.")],
    profile: Profile = None,
    warehouse: Warehouse = None,
    account_profile: AccountProfile = None,
    config: Config = None,
    execute: Execute = False,  # noqa: FBT002 - an option
    yes: Yes = False,  # noqa: FBT002 - an option
    journal: Annotated[
        Path | None, typer.Option("--journal", metavar="FILE", help="Default: PLAN with `.journal` behind it.")
    ] = None,
    wave_size: WaveSize = 0,
    canary: Canaries = None,
    watch_for: WatchFor = 0.0,
    max_revokes: MaxRevokes = 500,
    replan: Annotated[
        Path | None,
        typer.Option(
            "--replan",
            metavar="SNAPSHOT",
            help="Where the workspace has changed since: bring this snapshot up to date, and plan anew from it.",
        ),
    ] = None,
    via: Via = "rest",
) -> None:
    """Show what a plan would change in a workspace, and with --execute change it."""
    from uc_guard.apply.run import Options, begin, preview  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.apply.standing import Standing  # noqa: PLC0415 - as above
    from uc_guard.apply.steps import Waves  # noqa: PLC0415 - as above
    from uc_guard.plan.document import read_plan  # noqa: PLC0415 - as above
    from uc_guard.report.applied import print_preview  # noqa: PLC0415 - as above

    settings = settings_of(config, None)
    with told():
        document = read_plan(plan)
    workspace = connected(profile, warehouse, account_profile)
    hand, standing = _hand(workspace, via), Standing(workspace)
    options = Options(Waves(wave_size, tuple(canary or ())), max_revokes)
    with told():
        found = preview(document, standing, settings, options)
    if found.differences and replan is not None:
        from uc_guard.cli.replan import replan as plan_again  # noqa: PLC0415 - rarely needed

        print_preview(found, execute=False)
        document = plan_again(plan, document, workspace, settings, replan, right_now())
        with told():
            found = preview(document, standing, settings, options)
    print_preview(found, execute=execute)
    if found.differences:
        stop("the workspace is not as the plan leans on it: plan again, or name a snapshot with `--replan`", BAD_INPUT)
    if not execute or not found.record.steps:
        raise typer.Exit(FINDINGS if found.record.steps else CLEAN)
    _confirm(found, yes=yes)
    path = journal or plan.with_name(f"{plan.name}.journal")
    with told(), locked_workspace(workspace), _opened(path) as book:
        begin(book, found)
        _run(book, standing, hand, options, watch_for)


def resume_command(
    journal: JournalFile,
    profile: Profile = None,
    warehouse: Warehouse = None,
    account_profile: AccountProfile = None,
    watch_for: WatchFor = 0.0,
    via: Via = "rest",
) -> None:
    """Go on with a run that was stopped, or that died."""
    from uc_guard.apply.run import Options  # noqa: PLC0415 - a command loads only what it needs

    with _at_work(journal, profile, warehouse, account_profile, via) as (book, standing, hand):
        _run(book, standing, hand, Options(), watch_for)


def rollback_command(  # noqa: PLR0913, PLR0917 - one argument an option
    journal: JournalFile,
    profile: Profile = None,
    warehouse: Warehouse = None,
    account_profile: AccountProfile = None,
    execute: Execute = False,  # noqa: FBT002 - an option
    principal: Annotated[
        list[str] | None, typer.Option("--principal", metavar="WHO", help="Only rows of this one; may repeat.")
    ] = None,
    securable: Annotated[
        list[str] | None, typer.Option("--securable", metavar="NAME", help="Only rows on this one; may repeat.")
    ] = None,
    via: Via = "rest",
) -> None:
    """Show what a run changed, and with --execute put it back."""
    from uc_guard.apply.journal import read_journal  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.apply.record import read_record  # noqa: PLC0415 - as above
    from uc_guard.apply.settle import Patience  # noqa: PLC0415 - as above
    from uc_guard.apply.undo import Only, Undone, rollback, to_put_back  # noqa: PLC0415 - as above
    from uc_guard.report.applied import print_undone  # noqa: PLC0415 - as above

    only = Only(tuple(principal or ()), tuple(securable or ()))
    with told():
        give, take = to_put_back(read_record(journal, read_journal(journal)), only)
    if not execute:
        print_undone(Undone(give, take, ()))
        typer.echo("this is a dry run: nothing was changed; `--execute` does it")
        raise typer.Exit(FINDINGS if give or take else CLEAN)
    with _at_work(journal, profile, warehouse, account_profile, via) as (book, standing, hand):
        undone = rollback(book, standing, hand, Patience(), only)
    print_undone(undone)
    raise typer.Exit(FINDINGS if undone.refused else CLEAN)


def watch_command(  # noqa: PLR0913, PLR0917 - one argument an option
    journal: JournalFile,
    profile: Profile = None,
    warehouse: Warehouse = None,
    account_profile: AccountProfile = None,
    seconds: Annotated[float, typer.Option("--for", metavar="SECONDS", min=0, help="How long; 0 = look once.")] = 0.0,
    every: Annotated[float, typer.Option("--every", metavar="SECONDS", min=1, help="Between two looks.")] = _EVERY_S,
    via: Via = "rest",
) -> None:
    """Look for refusals since a run, and give back exactly what it took and somebody was refused."""
    from uc_guard.apply.settle import Patience  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.apply.watch import watch_for  # noqa: PLC0415 - as above
    from uc_guard.report.applied import print_watched  # noqa: PLC0415 - as above

    with _at_work(journal, profile, warehouse, account_profile, via) as (book, standing, hand):
        seen = watch_for(book, standing, hand, Patience(), seconds=seconds, every_s=every)
    print_watched(seen)
    raise typer.Exit(FINDINGS if seen.restored or seen.blind else CLEAN)


def _run(book: Journal, standing: Standing, hand: Hand, options: Options, watch_for_s: float) -> None:
    """Do what is left, watching after each wave; leaves with an exit code."""
    from dataclasses import replace  # noqa: PLC0415 - a command loads only what it needs

    from uc_guard.apply.run import go_on  # noqa: PLC0415 - as above
    from uc_guard.apply.watch import watch_for  # noqa: PLC0415 - as above
    from uc_guard.report.applied import print_outcome, print_watched  # noqa: PLC0415 - as above

    def watched(wave: int) -> bool:
        if not watch_for_s or not wave:
            return True
        every_s = min(_EVERY_S, watch_for_s)
        seen = watch_for(book, standing, hand, options.patience, seconds=watch_for_s, every_s=every_s)
        if seen.restored:
            print_watched(seen)
        return not seen.restored

    with progress_bar() as progress:
        done = go_on(book, standing, hand, replace(options, between=watched, progress=progress))
    hurt = not done.left and not watched(-1)
    print_outcome(done, book.path)
    raise typer.Exit(FINDINGS if done.left or done.refused or hurt else CLEAN)


@contextmanager
def _at_work(
    path: Path, profile: str | None, warehouse: str | None, account_profile: str | None, via: str
) -> Generator[tuple[Journal, Standing, Hand]]:
    """Open the journal of a run, and hold the lock of its workspace; leaves with a message where that cannot be."""
    from uc_guard.apply.journal import read_journal  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.apply.standing import Standing  # noqa: PLC0415 - as above

    with told():
        read_journal(path)  # a wrong name is told before anybody is asked
    workspace = connected(profile, warehouse, account_profile)
    hand, standing = _hand(workspace, via), Standing(workspace)
    with told(), locked_workspace(workspace), _opened(path) as book:
        yield book, standing, hand


def _hand(workspace: Workspace, via: str) -> Hand:
    from uc_guard.apply.standing import RestHand, SqlHand  # noqa: PLC0415 - a command loads only what it needs

    if via == "rest":
        return RestHand(workspace.rest)
    if via != "sql":
        raise typer.BadParameter(f"`{via}` is not a way; use rest or sql", param_hint="--via")
    if workspace.queries is None:
        raise typer.BadParameter("SQL needs a warehouse; name it with --warehouse", param_hint="--via")
    return SqlHand(workspace.queries)


def _confirm(found: Preview, *, yes: bool) -> None:
    rows = sum(len(step.remove) for step in found.record.steps)
    if yes:
        return
    if not sys.stdin.isatty():
        stop("nobody is there to confirm; `--yes` says that it is meant", BAD_INPUT)
    typed = typer.prompt(f"Type the number of rows to revoke ({rows}) to do it", default="", show_default=False)
    if typed.strip() != str(rows):
        stop("not confirmed; nothing was changed", BAD_INPUT)


def locked_workspace(workspace: Workspace) -> AbstractContextManager[None]:
    """Hold the lock of a workspace."""
    from uc_guard.apply.lock import locked  # noqa: PLC0415 - a command loads only what it needs

    return locked(workspace.host, _state_folder())


def _opened(path: Path) -> AbstractContextManager[Journal]:
    from contextlib import closing  # noqa: PLC0415 - a command loads only what it needs

    from uc_guard.apply.journal import Journal  # noqa: PLC0415 - as above

    return closing(Journal(path, right_now))


def _state_folder() -> Path:
    """Give the folder of this user's state: `UC_GUARD_STATE`, else `$XDG_STATE_HOME/uc_guard`."""
    if given := os.environ.get("UC_GUARD_STATE"):
        return Path(given)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "uc_guard"
