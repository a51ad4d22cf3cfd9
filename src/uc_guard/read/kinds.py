"""What a column of a file reads as: the expression for each kind, in which null marks what does not fit."""

from __future__ import annotations

from typing import cast

import polars as pl

from uc_guard.read.files import as_type
from uc_guard.tables import INSTANT, NAMES

LONGEST = 4096
"""Longest name of a securable or principal that is believed; the platform's own limit is 255."""

_CLOCK = r"(\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?"
_ZONE = r"(?:(Z|z|UTC|Etc/UTC)|([+-]\d{2}):?(\d{2})?)"
_SHAPE = rf"^\s*(\d{{4}}-\d{{2}}-\d{{2}})(?:[T ]{_CLOCK}\s*{_ZONE}?)?\s*$"


_SCALAR = r'(?:"(?:[^"\\]|\\.)*"|null|true|false|-?\d+(?:\.\d+)?)'
_JSON_LIST = rf"^\s*\[\s*(?:{_SCALAR}(?:\s*,\s*{_SCALAR})*)?\s*\]\s*$"
_BARE_LIST = r"^\s*\[[^\[\]\"]*\]\s*$"
_ITEM = r"'(?:[^']|'')*'|`(?:[^`]|``)*`|[^,\s][^,]*"
"""One item of a list of columns: literals stand in single quotes, and may hold a comma."""


def dtype_of(kind: str) -> pl.DataType:
    """Give the type of a column of this kind."""
    special: dict[str, pl.DataType] = {
        "instant": INSTANT,
        "boolean": pl.Boolean(),
        "integer": pl.Int64(),
        "list": NAMES,
    }
    return special.get(kind, pl.String())


def convert(source: pl.Expr, dtype: pl.DataType, kind: str) -> pl.Expr | None:
    """Give the expression that reads a column of this type as this kind; null marks what does not fit, None no way."""
    if dtype == pl.Null:
        return pl.lit(None, dtype_of(kind))
    if is_text(dtype):
        source, dtype = source.cast(pl.String, strict=False), pl.String()
    elif dtype.is_decimal() and kind in ("instant", "integer"):
        source, dtype = source.cast(pl.Float64), pl.Float64()
    if kind in ("text", "word", "name"):
        return _as_text(source, dtype, kind)
    return {"instant": _as_instant, "boolean": _as_boolean, "integer": _as_integer, "list": _as_list, "json": _as_json}[
        kind
    ](source, dtype)


def is_text(dtype: pl.DataType) -> bool:
    """Tell whether a column of this type holds text, in whatever form."""
    return any(dtype == one for one in (pl.String, pl.Binary, pl.Categorical, pl.Enum))


def is_plain(values: pl.Series, kind: str) -> bool:
    """Tell whether each value of a column is text that reads as itself as this kind."""
    if values.dtype != pl.String or kind not in ("text", "json", "word", "name"):
        return False
    sizes = values.str.len_bytes()
    if sizes.min() == 0:
        return False
    if kind in ("text", "json"):
        return True
    longest = sizes.max()  # in bytes, of which a character has one or more
    is_short = longest is None or cast("int", longest) <= LONGEST
    return is_short and not values.str.contains("\0", literal=True).any()


