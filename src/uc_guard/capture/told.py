"""What a capture could not read, in sentences: for the manifest of the snapshot, and for the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from uc_guard.capture.ledger import NOT_ENABLED, NOTED, REFUSED, UNAVAILABLE, UNSEEN, Gap, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from uc_guard.capture.ledger import Ledger
    from uc_guard.snapshot import Manifest, Source

_TOLD = 5
_WORDS = {
    REFUSED: "we may not read", UNAVAILABLE: "out of reach:", NOT_ENABLED: "not enabled, or hidden from us:",
    "truncated": "cut short:", UNSEEN: "not shown to us in full:", "limited": "", NOTED: "",
}  # fmt: skip


def corrected(manifest: Manifest, gaps: Sequence[Gap], notes: Iterable[str] = ()) -> Manifest:
    """Give the manifest with what is missing: in the note of each frame that is there, else in the notes."""
    sources = tuple(_source(source, [gap for gap in gaps if source.name in gap.frames]) for source in manifest.sources)
    there = {source.name for source in manifest.sources}
    lost = sorted({frame for gap in gaps for frame in gap.frames} - there)
    absent = tuple(
        f"`{frame}` was not read: {sentence([gap for gap in gaps if frame in gap.frames and gap.kind != NOTED])}"
        for frame in lost if any(frame in gap.frames and gap.kind != NOTED for gap in gaps)
    )  # fmt: skip
    loose = [gap for gap in gaps if not gap.frames]
    told = (f"not read: {sentence(loose)}",) if loose else ()
    return replace(manifest, sources=sources, notes=(*manifest.notes, *absent, *told, *notes))


def sentence(gaps: Sequence[Gap]) -> str:
    """Say what is missing and which GRANT mends it: one clause for each kind of reason."""
    clauses: list[str] = []
    for kind in dict.fromkeys(gap.kind for gap in gaps):
        own = [gap for gap in gaps if gap.kind == kind]
        said = list(dict.fromkeys(gap.said for gap in own))
        where = list(dict.fromkeys(gap.where for gap in own if gap.where))
        more = len(where) - _TOLD + sum(gap.more for gap in own) if len(where) > _TOLD else sum(gap.more for gap in own)
        names = ", ".join(where[:_TOLD]) + (f" and {more} more" if more else "")
        rights = list(dict.fromkeys(gap.right for gap in own if gap.right))
        mend = f"; it takes {' '.join(rights[:2])}" if rights else ""
        if kind == UNAVAILABLE:  # no right mends a network
            mend = "; run it again"
        clauses.append(" ".join(f"{_WORDS.get(kind, '')} {names} ({said[0]}){mend}".split()))
    return "; ".join(clauses)


def told(ledger: Ledger, sources_of: dict[str, tuple[str, ...]], extra: Sequence[Gap]) -> dict[str, Told]:
    """Give what is told of each source when a capture ends.

    Args:
        ledger: Its pieces.
        sources_of: The sources that each job fills.
        extra: Gaps that were found when everything was read.
    """
    found: dict[str, Told] = {}
    for job in ledger.jobs():
        pieces = ledger.pieces(job).values()
        for source in sources_of.get(job, (job,)):
            gaps = [gap for piece in pieces for gap in piece.gaps]
            gaps += [gap for gap in extra if gap.where == source or source in gap.frames]
            newest: list[datetime] = [piece.newest for piece in pieces if piece.newest]
            found[source] = Told(
                _status(gaps, read=any(piece.read for piece in pieces)), sentence(gaps),
                tuple(dict.fromkeys(gap.right for gap in gaps if gap.right)),
                sum(piece.rows.get(source, 0) for piece in pieces), max(newest, default=None), ledger.started_at,
            )  # fmt: skip
    return found


def _source(source: Source, gaps: list[Gap]) -> Source:
    if not gaps:
        return source
    note = "; ".join(part for part in (source.note, sentence(gaps)) if part)
    lacking = any(gap.kind != NOTED for gap in gaps)
    return replace(source, complete=source.complete and not lacking, note=note)


def _status(gaps: list[Gap], *, read: bool) -> str:
    grave = [gap for gap in gaps if gap.kind != NOTED]
    if not grave:
        return "complete"
    whole = {gap.kind for gap in grave}
    if not read and len(whole) == 1 and whole <= {REFUSED, UNAVAILABLE, NOT_ENABLED}:
        return next(iter(whole))
    return "incomplete"
