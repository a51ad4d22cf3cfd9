"""Full names of securables: split, join, normalize, and the one quoting function."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=65536)
def split_name(name: str) -> tuple[str, ...]:
    """Split a full name into its parts, unquoted, case kept.

    Backticks protect dots and a doubled backtick stands for one: ``a.`b.c`.`d``e` `` has the parts `a`, `b.c`
    and ``d`e``.

    Raises:
        ValueError: when a part is empty or a backtick is never closed.
    """
    parts: list[str] = []
    part: list[str] = []
    quoted = was_quoted = False
    i, end = 0, len(name)
    while i < end:
        char = name[i]
        if quoted:
            if char == "`" and i + 1 < end and name[i + 1] == "`":
                part.append("`")
                i += 1
            elif char == "`":
                quoted = False
            else:
                part.append(char)
        elif char == "`" and not part and not was_quoted:
            quoted = was_quoted = True
        elif char == ".":
            parts.append(_finished(part, was_quoted, name))
            part, was_quoted = [], False
        elif was_quoted:
            raise ValueError(f"text after a closing backtick in `{name}`")
        else:
            part.append(char)
        i += 1
    if quoted:
        raise ValueError(f"a backtick is not closed in `{name}`")
    parts.append(_finished(part, was_quoted, name))
    return tuple(parts)


def join_name(parts: tuple[str, ...] | list[str]) -> str:
    """Join parts to the canonical full name: lower case, backticks only round a part that holds a dot or a backtick."""
    return ".".join(_protect(part.lower()) for part in parts)


@lru_cache(maxsize=65536)
def canonical_name(name: str) -> str:
    """Give the canonical spelling of a full name: ``Main.`Sales`.Orders`` becomes `main.sales.orders`.

    Raises:
        ValueError: as `split_name`.
    """
    return join_name(split_name(name))


def quote(identifier: str) -> str:
    """Quote one identifier, a securable's part or a principal, for Databricks SQL.

    SAFETY: the only place where an identifier becomes SQL text. A backtick inside is doubled, so nothing gets out.
    """
    return "`" + identifier.replace("`", "``") + "`"


def quote_name(name: str) -> str:
    """Quote every part of a canonical full name: `main.sales.orders` becomes `` `main`.`sales`.`orders` ``."""
    return ".".join(quote(part) for part in split_name(name))


def parent_name(name: str) -> str | None:
    """Give the name of the container (`main.sales` of `main.sales.orders`), or None for a one-part name."""
    parts = split_name(name)
    return join_name(parts[:-1]) if len(parts) > 1 else None


def _finished(part: list[str], was_quoted: bool, name: str) -> str:  # noqa: FBT001 - private, called in one place
    text = "".join(part) if was_quoted else "".join(part).strip()
    if not text:
        raise ValueError(f"an empty part in the name `{name}`")
    return text


def _protect(part: str) -> str:
    # White space at an end would be lost where a name is split again.
    return quote(part) if "." in part or "`" in part or part != part.strip() else part
