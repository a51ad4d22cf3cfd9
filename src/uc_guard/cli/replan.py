"""A plan made anew from the workspace as it is now, for the same principals and as long a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from uc_guard.cli.common import BAD_INPUT, needs_remembered, progress_bar, stop, told

if TYPE_CHECKING:
    from pathlib import Path

    from uc_guard.model.plan import Plan
    from uc_guard.model.settings import Settings
    from uc_guard.workspace.connect import Workspace


def replan(plan: Path, document: Plan, workspace: Workspace, settings: Settings, snapshot: Path, now: datetime) -> Plan:
    """Bring a snapshot up to date, plan again, and put the plan in the old one's place, which stays beside it."""
    from uc_guard.capture.run import capture  # noqa: PLC0415 - rarely needed
    from uc_guard.capture.systems import end_of_logs  # noqa: PLC0415 - as above
    from uc_guard.pipeline import audit  # noqa: PLC0415 - as above
    from uc_guard.plan.document import write_plan  # noqa: PLC0415 - as above

    length = datetime.fromisoformat(document.until) - datetime.fromisoformat(document.since)
    until = end_of_logs(now)
    past = sorted(plan.parent.glob(f"{plan.name}*.journal"))
    with told(), progress_bar() as progress:
        found = audit(
            capture(workspace, snapshot, (until - length, until), now),
            replace(settings, subjects=document.subjects, mode=document.mode),
            progress,
            remembered=needs_remembered(past),
        )
        if not found.verdict.ok:
            stop("the verifier refuses the new plan, so nothing was changed; please report it", BAD_INPUT)
        plan.replace(plan.with_name(f"{plan.name}.old"))
        write_plan(found.plan, plan)
        return found.plan
    raise AssertionError  # pragma: no cover - told always leaves
