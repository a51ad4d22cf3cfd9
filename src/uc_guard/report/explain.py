"""One privilege of one principal: by which path it is held, what needed it, and what the plan does about it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from uc_guard.access.effective import PAIR, covering, holders, usable, world
from uc_guard.errors import UnknownName
from uc_guard.model.name import canonical_name, parent_name
from uc_guard.model.privilege import OWNER, implied, is_known, normalize_privilege
from uc_guard.model.reasons import NEEDED
from uc_guard.report.terminal import print_titled
from uc_guard.report.wording import count, names_of, place

if TYPE_CHECKING:
    from uc_guard.model.plan import Row
    from uc_guard.pipeline import Audit


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a principal holds a privilege, and whether it needs it.

    Attributes:
        question: The question, in words.
        answer: One sentence: held and usable, held but not usable, or not held.
        paths: One sentence for each row that gives it.
        needs: One sentence for each need.
        fate: One sentence for each statement of the plan, or held row, that touches these rows.
    """

    question: str
    answer: str
    paths: tuple[str, ...]
    needs: tuple[str, ...]
    fate: tuple[str, ...]


def explain(found: Audit, privilege: str, securable: str) -> Explanation:
    """Explain a privilege of the only subject of an audit.

    Args:
        found: An audit of one subject.
        privilege: In any spelling.
        securable: Full name, in any spelling.

    Raises:
        UnknownName: when the privilege or securable is unknown, or the audit has several subjects.
    """
    subject = _only(found.subjects)
    word, name, securable_type = _privilege(privilege), *_securable(found, securable)
    pair = pl.DataFrame(
        {"principal": [subject], "privilege": [word], "securable_type": [securable_type], "securable": [name]}
    )
    here = world(found.snapshot)
    answer = usable(here, pair).to_dicts()[0]
    rows = covering(here, pair).join(
        holders(here, [subject]), on=["principal", "grantee", "by", "at_type", "at"], how="left"
    )
    needs = found.needs.join(pair, on=PAIR, how="semi")
    denied = found.shortfalls.filter(pl.col("evidence") == "denied").join(pair, on=PAIR, how="semi")
    dark = found.opaque.filter(pl.col("principal") == subject, pl.col("may").is_null())
    names = names_of(found.snapshot)
    alias = "" if names.name(subject) == subject else f" ({subject})"
    return Explanation(
        question=f"{names.name(subject)}{alias}: {place(word, securable_type, name)}",
        answer=_answer(answer["can"], answer["usable"], _demand(needs, dark, denied)),
        paths=tuple(
            names.told(_path(row), subject) for row in rows.sort("at_type", "grantee", "by").iter_rows(named=True)
        ),
        needs=(
            *map(_need, needs.iter_rows(named=True)),
            *map(_refusal, denied.iter_rows(named=True)),
            *map(_doubt, dark.iter_rows(named=True)),
        ),
        fate=tuple(names.told(sentence, subject) for sentence in _fate(found, rows, (word, securable_type, name))),
    )


def print_explanation(explanation: Explanation) -> None:
    """Print an explanation."""
    print_titled(
        explanation.question,
        [
            ("", (explanation.answer,)),
            ("Held by", explanation.paths),
            ("Needed for", explanation.needs),
            ("The plan", explanation.fate),
        ],
    )


def _only(subjects: tuple[str, ...]) -> str:
    if len(subjects) != 1:
        raise UnknownName(f"an explanation is about one principal, and {len(subjects)} match; give a full name or id")
    return subjects[0]


def _privilege(text: str) -> str:
    word = normalize_privilege(text)
    if not is_known(word):
        raise UnknownName(f"`{text}` is no privilege that is known; write SELECT, 'USE SCHEMA', MODIFY ...")
    return word


