"""One privilege of one principal: by which path it is held, what needed it, and what the plan does about it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from rich.console import Console
from rich.text import Text

from uc_guard.access.effective import PAIR, covering, holders, usable, world
from uc_guard.errors import UnknownName
from uc_guard.model.name import canonical_name
from uc_guard.model.privilege import is_known, normalize_privilege, spoken
from uc_guard.report.summary import display_names
from uc_guard.report.terminal import clean

if TYPE_CHECKING:
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
        UnknownName: when the privilege is unknown, the securable is not in the snapshot, or the audit has several subjects.
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
    who = display_names(found).get(subject, subject)
    return Explanation(
        question=f"{who} ({subject}): {spoken(word)} on {securable_type} {name}",
        answer=_answer(answer["can"], answer["usable"], needs.height > 0),
        paths=tuple(_path(row) for row in rows.sort("at_type", "grantee", "by").iter_rows(named=True)),
        needs=tuple(_need(row) for row in needs.iter_rows(named=True)),
        fate=tuple(_fate(found, rows)),
    )


def print_explanation(explanation: Explanation) -> None:
    """Print an explanation."""
    console = Console(highlight=False)
    console.print(Text(clean(explanation.question), style="bold"))
    console.print(Text(f"  {explanation.answer}"))
    for head, lines in (("held by", explanation.paths), ("needed by", explanation.needs), ("plan", explanation.fate)):
        for line in lines:
            console.print(Text(f"  {head}: {clean(line)}"))


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


def _answer(can: bool, is_usable: bool, needed: bool) -> str:  # noqa: FBT001 - three facts, one sentence
    held = "held and usable" if is_usable else "held, but USE CATALOG or USE SCHEMA is missing" if can else "not held"
    return f"{held}; {'needed' if needed else 'nothing in the window needed it'}"


def _path(row: dict[str, object]) -> str:
    path = row["path"] if isinstance(row["path"], list) else [row["grantee"]]
    way = " <- ".join(str(step) for step in path[1:])
    by = f"{spoken(str(row['by']))} on {row['at_type']} {row['at']}"
    return f"{by}, granted to {row['grantee']}" + (f" (member of {way})" if way else "")


def _need(row: dict[str, object]) -> str:
    dated = f", last {row['last_at']:%Y-%m-%d %H:%M} UTC" if row["last_at"] else ""
    witnesses = row["witnesses"] if isinstance(row["witnesses"], list) else []
    shown = f"; witnesses {', '.join(str(w) for w in witnesses)}" if witnesses else ""
    return f"{row['certainty']}: {row['reason']}, {row['uses']} times{dated}{shown}"


def _fate(found: Audit, rows: pl.DataFrame) -> list[str]:
    keys = {(row["grantee"], row["by"], row["at"]) for row in rows.iter_rows(named=True)}
    told = [
        f"{s.verb} {', '.join(spoken(p) for p in s.privileges)} on {s.securable_type} {s.securable}: {s.reason}"
        for s in found.plan.statements
        if any((row.grantee, row.privilege, row.securable) in keys for row in s.rows)
        or s.grantee in found.subjects
        and s.securable in {key[2] for key in keys}
    ]
    told += [
        f"held back ({held.reason}): {held.detail}"
        for held in found.plan.held
        if held.row is None or (held.row.grantee, held.row.privilege, held.row.securable) in keys
    ]
    return list(dict.fromkeys(told))
