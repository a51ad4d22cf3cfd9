"""Reads expressions: operands between operators, which name columns, functions and queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.grammar.operands import read_operand
from uc_guard.sql.grammar.operators import BINARY, POSTFIX

if TYPE_CHECKING:
    from uc_guard.sql.grammar.cursor import Cursor
    from uc_guard.sql.grammar.tree import Atoms


def read_expression(p: Cursor, out: Atoms) -> None:
    """Read one expression; what it names goes to `out`. Stops before the first mark that cannot continue it."""
    up = p.up
    while True:
        read_operand(p, out)
        while True:
            mark = up[p.i]
            if mark in BINARY:
                p.i += 1
                break
            reader = POSTFIX.get(mark)
            if reader is None:
                return
            more = reader(p, out)
            if more is None:
                return
            if more:
                break
