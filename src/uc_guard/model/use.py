"""What one statement uses, and what of it was not understood."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """One securable that a statement uses in one way.

    Attributes:
        action: What is done: `SELECT`, `MODIFY`, `EXECUTE`, `READ_VOLUME`, `WRITE_VOLUME`, `READ_FILES`,
            `WRITE_FILES`, `CREATE`, `DROP`, `ALTER`, `METADATA`, `REFRESH`, `MANAGE`, `APPLY_TAG`, `USE_CONNECTION` ...
        securable_type: `TABLE`, `VIEW`, `FUNCTION`, `VOLUME`, `SCHEMA`, `CATALOG`, `PATH`, `CONNECTION` ...
        name: Full name: lower case, parts joined by dots, a part in backticks only where it holds a dot or a
            backtick. A path stands as written.
        columns: Top-level columns of the securable that the statement refers to, lower case and sorted;
            `()` where it refers to none (`count(*)`); None where columns mean nothing here or are not known.
    """

    action: str
    securable_type: str
    name: str
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Opaque:
    """A part of a statement that was not understood.

    Attributes:
        reason: A stable code, for example `syntax`, `dynamic-name`, `no-text`.
        text: The part that was not understood, shortened to at most 200 characters; may hold secrets, never log it.
        may: Full names that the part could spell, resolved and sorted; None = it could use anything.
    """

    reason: str
    text: str
    may: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything that one statement uses: the certain part and the opaque part.

    Attributes:
        uses: Uses, sorted; of one action on one securable there is one.
        opaque: What was not understood; empty when the whole statement was.
    """

    uses: tuple[Use, ...] = ()
    opaque: tuple[Opaque, ...] = ()