def _as_text(source: pl.Expr, dtype: pl.DataType, kind: str) -> pl.Expr | None:
    if dtype.is_nested():
        return None
    if dtype.is_float():
        # A column of whole numbers with gaps comes as floating point from many tools: 100.0 is the id 100.
        whole = (source == source.floor()) & (source.abs() < 2**53)
        text = (
            pl.when(whole).then(source.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(source.cast(pl.String))
        )
    else:
        text = source.cast(pl.String, strict=False)
    text = pl.when(text != "").then(text)
    if kind == "text":
        return text
    return pl.when(~text.str.contains("\0", literal=True) & (text.str.len_chars() <= LONGEST)).then(text)


def _as_instant(source: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    if isinstance(dtype, pl.Datetime):
        aware = source.dt.replace_time_zone("UTC") if dtype.time_zone is None else source.dt.convert_time_zone("UTC")
        return _sane(aware.dt.cast_time_unit("us"))
    if dtype == pl.Date:
        return _sane(source.cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
    if dtype.is_integer():
        return _from_epoch(source.cast(pl.Int64, strict=False))
    if dtype.is_float():
        return _from_epoch(source)
    return _from_text(source) if dtype == pl.String else None


def _from_epoch(number: pl.Expr) -> pl.Expr:
    # UC: REST gives milliseconds. Seconds, micro- and nanoseconds are told by their size: 1973 to 5138 in each unit.
    size = number.abs()
    micros = (
        pl.when(size < 10**11).then(number * 1_000_000).when(size < 10**14).then(number * 1000)
        .when(size < 10**17).then(number).otherwise(number // 1000)
    )  # fmt: skip
    return _sane(micros.round().cast(pl.Int64, strict=False).cast(INSTANT))


def _from_text(source: pl.Expr) -> pl.Expr:
    parts = source.str.extract_groups(_SHAPE)
    part = [parts.struct.field(str(i)) for i in range(1, 7)]
    clock = pl.when(part[1].str.len_chars() == 5).then(part[1] + ":00").otherwise(part[1]).fill_null("00:00:00")
    start = (part[0] + " " + clock).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    micros = part[2].str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64).fill_null(0)
    hours = part[4].cast(pl.Int64)
    minutes = (
        hours * 60 + pl.when(part[4].str.starts_with("-")).then(-1).otherwise(1) * part[5].cast(pl.Int64).fill_null(0)
    ).fill_null(0)
    read = (start + pl.duration(microseconds=micros) - pl.duration(minutes=minutes)).dt.replace_time_zone("UTC")
    # A column of whole numbers with gaps comes as floating point from many tools.
    number = source.str.strip_chars().str.strip_suffix(".0").cast(pl.Int64, strict=False)
    return pl.coalesce(_sane(read), _from_epoch(number))


def _sane(instant: pl.Expr) -> pl.Expr:
    return pl.when(instant.dt.year().is_between(1, 9998)).then(instant)


def _as_boolean(source: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    if dtype == pl.Boolean:
        return source
    if dtype.is_nested() or dtype.is_temporal():
        return None
    text = source.cast(pl.String, strict=False).str.strip_chars().str.to_lowercase()
    yes = text.is_in(["true", "yes", "t", "y", "1", "1.0"])
    return pl.when(yes | text.is_in(["false", "no", "f", "n", "0", "0.0"])).then(yes)


def _as_integer(source: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    if dtype.is_integer():
        return source.cast(pl.Int64, strict=False)
    if dtype.is_float():
        return pl.when(source == source.floor()).then(source.cast(pl.Int64, strict=False))
    return source.str.strip_chars().str.strip_suffix(".0").cast(pl.Int64, strict=False) if dtype == pl.String else None


def _as_list(source: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    if isinstance(dtype, pl.List):
        return source.cast(NAMES, strict=False) if not as_type(dtype.inner).is_nested() else None
    if dtype != pl.String:
        return None
    parsed = pl.when(source.str.contains(_JSON_LIST)).then(source).str.json_decode(NAMES)
    # Spark writes an array as text without quotes, `[ann, bo]`; that is no JSON.
    bare = pl.when(source.str.contains(_BARE_LIST)).then(source.str.strip_chars(" \t[]"))
    plain = pl.when((source != "") & ~source.str.contains(r"^\s*\[")).then(source)
    split = pl.coalesce(bare, plain).str.extract_all(_ITEM).list.eval(pl.element().str.strip_chars())
    return pl.coalesce(parsed, split)


def _as_json(source: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    if dtype == pl.String:
        return pl.when(source != "").then(source)
    if dtype.is_nested():
        # A list or map inside a struct of one: the encoder takes structs only.
        encoded = pl.struct(source.alias("x")).struct.json_encode()
        return pl.when(source.is_not_null()).then(encoded.str.strip_prefix('{"x":').str.head(-1))
    return None
