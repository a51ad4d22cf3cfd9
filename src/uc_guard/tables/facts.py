"""What follows from a workspace: the frames that an audit or a lint derives."""

from __future__ import annotations

import polars as pl

from uc_guard.tables.contract import INSTANT, NAME, NAMES, PRINCIPAL, TYPE, Column, Contract

BODIES = Contract(
    "bodies",
    "One thing that the body of a view or routine does; a body without a row could not be read.",
    {
        "securable_type": TYPE,
        "securable": Column(pl.String, "full name of the view or routine"),
        "action": Column(pl.String, "as in Use.action", null="any way, where `on_securable` is named; else nothing"),
        "on_type": Column(pl.String, "as in Use.securable_type", null="as for `action`"),
        "on_securable": Column(
            pl.String, "full name of what it is done to", null="nothing, or anything: see `understood`"
        ),
        "understood": Column(pl.Boolean, "false, and `on_securable` null: the body could use anything"),
    },
)
USAGE = Contract(
    "usage",
    "One way in which a principal used a securable, over the whole window.",
    {
        "principal": PRINCIPAL,
        "action": Column(pl.String, "SELECT, MODIFY, EXECUTE, READ_VOLUME ..., as in Use.action"),
        "securable_type": Column(pl.String, "as in Use.securable_type: TABLE, VIEW, PATH ..."),
        "securable": NAME,
        "columns": Column(
            NAMES, "every column referred to, sorted", null="columns mean nothing here, or are not known"
        ),
        "outcome": Column(pl.String, "did it run, or was it denied", among=("ran", "denied", "failed")),
        "source": Column(pl.String, "what shows it", among=("query_history", "table_lineage", "audit")),
        "uses": Column(pl.Int64, "number of statements or events"),
        "first_at": Column(INSTANT, "first of them"),
        "last_at": Column(INSTANT, "last of them"),
        "witnesses": Column(NAMES, "ids of at most three of them"),
    },
    key=("principal", "action", "securable_type", "securable", "outcome", "source"),
)
OPAQUE = Contract(
    "opaque",
    "One kind of activity of a principal that was not understood.",
    {
        "principal": PRINCIPAL,
        "reason": Column(pl.String, "stable code, as in Opaque.reason"),
        "may": Column(NAMES, "full names it could have used", null="anything"),
        "statements": Column(pl.Int64, "number of statements"),
        "first_at": Column(INSTANT, "first of them"),
        "last_at": Column(INSTANT, "last of them"),
        "witnesses": Column(NAMES, "ids of at most three of them"),
    },
)
NEEDS = Contract(
    "needs",
    "One privilege that a principal needs, or may need, on one securable.",
    {
        "principal": PRINCIPAL,
        "privilege": Column(pl.String, "underscore form"),
        "securable_type": TYPE,
        "securable": NAME,
        "certainty": Column(
            pl.String, "must: surely needed; may: an opaque activity could have needed it", among=("must", "may")
        ),
        "reason": Column(
            pl.String,
            "what causes it: used, co-requisite, usage-chain, via-view, via-routine, opaque, unobservable ...",
        ),
        "uses": Column(pl.Int64, "number of statements or events behind it"),
        "first_at": Column(INSTANT, "first of them", null="no dated evidence"),
        "last_at": Column(INSTANT, "last of them", null="no dated evidence"),
        "witnesses": Column(NAMES, "ids of at most three of them"),
    },
    key=("principal", "privilege", "securable_type", "securable"),
)
HOLDINGS = Contract(
    "holdings",
    "One way in which a principal holds a privilege: a stored row, or ownership.",
    {
        "principal": PRINCIPAL,
        "privilege": Column(pl.String, "as stored; OWNER for ownership"),
        "securable_type": TYPE,
        "securable": Column(pl.String, "full name of where the row stands"),
        "origin": Column(pl.String, "how it comes", among=("direct", "group", "everyone", "owner")),
        "grantee": Column(pl.String, "principal that the row names, or the owner"),
        "path": Column(NAMES, "principal, group, ... grantee"),
        "reach": Column(pl.Int64, "number of (privilege, securable) pairs that it gives today"),
        "reach_used": Column(pl.Int64, "pairs of its reach that were surely needed"),
        "reach_may": Column(pl.Int64, "pairs of its reach that were or may have been needed"),
        "verdict": Column(pl.String, "used: some of its reach is needed; held: some may be; unused: none",
                          among=("used", "held", "unused", "unknown")),
        "usable": Column(pl.Boolean, "USE CATALOG and USE SCHEMA stand on the way to some securable in its reach"),
        "uses": Column(pl.Int64, "statements and events behind the needs it serves"),
        "first_at": Column(INSTANT, "first of them", null="never used"),
        "last_at": Column(INSTANT, "last of them", null="never used"),
        "idle_days": Column(pl.Int64, "whole days from the last use to the end of the window", null="never used"),
        "why": Column(pl.String, "a sentence for people"),
    },
)  # fmt: skip
EXPOSURES = Contract(
    "exposures",
    "One column that a principal can read, or has read, and that matters: tagged, masked, filtered or used.",
    {
        "principal": PRINCIPAL,
        "table": Column(pl.String, "full name"),
        "column": Column(pl.String, "column name, lower case"),
        "readable": Column(pl.Boolean, "usable SELECT on the table today"),
        "used": Column(pl.Boolean, "a statement referred to it"),
        "tags": Column(NAMES, "`tag` or `tag=value` on the column, sorted"),
        "masked_by": Column(NAMES, "mask functions and mask policies that apply to this principal"),
        "filtered_by": Column(NAMES, "row filters and filter policies that apply to this principal"),
        "exempt_from": Column(NAMES, "policies that name the column but exempt this principal"),
        "last_at": Column(INSTANT, "last use", null="never used"),
    },
    key=("principal", "table", "column"),
)
SHORTFALLS = Contract(
    "shortfalls",
    "One privilege that a principal was denied, or needs and does not hold.",
    {
        "principal": PRINCIPAL,
        "privilege": Column(pl.String, "underscore form"),
        "securable_type": TYPE,
        "securable": NAME,
        "evidence": Column(pl.String, "denied: the platform said so; needed: used, yet no holding explains it",
                           among=("denied", "needed")),
        "uses": Column(pl.Int64, "number of statements or events"),
        "last_at": Column(INSTANT, "last of them", null="no dated evidence"),
        "witnesses": Column(NAMES, "ids of at most three of them"),
    },
    key=("principal", "privilege", "securable_type", "securable", "evidence"),
)  # fmt: skip
COVERAGE = Contract(
    "coverage",
    "How well the activity of a principal is known.",
    {
        "principal": PRINCIPAL,
        "statements": Column(pl.Int64, "logged statements"),
        "understood": Column(pl.Int64, "of them, understood in full"),
        "opaque": Column(pl.Int64, "of them, not understood in full"),
        "denied": Column(pl.Int64, "of them, refused for a missing privilege"),
        "failed": Column(pl.Int64, "of them, failed for another reason"),
        "reasons": Column(NAMES, "`reason: count` of what was not understood, most frequent first"),
        "computes": Column(NAMES, "compute types seen, sorted"),
        "missing": Column(NAMES, "sources that the snapshot lacks and a judgement would need, sorted"),
        "first_at": Column(INSTANT, "first statement", null="no statement"),
        "last_at": Column(INSTANT, "last statement", null="no statement"),
    },
    key=("principal",),
)

