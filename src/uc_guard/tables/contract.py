"""Contracts: what a frame promises of its columns, types, units, nullability and key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTANT = pl.Datetime("us", "UTC")
NAMES = pl.List(pl.String)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    Attributes:
        dtype: The polars type, exact.
        doc: What it holds, with its unit.
        null: What null means here; None where null is not allowed.
        among: The values allowed; None where any is.
    """

    dtype: pl.DataType | type[pl.DataType]
    doc: str
    null: str | None = None
    among: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """What a frame promises.

    Attributes:
        name: The frame's name, and the name of its file in a snapshot.
        doc: One sentence: what one row is.
        columns: Column by name, in order.
        key: The columns that identify a row; empty where rows may repeat.
    """

    name: str
    doc: str
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """Column name to polars type, in order."""
        return {name: column.dtype for name, column in self.columns.items()}

    def empty(self) -> pl.DataFrame:
        """Give a frame with no rows."""
        return pl.DataFrame(schema=self.schema)

    def frame(self, rows: list[dict[str, Any]]) -> pl.DataFrame:
        """Build a frame from rows; a missing key is null. For small inputs and tests."""
        return pl.DataFrame([{name: row.get(name) for name in self.columns} for row in rows], schema=self.schema)

    def validate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Check a frame against this contract.

        Returns:
            The same frame, columns in the contract's order.

        Raises:
            pandera.errors.SchemaErrors: with every failure found.
        """
        import pandera.polars as pa  # noqa: PLC0415 - half a second, paid only where a frame is checked

        schema = pa.DataFrameSchema(
            {
                name: pa.Column(
                    column.dtype,
                    nullable=column.null is not None,
                    checks=[pa.Check.isin(column.among)] if column.among else None,  # pyright: ignore[reportUnknownMemberType]
                )
                for name, column in self.columns.items()
            },
            strict=True,
            unique=list(self.key) or None,
            name=self.name,
        )
        return schema.validate(
            frame.select(*self.columns, *[c for c in frame.columns if c not in self.columns]), lazy=True
        )


TYPE = Column(pl.String, "securable type: CATALOG, SCHEMA, TABLE (views too), FUNCTION (models too), VOLUME ...")
NAME = Column(pl.String, "full name, canonical spelling")
PRINCIPAL = Column(pl.String, "login, application id or group name, as grants write it")
