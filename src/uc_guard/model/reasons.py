"""Every reason code: what was not understood, what stays, what is needed, what a plan breaks."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Reason:
    """What a reason code says.

    Attributes:
        meaning: One sentence: what is so.
        frees: One sentence: what would change it.
    """

    meaning: str
    frees: str


_LIST = (
    "Add the listing that has it to the snapshot; a name that exists no more stays opaque until the window passes it."
)
_LINEAGE = "A row of `table_lineage` with the statement's id; else wait until the window passes the statement."
_ASK = "Nothing that you can set: please report the statement, with its names changed, so that it is read."

OPAQUE: Mapping[str, Reason] = MappingProxyType(
    {
        "no-text": Reason(
            "The log holds no text for the statement: it is redacted, encrypted or was never recorded. It could "
            "use anything.",
            "Export the query history as an identity that sees the text, or add `table_lineage`, which closes "
            "what it knows.",
        ),
        "readers-disagree": Reason(
            "A second, independent parser sees a table in the text that the first reading has no account of. It "
            "could be used.",
            _ASK,
        ),
        "event-without-name": Reason(
            "An audit event hands out a credential and does not name what for. It could be anything of its type.",
            "Export the audit log with the full names in `request_params`.",
        ),
        "syntax": Reason(
            "The text does not follow the grammar that is known. It could use the names that its words spell; "
            "anything, where it does not even begin as a statement does.",
            _ASK,
        ),
        "too-deep": Reason(
            "The text nests deeper than can be read. It could use the names that its words spell.",
            _LINEAGE,
        ),
        "too-long": Reason(
            "The text takes longer to read than a statement may, or ended the process that read it. It could use "
            "anything.",
            _LINEAGE,
        ),
        "dynamic-name": Reason(
            "A name is put together when the statement runs: `IDENTIFIER()` of something that is no constant, a "
            "parameter whose value the log does not hold.",
            "Export `query_parameters` with the query history, or add `table_lineage`.",
        ),
        "dynamic-path": Reason(
            "The path of files is put together when the statement runs. It could be any path.",
            _LINEAGE,
        ),
        "dynamic-statement": Reason(
            "The text that `EXECUTE IMMEDIATE` or a cursor runs is put together when it runs. It could use anything.",
            _LINEAGE,
        ),
        "unknown-table": Reason(
            "A table or view of this name is in no listing of the snapshot.",
            _LIST,
        ),
        "unknown-column": Reason(
            "No relation in sight has a column of this name. The tables in sight may each have had it.",
            _LIST,
        ),
        "unknown-function": Reason(
            "A function of this name is neither built in nor in a listing of the snapshot.",
            _LIST,
        ),
        "unknown-procedure": Reason(
            "A procedure of this name is in no listing of the snapshot.",
            _LIST,
        ),
        "no-namespace": Reason(
            "The name lacks its catalog or schema, and no `USE` of the session, nor the log, tells the current "
            "ones. It could be anything that ends in this name.",
            "Export `session_id` with the query history, so that an earlier `USE` is seen; or have agents write "
            "full names.",
        ),
        "temp-view": Reason(
            "The query behind a temporary view of the session could not be read. It could use anything.",
            _ASK,
        ),
        "whole-row": Reason(
            "The name of a relation is used as a value: the whole row as one struct. Every column of it counts as "
            "used; which ones are looked at later is not known.",
            "Nothing is needed where the table itself is used anyway.",
        ),
        "unknown-window": Reason(
            "`OVER` names a window that the query does not define.",
            _ASK,
        ),
        "unknown-statement": Reason(
            "A `CREATE`, `ALTER` or `DROP` of a kind of securable that is not known. It could use the names that "
            "its words spell.",
            _ASK,
        ),
        "unread-query": Reason(
            "A query stands where a command has none that is known. It could use the names that its words spell.",
            _ASK,
        ),
        "metric-view": Reason(
            "A metric view is defined by YAML, which is not read. It could use anything.",
            _LINEAGE,
        ),
        "pipeline-flow": Reason(
            "A flow of a pipeline reads and writes when the pipeline runs, not when it is defined. It could use "
            "the names that its words spell.",
            "Audit the identity that the pipeline runs as, with `table_lineage`.",
        ),
        "procedure-body": Reason(
            "The body of a procedure does not end where the statement does. It could use what its words spell.",
            _ASK,
        ),
        "system-procedure": Reason(
            "A procedure of the platform itself was called: what it touches is not known.",
            _LINEAGE,
        ),
        "body-unknown": Reason(
            "Somebody used a view or routine that the principal owns, or a procedure that runs with the caller's "
            "rights, and the snapshot does not hold its body. The principal could need anything.",
            "Export `views` and `routines` as an identity that sees the bodies, or add `view_dependencies`.",
        ),
    }
)
"""Codes of `Opaque.reason` and of the frame `opaque`."""

_WAIT = "Wait, or lower `grace_days`."

HELD: Mapping[str, Reason] = MappingProxyType(
    {
        "window-too-short": Reason(
            "The log covers fewer days than `min_window_days`.",
            "Give a longer log, or lower `min_window_days`.",
        ),
        "source-missing": Reason(
            "The snapshot lacks a source without which silence says nothing: the query history, the members of "
            "groups, or both `table_lineage` and `audit`. Or grants are missing, and the subject uses something that "
            "no known grant allows: one that was not read does.",
            "Add the source that the sentence names. `trust_query_history` stands in for lineage and audit only.",
        ),
        "subject-too-young": Reason(
            "The subject was made less than `grace_days` before the end of the window.",
            _WAIT,
        ),
        "too-opaque": Reason(
            "A larger share of the subject's statements than `max_opaque_share` was not understood in full.",
            "Look at the [reasons](opaque-reasons.md) in its coverage; each says what frees it.",
        ),
        "opaque-activity": Reason(
            "Something that was not understood could have used it. For a whole subject: could have used anything.",
            "See what `uc-guard usage` lists as not understood, and what [frees](opaque-reasons.md) it.",
        ),
        "protected": Reason(
            "The settings protect the subject, grantee, securable or privilege; or a revoke could strip such a "
            "row beside it.",
            "Take it out of `protect_principals`, `protect_securables` or `protect_privileges`.",
        ),
        "unknown-privilege": Reason(
            "What the privilege gives is not known; or a revoke could strip such a row beside it.",
            "A newer uc_guard may know it. Until then decide by hand.",
        ),
        "grant-too-young": Reason(
            "The row was granted less than `grace_days` before the end of the window.",
            _WAIT,
        ),
        "unobservable": Reason(
            "No source at hand would show a use of this privilege.",
            "Add `audit` to the snapshot; `BROWSE` and `READ METADATA` leave no trace in any log: decide by hand.",
        ),
        "leant-on": Reason(
            "It gives USE on the way to another row that is left alone.",
            "Free the other row first.",
        ),
        "everyone": Reason(
            "It is granted to every principal of the account.",
            "Narrow it by hand: it touches people that no audit covers.",
        ),
        "shared-with-bystanders": Reason(
            "The group also has principals that are not under audit, and they would lose it too.",
            "Take the subject out of the group, audit its other members too, or set `allow_membership_changes`.",
        ),
        "shared-with-held": Reason(
            "The group also has subjects that are left alone, and they would lose it too.",
            "Free those subjects first.",
        ),
        "subject-held": Reason(
            "The grantee itself is a subject that is left alone.",
            "See why the subject is held as a whole.",
        ),
        "owner-through-group": Reason(
            "The group, or one around it, owns something: to leave it would lose the ownership.",
            "Give what the group owns to another owner first.",
        ),
        "maybe-needed": Reason(
            "Only activity that was not surely a need may need it.",
            "See the witnesses of the need; decide by hand.",
        ),
        "inert": Reason(
            "It gives nothing on this securable: to revoke it changes nothing.",
            "Nothing has to be done; revoke by hand to tidy.",
        ),
        "redundant": Reason(
            "Something that stays gives the same: to revoke it alone changes nothing.",
            "Free what else gives it; a later plan then takes both.",
        ),
    }
)
"""Codes of `Held.reason`."""

NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "used": "a statement, lineage row or audit event shows the use",
        "path": "a path of files was used, and this governs it",
        "co-requisite": "the platform asks for it together with another privilege that is needed",
        "usage-chain": "USE CATALOG or USE SCHEMA on the way to what is needed",
        "via-view": "a view that the principal owns, and that somebody uses, reads it",
        "via-routine": "a routine, filter or mask that the principal owns, and that somebody uses, reads it",
        "opaque": "activity that was not understood in full could have used it",
        "unobservable": "ALL PRIVILEGES gives it, and no source at hand would show its use",
        "gone": "it was used, and is in no listing any more",
        "denied": "it was refused, and the settings ask to grant what is missing",
        "needed": "it was used, nothing gives it, and the settings ask to grant what is missing",
        "stable": "most of the schema is needed, and the plan is `stable`",
        "held-row": "a row that is left alone works only with it",
    }
)
"""Codes of `reason` in the frame `needs` and in witnesses."""

BROKEN: Mapping[str, str] = MappingProxyType(
    {
        "C1": "a subject loses what it needs or may need",
        "C2": "a principal that is not under audit gains or loses something",
        "C3": "a subject gains something that was not approved",
        "C4": "what is protected or not known is touched",
        "C5": "a subject is without what it needs in between, and the statement is not marked as a gap",
        "baseline": "the plan is not made for this snapshot, its subjects, or its window",
        "statement": "a statement is malformed, means nothing where it stands, or changes nothing",
        "certificate": "a row goes without a certificate, or a certificate's figures are wrong",
        "witness": "a row comes without a witness, or a witness tells what the log does not",
        "held": "what the plan says is left alone, or has to be, is touched",
        "inverse": "the inverse does not lead back to where the plan starts",
        "membership": "a membership changes that may not, or that does not exist",
    }
)
"""Codes of what the verifier finds broken; C1 to C5 are the constraints of the page on what minimal means."""
