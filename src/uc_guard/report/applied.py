"""What an apply, a rollback or a watch would do or did, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.apply.drift import told
from uc_guard.model.privilege import spoken
from uc_guard.report.terminal import print_titled
from uc_guard.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from uc_guard.apply.run import Outcome, Preview
    from uc_guard.apply.steps import Step
    from uc_guard.apply.undo import Undone
    from uc_guard.apply.watch import Watched
    from uc_guard.model.plan import Row, Statement

_GAP = " (through SQL, something needed is missing for a moment)"


def print_preview(found: Preview, *, execute: bool) -> None:
    """Print what a run would do, wave by wave, and what speaks against it."""
    steps = found.record.steps
    add, remove = sum(len(step.add) for step in steps), sum(len(step.remove) for step in steps)
    head = f"{count(remove, 'row')} to revoke, {count(add, 'row')} to grant, on {found.record.host}"
    spared = [f"{each.statement.verb} {_words(each.statement.privileges)} {_where(each.statement)}: {each.reason}"
              for each in found.spared]  # fmt: skip
    waves = sorted({step.wave for step in steps})
    parts: list[tuple[str, Iterable[str]]]
    parts = [(_title(wave), _lines([step for step in steps if step.wave == wave])) for wave in waves]
    parts += [("left out, to be safe:", spared), ("differs from what the plan leans on:", found.differences)]
    parts.append(("to be done by hand, at the account or through SCIM:", found.by_hand))
    if not execute and steps and not found.differences:
        parts.append(("", ["nothing was changed: this is a dry run; `--execute` does it"]))
    print_titled(head if steps else f"nothing to do on {found.record.host}", parts)


def print_outcome(found: Outcome, journal: Path) -> None:
    """Print what a run did, and how to go on or back."""
    head = f"{count(found.done, 'step')} done and seen to have taken"
    refused = [f"{step.securable_type} {step.securable}: {reason}" for step, reason in found.refused]
    left = [f"{count(len(found.left), 'step')} left: {found.stopped}; `uc-guard resume {journal}` goes on"]
    print_titled(
        head,
        [
            ("refused by the workspace, left as it was:", refused),
            ("", left if found.left else []),
            ("", [f"`uc-guard rollback {journal}` undoes it"]),
        ],
    )


def print_undone(found: Undone) -> None:
    """Print what a rollback put back."""
    head = f"{count(len(found.given), 'row')} given back, {count(len(found.taken), 'row')} taken back"
    rows = [*(f"GRANT {told(row)}" for row in found.given), *(f"REVOKE {told(row)}" for row in found.taken)]
    print_titled(head, [("", rows), ("refused by the workspace:", found.refused)])


def print_watched(found: Watched) -> None:
    """Print what a watch found and gave back."""
    restored = list(told_restored(found))
    others = [f"{each.id}: {each.said}" for each in found.others]
    head = f"{count(len(restored), 'privilege')} given back" if restored else "no refusal comes from this run"
    parts = [("given back, and remembered as needed:", restored), ("refused for reasons of their own:", others)]
    print_titled(head, [*parts, ("could not be read:", found.blind)])


def told_restored(found: Watched) -> Iterator[str]:
    """Give a sentence for each privilege that was given back."""
    for each in found.restored:
        why = f"refused at {each.because.at:%Y-%m-%d %H:%M} UTC ({each.because.id}) since we took {told(each.took)}"
        yield f"{told(each.row)}: {why}"


def _title(wave: int) -> str:
    return "first, what is needed is given:" if wave == 0 else f"wave {wave}:"


def _lines(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        for verb, rows in (("GRANT", step.add), ("REVOKE", step.remove)):
            for words, row in _grouped(rows):
                gap = (
                    " (through SQL, something needed is missing for a moment)" if step.gap and verb == "REVOKE" else ""
                )
                yield f"{verb} {words} on {row.securable_type} `{row.securable}` for `{row.grantee}`{gap}"


def _grouped(rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.grantee, []).append(row)
    for group in found.values():
        yield _words(row.privilege for row in group), group[0]


def _words(privileges: Iterable[str]) -> str:
    return ", ".join(spoken(word) for word in privileges)


def _where(statement: Statement) -> str:
    return f"on {statement.securable_type} `{statement.securable}` for `{statement.grantee}`"
