"""What was read of a live workspace and what could not be, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from uc_guard.report.wording import clean, count, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from uc_guard.capture.doctor import Diagnosis
    from uc_guard.snapshot import Snapshot

FORMAT = 1
_LONGEST = 1000


def render_diagnosis(found: Diagnosis) -> str:
    """Give a diagnosis as text: a line for each source, then what would mend what is missing."""
    lines = [f"{clean(found.me)} on {clean(found.host)}", ""]
    for check in found.checks:
        note = f": {shorten(clean(check.note))}" if check.note else ""
        lines.append(f"  {'can   ' if check.can else 'cannot'}  {clean(check.source)}{note}")
    if found.statements:
        lines += ["", "Missing, and nothing more:", "", *(f"  {clean(text)}" for text in found.statements)]
    if found.tasks:
        lines += ["", "To be done by somebody else:", "", *(f"  - {clean(text)}" for text in found.tasks)]
    if found.ok:
        lines += ["", "Nothing is missing."]
    return "\n".join(lines)


def render_diagnosis_json(found: Diagnosis) -> str:
    """Give a diagnosis as JSON: `format`, `host`, `me`, `ok`, `checks`, `statements`, `tasks`."""
    document: dict[str, Any] = {"format": FORMAT, **msgspec.to_builtins(found), "ok": found.ok}
    document |= {"statements": found.statements, "tasks": found.tasks}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def render_capture(snapshot: Snapshot, folder: Path) -> str:
    """Say in one line what a snapshot holds."""
    manifest = snapshot.manifest
    rows = sum(source.rows for source in manifest.sources)
    whole = sum(source.complete for source in manifest.sources)
    window = f"{manifest.since:%Y-%m-%d} to {manifest.until:%Y-%m-%d %H:%M}"
    return f"{folder}: {count(rows, 'row')} of {window}, {whole} of {len(manifest.sources)} sources complete"


def incomplete(snapshot: Snapshot) -> Iterator[str]:
    """Give a line for each source that is missing or incomplete."""
    for source in snapshot.manifest.sources:
        if not source.complete:
            yield shorten(clean(f"`{source.name}` is incomplete: {source.note}"), _LONGEST)
    lost = set(snapshot.manifest.missing)
    for note in snapshot.manifest.notes:
        if any(note.startswith(f"`{name}` was not read") for name in lost):
            lost -= {name for name in lost if note.startswith(f"`{name}` was not read")}
            yield shorten(clean(note), _LONGEST)
    for name in snapshot.manifest.missing:
        if name in lost:
            yield f"`{name}` was not read"