def _securable(found: Audit, text: str) -> tuple[str, str]:
    try:
        name = canonical_name(text)
    except ValueError as error:
        raise UnknownName(f"`{text}` is no full name: {error}; write catalog.schema.table") from error
    objects = found.snapshot.frame("objects")
    types = objects.filter(pl.col("securable") == name)["securable_type"]
    if types.is_empty():
        near = difflib.get_close_matches(name, objects["securable"].to_list(), n=3)
        hint = f"near: {', '.join(f'`{n}`' for n in near)}" if near else "the snapshot's objects do not have it"
        raise UnknownName(f"no securable is named `{name}`; {hint}")
    return name, str(types[0])


def _answer(can: bool, is_usable: bool, demand: str) -> str:  # noqa: FBT001 - three facts, one sentence
    held = "held and usable" if is_usable else "held, but USE CATALOG or USE SCHEMA is missing" if can else "not held"
    return f"{held}; {demand}"


def _demand(needs: pl.DataFrame, dark: pl.DataFrame, denied: pl.DataFrame) -> str:
    if "must" in needs["certainty"]:
        return "needed"
    if denied.height:
        return "asked for, and denied"
    return "perhaps needed" if needs.height or dark.height else "never needed in the window"


def _path(row: dict[str, Any]) -> str:
    way = " in ".join((row["path"] or [row["grantee"]])[1:])
    where = place(row["by"], row["at_type"], row["at"])
    if row["by"] == OWNER:
        return f"{where}, by group {way}" if way else where
    return f"{where}, " + (f"granted to group {way}" if way else "granted directly")


def _need(row: dict[str, Any]) -> str:
    cause = "used" if row["reason"] == "used" else f"{NEEDED.get(row['reason'], row['reason'])};"
    dated = f", last on {row['last_at']:%Y-%m-%d %H:%M} UTC" if row["last_at"] else ""
    sure = "" if row["certainty"] == "must" else "perhaps: "
    return f"{sure}{cause} {count(row['uses'], 'time')}{dated}{_see(row['witnesses'])}"


def _refusal(row: dict[str, Any]) -> str:
    dated = f", last on {row['last_at']:%Y-%m-%d %H:%M} UTC" if row["last_at"] else ""
    return f"denied {count(row['uses'], 'time')}{dated}{_see(row['witnesses'])}"


def _doubt(row: dict[str, Any]) -> str:
    statements = count(row["statements"], "statement")
    return f"perhaps: {statements} could have used anything, {row['reason']}{_see(row['witnesses'])}"


def _see(witnesses: list[str]) -> str:
    return f"; see {', '.join(sorted(witnesses))}" if witnesses else ""


def _fate(found: Audit, rows: pl.DataFrame, asked: tuple[str, str, str]) -> list[str]:
    keys = {(row["grantee"], row["by"], row["at"]) for row in rows.iter_rows(named=True)}
    told = [
        f"{s.verb} {place(', '.join(s.privileges), s.securable_type, s.securable)}: {s.reason}"
        for s in found.plan.statements
        if any((row.grantee, row.privilege, row.securable) in keys or _gives(row, found, asked) for row in s.rows)
    ]
    told += [
        f"left alone, {held.reason}: {held.detail}"
        for held in found.plan.held
        if held.subject in found.subjects
        and (held.row is None or (held.row.grantee, held.row.privilege, held.row.securable) in keys)
    ]
    return list(dict.fromkeys(told)) or ["changes nothing of this"]


def _gives(row: Row, found: Audit, asked: tuple[str, str, str]) -> bool:
    """Tell whether a row that the plan adds or takes gives the subject what was asked about."""
    privilege, securable_type, name = asked
    if row.grantee not in _circle(found) or privilege not in implied(row.privilege, row.securable_type, securable_type):
        return False
    around: str | None = name
    while around is not None and around != row.securable:
        around = parent_name(around)
    return around is not None


def _circle(found: Audit) -> set[str]:
    """Give the only subject with the groups around it."""
    members = found.snapshot.frame("members")
    circle, new = set[str](), {*found.subjects}
    while new:
        circle |= new
        new = {*members.filter(pl.col("member").is_in(new))["group"]} - circle
    return circle
