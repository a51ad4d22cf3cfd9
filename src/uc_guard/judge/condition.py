"""The condition of a rule: what it may be made of, and what it means."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from uc_guard.tables import Contract

FUNCTIONS = ("array_contains", "array_length", "coalesce", "ends_with", "length", "lower", "starts_with")
"""Functions that a condition may call."""

WORDS = ("AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "BETWEEN", "TRUE", "FALSE")
"""Words of a condition that are neither columns nor functions."""

_TOKEN = re.compile(r"\s+|'(?:[^']|'')*'|\d+(?:\.\d+)?|[A-Za-z_]\w*|<=|>=|<>|!=|[=<>+\-*(),]")
_WORD = re.compile(r"[A-Za-z_]")
_TEXT = re.compile(r"'(?:[^']|'')*'")
_SOME: dict[object, object] = {
    pl.String: "a",
    pl.Boolean: True,
    pl.Int64: 1,
    pl.Float64: 1.0,
    pl.List: ["a"],
    pl.Datetime: datetime(2026, 1, 1, tzinfo=UTC),
}
_TESTED = re.compile(r"\bIS\s+(?:NOT\s+)?(?!NOT\b|NULL\b)\w+", re.IGNORECASE)


def problems_of(text: str, contract: Contract) -> list[tuple[str, str, str]]:
    """Tell what is wrong with a condition.

    Args:
        text: A boolean SQL expression.
        contract: The fact table that it is about.

    Returns:
        What was found, what was expected, what to do; empty where the condition is right.
    """
    # SAFETY: rules may come from others. The parser of polars knows queries, files and tables; what is not in this
    # list of words never gets there.
    wrong = [*_strangers(text, contract)]
    return wrong or _unfit(text, contract)


def condition(text: str) -> pl.Expr:
    """Give a condition, in which `problems_of` finds nothing, as an expression; null counts as false."""
    return pl.sql_expr(text).fill_null(value=False)


def known_facts(names: Iterable[str]) -> str:
    """List the columns that a rule may ask for."""
    return f"known facts: {', '.join(names)}"


def near(word: str, names: Iterable[str]) -> str:
    """Give the name that was probably meant, or all names."""
    close = difflib.get_close_matches(word.lower(), [*names], n=1)
    return f"did you mean `{close[0]}`? " if close else ""


def _strangers(text: str, contract: Contract) -> Iterator[tuple[str, str, str]]:
    # Polars reads IS TRUE otherwise than SQL does where a fact is not known.
    if tested := _TESTED.search(_TEXT.sub("''", text)):
        yield f"`{tested[0]}`", "`IS NULL`, or the fact itself", "write `coalesce(fact, TRUE)` where it may be null"
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            yield f"`{text[at : at + 20]}`", "columns, literals and operators", "write one boolean SQL expression"
            return
        word = token[0]
        at = token.end()
        if not _WORD.match(word) or word.upper() in WORDS:
            continue
        if text[at:].lstrip().startswith("("):
            if word.lower() not in FUNCTIONS:
                yield f"the function `{word}`", f"one of {', '.join(FUNCTIONS)}", near(word, FUNCTIONS) + "use another"
        elif word not in contract.columns:
            mend = near(word, contract.columns) + known_facts(contract.columns)
            yield f"`{word}`", f"a fact of the table `{contract.name}`", mend


def _unfit(text: str, contract: Contract) -> list[tuple[str, str, str]]:
    # One row tells the type, and whether the operators fit their operands; without rows, not all that are unfit fail.
    row = contract.frame([{name: _SOME[column.dtype.base_type()] for name, column in contract.columns.items()}])
    try:
        kind = row.select(pl.sql_expr(text).alias("it")).schema["it"]
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        return [(f"`{text}`, {reason}", "one boolean SQL expression", "correct it")]
    if kind != pl.Boolean:
        return [(f"`{text}`, which gives {kind}", "an expression that is true or false", "compare it with something")]
    return []
