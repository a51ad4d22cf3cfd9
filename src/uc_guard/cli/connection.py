"""What the commands that talk to a workspace share: which one, and as whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from uc_guard.cli.common import told

if TYPE_CHECKING:
    from uc_guard.workspace.connect import Workspace

Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        "-p",
        metavar="NAME",
        envvar="DATABRICKS_CONFIG_PROFILE",
        help="Profile of ~/.databrickscfg. Default: what DATABRICKS_* in the environment says.",
    ),
]
Warehouse = Annotated[
    str | None,
    typer.Option(
        "--warehouse",
        metavar="ID",
        envvar="DATABRICKS_WAREHOUSE_ID",
        help="SQL warehouse that reads the system tables.",
    ),
]
AccountProfile = Annotated[
    str | None,
    typer.Option("--account-profile", metavar="NAME", help="Profile of the account, for groups of the account."),
]
Budget = Annotated[
    float,
    typer.Option("--budget", metavar="SECONDS", help="How long one call may meet passing faults.", min=1.0),
]


def connected(
    profile: str | None, warehouse: str | None, account_profile: str | None = None, budget_s: float = 300.0
) -> Workspace:
    """Connect, or leave with a message."""
    from uc_guard.workspace.connect import connect  # noqa: PLC0415 - a command loads only what it needs

    with told():
        return connect(profile=profile, warehouse=warehouse, account_profile=account_profile, budget_s=budget_s)
    raise AssertionError  # pragma: no cover - told always leaves
