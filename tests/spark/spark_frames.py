"""The hand-written queries set into other statements: the same names must mean the same inside."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from spark_cases import Case

FRAMES = {
    "derived": "SELECT * FROM ({q}) AS framed",
    "counted": "SELECT count(*) FROM ({q})",
    "one": "SELECT 1 FROM ({q}) AS framed CROSS JOIN quarters",
    "cte": "WITH framed AS ({q}) SELECT * FROM framed",
    "cte twice": "WITH framed AS ({q}) SELECT count(*) FROM framed UNION ALL SELECT count(*) FROM framed",
    "cte unused": "WITH framed AS ({q}) SELECT who FROM quarters",
    "cte hides": "WITH quarters AS (SELECT 1 AS one) SELECT * FROM ({q}) AS framed, quarters",
    "exists": "SELECT who FROM quarters WHERE EXISTS ({q})",
    "not exists below": "SELECT who FROM quarters WHERE q1 IN (SELECT q2 FROM quarters AS low WHERE NOT EXISTS ({q}))",
    "union": "({q}) UNION ALL ({q})",
    "lateral": "SELECT framed.* FROM quarters, LATERAL ({q}) AS framed",
    "pipe": "FROM ({q}) AS framed |> LIMIT 3",
    "create": "CREATE OR REPLACE TABLE fresh AS SELECT count(*) AS n FROM ({q})",
    "explain": "EXPLAIN {q}",
    "describe": "DESCRIBE QUERY {q}",
    "script": "BEGIN IF EXISTS ({q}) THEN {q}; END IF; END",
    "dynamic": "EXECUTE IMMEDIATE '{quoted}'",
    "insert": "INSERT INTO dst (a) SELECT count(*) FROM ({q})",
    "delete": "DELETE FROM dst WHERE EXISTS ({q})",
    "comments": "{noisy}",
    "shouted": "{loud}",
}
_LITERALS = re.compile(r"""('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`[^`]*`|/\*.*?\*/|--[^\n]*\n?)""", re.DOTALL)


def framed(case: Case, frame: str, random: Random) -> Case:
    """The case inside a frame; `case` must be a query without a semicolon."""
    text = case.text
    made = FRAMES[frame].replace("{quoted}", text.replace("\\", "\\\\").replace("'", "\\'"))
    made = made.replace("{noisy}", _outside(text, lambda part: _noisy(part, random))).replace(
        "{loud}", _outside(text, str.upper)
    )
    return replace(case, text=made.replace("{q}", text), place=f"{case.place}:{frame}")


def is_query(text: str) -> bool:
    """Whether the text is a query that can stand in parentheses."""
    return bool(re.match(r"(?i)\s*(select|with|from|table|values|\()", text)) and not re.search(
        r"(?i)\b(insert|merge|update)\b|;|--|\br['\"]|'\s*'|:", text
    )


def _noisy(part: str, random: Random) -> str:
    filler = [" /* FROM hidden */ ", "\n", "\t ", " -- JOIN hidden\n", " /* 'a */ ", ' /* " */ ']
    return "".join(random.choice(filler) if c == " " and random.random() < 0.3 else c for c in part)


def _outside(text, change):
    """The text with everything changed that is no literal, quoted name or comment."""
    parts = _LITERALS.split(text)
    return "".join(part if place % 2 else change(part) for place, part in enumerate(parts))
