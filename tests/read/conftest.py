"""A folder of exports, written by the test in the format it asks for."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from uc_guard.errors import BadInput, Problem
from uc_guard.read.exports import read_exports

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from uc_guard.snapshot import Snapshot

    Rows = list[dict[str, Any]]


class Folder:
    """A folder that a test fills; every method that writes gives the folder back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(exist_ok=True)

    def put(self, name: str, rows: Rows, ending: str = "jsonl") -> Folder:
        return self.raw(f"{name}.{ending}", _WRITERS[ending](rows))

    def raw(self, name: str, data: bytes | str) -> Folder:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_bytes(data.encode() if isinstance(data, str) else data)
        return self

    def read(self, **more: Any) -> Snapshot:
        return read_exports(self.path, **more)

    def problems(self, **more: Any) -> tuple[Problem, ...]:
        with pytest.raises(BadInput) as caught:
            read_exports(self.path, **more)
        assert str(caught.value).count("\n") == len(caught.value.problems)
        return caught.value.problems

    def problem(self, **more: Any) -> Problem:
        (only,) = self.problems(**more)
        assert only.found
        assert only.expected
        assert only.mend
        return only


def as_csv(rows: Rows) -> bytes:
    cells = [{k: _cell(v) for k, v in row.items()} for row in rows]
    return pl.DataFrame(cells, infer_schema_length=None).write_csv().encode()


def as_parquet(rows: Rows) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(buffer)
    return buffer.getvalue()


def as_jsonl(rows: Rows) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False, default=_plain) for row in rows).encode()


def as_json(rows: Rows) -> bytes:
    return json.dumps(rows, indent=1, default=_plain).encode()


def _cell(value: Any) -> str | None:
    if isinstance(value, dict | list):
        return json.dumps(value, default=_plain)
    return None if value is None else _plain(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_WRITERS: dict[str, Callable[[Rows], bytes]] = {
    "csv": as_csv,
    "parquet": as_parquet,
    "jsonl": as_jsonl,
    "json": as_json,
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "exports")


@pytest.fixture
def statement() -> Callable[..., dict[str, Any]]:
    """Give a function that makes a row of the query history."""

    def make(number: int = 1, **more: Any) -> dict[str, Any]:
        return {
            "statement_id": f"s{number}",
            "executed_as": "bot",
            "executed_by": "bot",
            "session_id": "x1",
            "execution_status": "FINISHED",
            "statement_text": f"SELECT {number}",
            "start_time": f"2026-05-{number:02d}T10:00:00Z",
            **more,
        }

    return make


@pytest.fixture
def grant() -> Callable[..., dict[str, Any]]:
    """Give a function that makes a row of table_privileges."""

    def make(**more: Any) -> dict[str, Any]:
        return {
            "grantor": "ann@shop.example",
            "grantee": "bot",
            "table_catalog": "main",
            "table_schema": "sales",
            "table_name": "orders",
            "privilege_type": "SELECT",
            "is_grantable": "NO",
            "inherited_from": "NONE",
            **more,
        }

    return make
