"""Makes the literals that fill the slots of templates, from a seed: a pool of texts for each kind of slot."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_TEXT = (
    "active inactive pending shipped delivered returned cancelled open closed escalated paid unpaid overdue refunded "
    "gold silver bronze premium basic trial enterprise mid_market small EMEA APAC AMER north south east west Germany "
    "France Spain Italy Poland Japan Brazil Canada Berlin Madrid Lyon Osaka Porto EUR USD JPY online retail partner "
    "mobile desktop tablet email sms push organic paid_search social referral high medium low critical"
)
_VALUES = _TEXT.split()
_SIZE = 4096
_MOST = 8


class Literals(dict[str, list[str]]):
    r"""The texts that each kind of slot can take; a kind is made when it is first asked for.

    A kind is a word (`int`, `date`, `strs` ...), `rows` and the kinds of columns (`rows ids nums`: the rows of a VALUES
    clause), or texts that each begin with \1: one of them as it is.
    """

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self._rng = random.Random(rng.getrandbits(64))

    def __missing__(self, kind: str) -> list[str]:
        if kind.startswith("\1"):
            made = kind.split("\1")[1:]
        elif kind.startswith("rows "):
            made = [self._rows(kind.split()[1:]) for _ in range(_SIZE // 8)]
        else:
            made = [_MAKERS[kind](self._rng) for _ in range(_SIZE)]
        self[kind] = made
        return made

    def _rows(self, kinds: list[str]) -> str:
        makers = [_MAKERS[_OF_COLUMN[kind]] for kind in kinds]
        rows = (", ".join(make(self._rng) for make in makers) for _ in range(self._rng.randint(1, _MOST)))
        return ", ".join(f"({row})" for row in rows)


def _int(rng: random.Random) -> str:
    return str(rng.choice((rng.randint(0, 100), rng.randint(1, 10) * 100, rng.randint(1, 99_999))))


def _small(rng: random.Random) -> str:
    return str(rng.randint(1, 30))


def _dec(rng: random.Random) -> str:
    return f"{rng.choice((rng.random(), rng.random() * 1000)):.2f}"


def _id(rng: random.Random) -> str:
    return str(rng.randint(1000, 9_999_999))


def _str(rng: random.Random) -> str:
    return f"'{_word(rng)}'"


def _word(rng: random.Random) -> str:
    word = rng.choice(_VALUES)
    return word if rng.random() < 0.7 else f"{word}{rng.choice('-_ ')}{rng.randint(1, 999)}"


def _like(rng: random.Random) -> str:
    return f"'{rng.choice(('%', ''))}{_word(rng)}%'"


def _date(rng: random.Random) -> str:
    return f"'{rng.randint(2023, 2026)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}'"


def _time(rng: random.Random) -> str:
    return f"{_date(rng)[:-1]} {rng.randint(0, 23):02}:{rng.choice((0, 15, 30)):02}:00'"


def _several(make: Callable[[random.Random], str]) -> Callable[[random.Random], str]:
    return lambda rng: ", ".join(make(rng) for _ in range(rng.randint(1, _MOST)))


def _among(*texts: str) -> Callable[[random.Random], str]:
    return lambda rng: rng.choice(texts)


_MAKERS: dict[str, Callable[[random.Random], str]] = {
    "int": _int, "small": _small, "dec": _dec, "id": _id, "str": _str, "like": _like, "date": _date, "time": _time,
    "ints": _several(_int), "ids": _several(_id), "strs": _several(_str),
    "unit": _among("'day'", "'week'", "'month'", "'quarter'", "'year'", "'MONTH'"),
    "format": _among("'yyyy-MM'", "'yyyy'", "'MMM yyyy'", "'yyyy-MM-dd'", "'EEEE'"),
    "limit": _among("1", "5", "10", "10", "20", "25", "50", "100", "100", "200", "500", "1000"),
    "year": _among("2023", "2024", "2025", "2026"), "digit": _among("0", "1", "2", "2", "3", "4"),
    "share": _among("0.5", "0.9", "0.95", "0.99", "0.25"),
}  # fmt: skip
_OF_COLUMN = {"ids": "id", "nums": "dec", "strs": "str", "dates": "date"}
