"""What a workspace hides without a word: grants that we may not see, and groups that it does not list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.capture.ledger import UNSEEN, Gap
from uc_guard.capture.rights import see_all, sight

if TYPE_CHECKING:
    from uc_guard.snapshot import Snapshot
    from uc_guard.workspace.connect import Workspace

_TOLD = 5
_ACCOUNT = "an account admin gives us a profile of the account: `--account-profile`"
_NO_GROUP = (
    r"^(?i)(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[^@\s]+@[^@\s]+|recipient .*|system user|account users)$"
)


def hidden(snapshot: Snapshot, workspace: Workspace) -> list[Gap]:
    """Give what is missing although every request was answered."""
    return [*_hidden_grants(snapshot, workspace), *_hidden_groups(snapshot, workspace)]


def _hidden_grants(snapshot: Snapshot, workspace: Workspace) -> list[Gap]:
    if not snapshot.has("grants"):
        return []
    seen = sight(snapshot.frames, workspace.my_names)
    if seen.whole:
        return []
    right = see_all(workspace.me)
    said = "we neither own it nor hold MANAGE or READ METADATA there, so only our own rows come"
    names = [f"`{name}`" for name in seen.unseen["securable"].head(_TOLD)]
    more = seen.unseen.height - len(names)
    gaps = [Gap(("grants", "policies"), name, UNSEEN, said, right, more if name == names[-1] else 0) for name in names]
    if not gaps:
        said = "what we hold nothing on is not listed at all"
        gaps = [Gap(("objects", "grants", "policies"), "other catalogs", UNSEEN, said, right)]
    return gaps


def _hidden_groups(snapshot: Snapshot, workspace: Workspace) -> list[Gap]:
    if workspace.account is not None or not snapshot.has("members"):
        return []
    named = [snapshot.frame("grants")["grantee"], snapshot.frame("objects")["owner"].drop_nulls().rename("grantee")]
    strangers = snapshot.frame("principals").filter(pl.col("kind") == "UNKNOWN")["principal"]
    names = pl.concat(named).unique()
    groups = names.filter(names.is_in(strangers.implode()) & ~names.str.contains(_NO_GROUP)).sort()
    said = "grants name them, and this workspace does not list them, so nobody knows who is in them"
    first = [f"`{name}`" for name in groups.head(_TOLD)]
    more = len(groups) - len(first)
    return [Gap(("members",), name, UNSEEN, said, _ACCOUNT, more if name == first[-1] else 0) for name in first]