LEDGER = Contract(
    "ledger",
    "The balance of a principal, in distinct (privilege, securable) pairs.",
    {
        "principal": PRINCIPAL,
        "held": Column(pl.Int64, "pairs held today, by rows and by ownership"),
        "used": Column(pl.Int64, "of them, surely needed"),
        "may": Column(pl.Int64, "of them, needed or perhaps needed"),
        "after": Column(pl.Int64, "pairs held once the plan has run"),
    },
    key=("principal",),
)

DECLARATIONS = Contract(
    "declarations",
    "One thing that a file of a repository says of access.",
    {
        "principal": Column(pl.String, "login, application id or group name, as written", null="nobody is named"),
        "securable_type": TYPE,
        "securable": Column(pl.String, "full name, canonical spelling; as written where a part of it is not known"),
        "privilege": Column(pl.String, "underscore form; OWNER for ownership", null="none is named: masks, filters"),
        "verb": Column(pl.String, "what it does", among=(
            "grant", "revoke", "owner", "use", "mask", "unmask", "filter", "unfilter", "policy", "exempt", "unpolicy")),
        "is_authoritative": Column(pl.Boolean, "what is not listed beside it is taken away"),
        "authority": Column(pl.String, "whose: `securable`, anybody's on the securable; `principal`, the principal's",
                            null="nothing is taken away", among=("principal", "securable")),
        "is_resolved": Column(pl.Boolean, "false: a template, variable or session fills in a part of it"),
        "function": Column(pl.String, "function of a mask, filter or policy", null="none is named"),
        "on_column": Column(pl.String, "column that is masked or used, lower case", null="none is named"),
        "origin": Column(pl.String, "what says it", among=("sql", "terraform", "bundle", "mlflow", "manifest")),
        "path": Column(pl.String, "file, as given on the command line, with `/`"),
        "line": Column(pl.Int64, "first line, from 1"),
        "column": Column(pl.Int64, "first column, from 1, in characters"),
        "end_line": Column(pl.Int64, "last line, inclusive"),
        "end_column": Column(pl.Int64, "column after the last character"),
        "source": Column(pl.String, "the lines from `line` to `end_line`; hostile text; empty where they are too long"),
    },
)  # fmt: skip
DECLARED = Contract(
    "declared",
    "One privilege that a file says a principal is to have, or that the workspace grants to a principal of a file.",
    {
        "principal": PRINCIPAL,
        "privilege": Column(pl.String, "underscore form; OWNER for ownership"),
        "securable_type": TYPE,
        "securable": NAME,
        "origin": Column(pl.String, "what says it", among=("sql", "terraform", "bundle", "mlflow", "manifest"),
                         null="no file says it"),
        "path": Column(pl.String, "file, as given on the command line, with `/`", null="no file says it"),
        "line": Column(pl.Int64, "first line, from 1", null="no file says it"),
        "column": Column(pl.Int64, "first column, from 1, in characters", null="no file says it"),
        "end_line": Column(pl.Int64, "last line, inclusive", null="not known"),
        "end_column": Column(pl.Int64, "column after the last character", null="not known"),
        "source": Column(pl.String, "the lines from `line` to `end_line`; hostile text", null="no file says it"),
        "granted": Column(pl.Boolean, "the workspace grants it today", null="no workspace is at hand"),
        "used": Column(pl.Boolean, "a statement of the log, or of the files that declare the agent, needs it",
                       null="no statement is at hand"),
        "locked": Column(pl.Boolean, "`uc_guard.lock` allows it", null="no lock is at hand for it"),
        "justified_by": Column(pl.String, "a sentence: which statement would justify it, or why none would",
                               null="the lock allows it, or no lock is at hand for it"),
    },
)  # fmt: skip
CREEP = Contract(
    "creep",
    "The privilege creep index of a principal, with the points that it comes from.",
    {
        "principal": PRINCIPAL,
        "index_before": Column(pl.Float64, "0: all that is held is needed; near 100: hardly anything is; today"),
        "index_after": Column(pl.Float64, "the same once the plan has run"),
        "held": Column(pl.Int64, "points of all pairs held today"),
        "unused": Column(pl.Int64, "of them, points of pairs that are not needed, nor perhaps needed"),
        "held_after": Column(pl.Int64, "points of all pairs held once the plan has run"),
        "unused_after": Column(pl.Int64, "of them, points of pairs that are not needed, nor perhaps needed"),
    },
    key=("principal",),
)

