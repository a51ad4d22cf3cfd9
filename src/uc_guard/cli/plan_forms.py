"""The forms in which `plan` writes a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uc_guard.cli.common import among, told

if TYPE_CHECKING:
    from uc_guard.pipeline import Audit


PlanForm = Annotated[
    str,
    typer.Option(
        "--format", metavar="json|sql|terraform", help="What `-o` writes.", callback=among("json", "sql", "terraform")
    ),
]
DeclaredIn = Annotated[
    Path | None,
    typer.Option(
        "--declared",
        metavar="DIR",
        help="Files of Terraform to look through for blocks that would undo the plan; with --format terraform.",
    ),
]


def plan_bytes(found: Audit, form: str, declared: Path | None) -> bytes:
    """Give a plan in one of its forms; what warns of Terraform goes to stderr too."""
    if form == "sql":
        from uc_guard.plan.render import render_sql  # noqa: PLC0415 - a command loads only what it needs

        return render_sql(found.plan).encode()
    if form == "terraform":
        return _terraform(found, declared)
    from uc_guard.plan.document import encode_plan  # noqa: PLC0415 - as above

    return encode_plan(found.plan)


def _terraform(found: Audit, declared: Path | None) -> bytes:
    from uc_guard.plan.terraform import render_terraform, terraform_warnings  # noqa: PLC0415 - as above
    from uc_guard.read.declared import read_declared  # noqa: PLC0415 - as above
    from uc_guard.report.wording import clean  # noqa: PLC0415 - as above

    stated = None
    if declared is not None:
        with told():
            stated = read_declared([declared]).grants
    for warning in terraform_warnings(found.plan, found.snapshot, stated):
        typer.echo(f"uc-guard: warning: {clean(warning)}", err=True)
    return render_terraform(found.plan, found.snapshot, stated).encode()
