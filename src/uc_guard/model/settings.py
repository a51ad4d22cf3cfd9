"""What a user may set: who is judged, how cautious the planner is, what it never touches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of an audit; every default is the cautious choice.

    Attributes:
        subjects: Selectors of the principals under audit: a name, an application id, a display name, a glob, or
            `group:NAME` for its members; empty = every service principal.
        mode: `tight` narrows to single securables; `stable` stops at the schema where most of it is needed.
        stable_share: Share of a schema's securables that must be needed for `stable` to stop there, 0 to 1.
        min_window_days: Below it nothing is revoked.
        grace_days: A principal or grant younger than this many days is held; 0 = no grace.
        max_opaque_share: A subject whose share of opaque statements is above it is held, 0 to 1.
        trust_query_history: Take the query history as complete although neither lineage nor audit tells of clusters.
        allow_membership_changes: Subjects may be taken out of groups that they share with bystanders.
        grant_missing: Denied and needed privileges are granted.
        protect_principals: Globs of grantees never touched.
        protect_securables: Globs of securables never touched.
        protect_privileges: Privileges never touched.
        sensitive_weight: Weight of a pair on a securable that carries a sensitive tag, in the objective.
        sensitive_tags: Globs of `tag` or `tag=value` that make a column or securable sensitive.
        solve_limit: Most candidates in one component that is solved exactly.
    """

    subjects: tuple[str, ...] = ()
    mode: str = "tight"
    stable_share: float = 0.8
    min_window_days: int = 14
    grace_days: int = 7
    max_opaque_share: float = 0.2
    trust_query_history: bool = False
    allow_membership_changes: bool = False
    grant_missing: bool = False
    protect_principals: tuple[str, ...] = ()
    protect_securables: tuple[str, ...] = ()
    protect_privileges: tuple[str, ...] = ()
    sensitive_weight: float = 1.0
    sensitive_tags: tuple[str, ...] = ("class=*", "pii", "pii=*", "sensitive", "sensitive=*")
    solve_limit: int = 5000