BACKTEST = Contract(
    "windows",
    "What a plan made from one window of the past would have denied later.",
    {
        "window_days": Column(pl.Int64, "length of the window, in days"),
        "since": Column(INSTANT, "its start; it ends where the hold-out begins"),
        "reason": Column(pl.String, "why the window was not judged", null="it was"),
        "replayed": Column(pl.Int64, "later statements and events of subjects that could be judged", null="not judged"),
        "events": Column(pl.Int64, "of them, seen in lineage or audit only", null="not judged"),
        "denied": Column(pl.Int64, "of the replayed, those that the plan would have denied", null="not judged"),
        "share": Column(pl.Float64, "denied of replayed, 0 to 1", null="not judged, or nothing was replayed"),
        "others_denied": Column(
            pl.Int64,
            "statements of other principals that would have been denied: a view or routine spends a subject's rights",
            null="not judged",
        ),
        "unjudged": Column(
            pl.Int64,
            "later statements and events of subjects of which nobody knows: not understood in full, a body that could "
            "not be read, or a securable that is in no listing any more",
            null="not judged",
        ),
        "failing": Column(
            pl.Int64, "those that fail without the plan: denied then, or by today's grants", null="not judged"
        ),
        "missing": Column(pl.Int64, "distinct needs that the plan takes away", null="not judged"),
        "subjects_hit": Column(pl.Int64, "subjects with a denied statement", null="not judged"),
        "subjects_held": Column(pl.Int64, "subjects that the plan leaves alone as a whole", null="not judged"),
        "rows_revoked": Column(pl.Int64, "rows that the plan revokes", null="not judged"),
        "plan_statements": Column(pl.Int64, "statements of the plan", null="not judged"),
        "excess_after": Column(pl.Float64, "excess that the plan leaves", null="not judged"),
    },
    key=("window_days",),
)
BACKTEST_MISSING = Contract(
    "missing",
    "One privilege that a plan from the past would have taken, and that was needed later.",
    {
        "window_days": Column(pl.Int64, "length of the window, in days"),
        "principal": Column(pl.String, "whose right it is: a subject, or the owner of a view or routine that was used"),
        "privilege": Column(pl.String, "underscore form"),
        "securable_type": TYPE,
        "securable": NAME,
        "denied": Column(pl.Int64, "statements and events that would have been denied for want of it"),
        "used_by": Column(NAMES, "principals that ran them, sorted"),
        "first_at": Column(INSTANT, "first of them"),
        "last_at": Column(INSTANT, "last of them"),
        "witnesses": Column(NAMES, "ids of at most three of them"),
    },
    key=("window_days", "principal", "privilege", "securable_type", "securable"),
)

FACTS = (BODIES, USAGE, OPAQUE, NEEDS, HOLDINGS, EXPOSURES, SHORTFALLS, COVERAGE, LEDGER, CREEP)
"""The frames that an audit derives, in the order of the pipeline."""
