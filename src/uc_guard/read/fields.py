"""Raw columns as typed ones: canonical names, instants in UTC, and a problem for each column that does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.errors import BadInput, Problem
from uc_guard.model.name import canonical_name
from uc_guard.read.files import ROW, as_type
from uc_guard.tables import INSTANT, NAMES

if TYPE_CHECKING:
    from uc_guard.read.files import Raw

FILE = "_file"
_LONGEST = 4096
"""Longest name of a securable or principal that is believed; the platform's own limit is 255."""

_MEND = {
    "word": "remove the character, or shorten the name",
    "name": "write it as `catalog.schema.name`, a part with a dot in backticks",
    "instant": "write it as `2026-01-31T23:59:59Z`, or as milliseconds since 1970",
    "boolean": "write `true` or `false`",
    "integer": "write a whole number",
}
_EXPECTED = {
    "text": "text", "word": f"text without NUL, of at most {_LONGEST} characters", "name": "a full name",
    "instant": "an instant", "boolean": "true or false", "integer": "a whole number", "list": "a list of text",
    "json": "JSON",
}  # fmt: skip
_CLOCK = r"(\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?"
_ZONE = r"(?:(Z|z|UTC|Etc/UTC)|([+-]\d{2}):?(\d{2})?)"
_SHAPE = rf"^\s*(\d{{4}}-\d{{2}}-\d{{2}})(?:[T ]{_CLOCK}\s*{_ZONE}?)?\s*$"


_SCALAR = r'(?:"(?:[^"\\]|\\.)*"|null|true|false|-?\d+(?:\.\d+)?)'
_JSON_LIST = rf"^\s*\[\s*(?:{_SCALAR}(?:\s*,\s*{_SCALAR})*)?\s*\]\s*$"
_BARE_LIST = r"^\s*\[[^\[\]\"]*\]\s*$"
_ITEM = r"'(?:[^']|'')*'|`(?:[^`]|``)*`|[^,\s][^,]*"
"""One item of a list of columns: literals stand in single quotes, and may hold a comma."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column to take out of a file.

    Attributes:
        name: What it is called then.
        spellings: What it may be called in the file; where several stand there, the first that is not null counts.
            `a.b` is the key `b` of the struct, map or JSON object in the column `a`.
        kind: text, word (a name or part of one), name (a full name), instant, boolean, integer, list or json.
        required: The file must have it, and no row may leave it empty.
        among: The values allowed, compared in upper case; empty where any is.
        hidden: Its values never stand in a message.
    """

    name: str
    spellings: tuple[str, ...]
    kind: str = "text"
    required: bool = False
    among: tuple[str, ...] = ()
    hidden: bool = False


def need(name: str, *spellings: str, kind: str = "word") -> Field:
    """Give a field that must be there."""
    return Field(name, spellings or (name,), kind, required=True)


def may(name: str, *spellings: str, kind: str = "word", hidden: bool = False) -> Field:
    """Give a field that may be absent or null."""
    return Field(name, spellings or (name,), kind, hidden=hidden)


def take(raw: Raw, *fields: Field) -> pl.DataFrame:
    """Take typed columns out of a file, with `ROW` and `FILE`.

    Raises:
        BadInput: with every column that is missing and every column that holds something else.
    """
    if not raw.types:  # an array without rows says that there are none, and names no columns
        schema = {ROW: pl.Int64(), FILE: pl.String(), **{field.name: _dtype(field.kind) for field in fields}}
        return pl.DataFrame(schema=schema)
    spelled = {field.name: _variants(raw, field) for field in fields}
    _stop([problem for field in fields for problem in _misfits(raw, field, spelled[field.name])])
    picks = [pl.col(ROW).cast(pl.Int64), pl.lit(raw.file).alias(FILE)]
    for field in fields:
        values = [one.value for one in spelled[field.name] if one.value is not None]
        picks.append(pl.coalesce(*values, pl.lit(None, _dtype(field.kind))).alias(field.name))
        picks.append(_unfit(field, spelled[field.name]).alias(_flag(field)))
    frame = _collected(raw, picks)
    names = [field.name for field in fields if field.kind == "name"]
    frame = frame.with_columns(
        *[_canonical(frame[name]) for name in names], *[frame[name].alias(f"{name} as found") for name in names]
    )
    _stop([problem for field in fields for problem in _unfit_rows(raw, field, spelled[field.name], frame)])
    return frame.drop(*[_flag(field) for field in fields], *[f"{name} as found" for name in names])


def full_name(*parts: str) -> pl.Expr:
    """Give the canonical full name of parts that stand in columns of their own; null where a part is."""
    return pl.concat_str([_protected(pl.col(part).str.to_lowercase()) for part in parts], separator=".")


def upper(column: str) -> pl.Expr:
    """Give a word of the platform in the spelling of the model: upper case, underscores."""
    return pl.col(column).str.strip_chars().str.to_uppercase().str.replace_all(r"[\s_]+", "_")


def place(row: int, column: str) -> str:
    """Name a cell in a message."""
    return f"row {row}, column `{column}`"


def shown(value: object) -> str:
    """Give a value for a message: one line, shortened, in backticks."""
    text = str(value)
    short = text if len(text) <= 60 else f"{text[:57]}..."
    return "`" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short) + "`"


@dataclass(frozen=True, slots=True)
class _Variant:
    """A column of the file that a field is taken from: what it reads, and how; no value where its type does not fit."""

    spelling: str
    source: pl.Expr
    dtype: pl.DataType
    value: pl.Expr | None


def _variants(raw: Raw, field: Field) -> list[_Variant]:
    found = [(spelling, _find(raw, spelling)) for spelling in field.spellings]
    return [_Variant(spelling, *one, _convert(*one, field.kind)) for spelling, one in found if one is not None]


def _find(raw: Raw, spelling: str) -> tuple[pl.Expr, pl.DataType] | None:
    if spelling in raw.types:
        return pl.col(spelling), raw.types[spelling]
    base, _, key = spelling.partition(".")
    if not key or base not in raw.types:
        return None
    dtype = raw.types[base]
    if isinstance(dtype, pl.Struct):
        found = {f.name.lower(): f for f in dtype.fields}.get(key)
        return (pl.col(base).struct.field(found.name), as_type(found.dtype)) if found else None
    if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct):  # a map, as Parquet stores it
        entry = pl.element().struct
        values = pl.col(base).list.eval(entry.field("value").filter(entry.field("key") == key)).list.first()
        return values, pl.String()
    if dtype == pl.String:
        return pl.col(base).str.json_path_match(f"$['{key}']"), pl.String()
    return None


def _flag(field: Field) -> str:
    return f"{field.name} does not fit"


def _unfit(field: Field, variants: list[_Variant]) -> pl.Expr:
    """Give where a cell holds something that its kind cannot be; each variant counts, not only the first that fits."""
    if field.kind in ("text", "json"):
        variants = [one for one in variants if one.dtype == pl.Binary]
    flags = [
        one.source.is_not_null() & one.value.is_null() & (one.source != "")
        if one.dtype == pl.String
        else one.source.is_not_null() & one.value.is_null()
        for one in variants
        if one.value is not None
    ]
    return pl.any_horizontal(*flags, pl.lit(value=False))


def _collected(raw: Raw, picks: list[pl.Expr]) -> pl.DataFrame:
    try:
        return raw.lazy.select(picks).collect()
    except pl.exceptions.PolarsError as error:
        found = f"damaged data ({(str(error).splitlines() or [''])[0][:120]})"
        raise BadInput((Problem(raw.file, "", found, "a whole file", "export or copy it again"),)) from error


def _stop(problems: list[Problem]) -> None:
    if problems:
        raise BadInput(tuple(problems))


def _dtype(kind: str) -> pl.DataType:
    special: dict[str, pl.DataType] = {
        "instant": INSTANT,
        "boolean": pl.Boolean(),
        "integer": pl.Int64(),
        "list": NAMES,
    }
    return special.get(kind, pl.String())


def _convert(source: pl.Expr, dtype: pl.DataType, kind: str) -> pl.Expr | None:
    """Give the expression that reads a column of this type as this kind; null marks what does not fit, None no way."""
    if dtype == pl.Null:
        return pl.lit(None, _dtype(kind))
    if kind in ("text", "word", "name"):
        return _as_text(source, dtype, kind)
    return {"instant": _as_instant, "boolean": _as_boolean, "integer": _as_integer, "list": _as_list, "json": _as_json}[
        kind
    ](source, dtype)


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
    return pl.when(~text.str.contains("\0", literal=True) & (text.str.len_chars() <= _LONGEST)).then(text)


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
    number = source.str.strip_chars().cast(pl.Int64, strict=False)
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


def _canonical(names: pl.Series) -> pl.Series:
    """Give the canonical spelling of full names; null where one is no name."""
    low = names.str.to_lowercase()
    odd = low.str.contains(r"`|^\.|\.$|\.\.|^\s|\s$|\s\.|\.\s")
    if not odd.any():
        return low
    strange = names.filter(odd.fill_null(value=False)).unique()
    spelled = pl.Series([_spell(name) for name in strange], dtype=pl.String)
    read = names.replace_strict(strange, spelled, default=None, return_dtype=pl.String)
    return pl.select(pl.when(odd).then(read).otherwise(low).alias(names.name)).to_series()


def _spell(name: str) -> str | None:
    try:
        return canonical_name(name)
    except ValueError:
        return None


def _protected(part: pl.Expr) -> pl.Expr:
    quoted = pl.concat_str(pl.lit("`"), part.str.replace_all("`", "``", literal=True), pl.lit("`"))
    return pl.when(part.str.contains(r"[.`]")).then(quoted).otherwise(part)


def _misfits(raw: Raw, field: Field, variants: list[_Variant]) -> list[Problem]:
    """Tell of a column that is missing, or whose type cannot hold this kind."""
    if field.required and not variants:
        names = " or ".join(f"`{spelling}`" for spelling in field.spellings)
        found = "only " + (", ".join(shown(column) for column in list(raw.types)[:30]) or "no column")
        mend = "export it with this column"
        return [Problem(raw.file, f"column `{field.spellings[0]}`", found, f"a column {names}", mend)]
    mend = "export the column with its own type, or as text"
    return [
        Problem(raw.file, f"column `{one.spelling}`", f"the type `{one.dtype}`", _EXPECTED[field.kind], mend)
        for one in variants
        if one.value is None
    ]


def _unfit_rows(raw: Raw, field: Field, variants: list[_Variant], frame: pl.DataFrame) -> list[Problem]:
    value, unfit = frame[field.name], frame[_flag(field)]
    if field.kind == "name":
        unfit |= value.is_null() & frame[f"{field.name} as found"].is_not_null()
    if not variants:
        return []
    column, expected = variants[0].spelling, _EXPECTED[field.kind]
    problems: list[Problem] = []
    if unfit.any():
        rows = frame[ROW].filter(unfit)
        cell = "a value that is not shown" if field.hidden else _cell(raw, variants, rows[0])
        mend = _MEND.get(field.kind, "write it as the platform exports it")
        problems.append(_at(raw, column, rows, cell, expected, mend))
    empty = value.is_null() & ~unfit
    if field.required and empty.any():
        mend = "fill it in, or remove the row"
        problems.append(_at(raw, column, frame[ROW].filter(empty), "nothing", expected, mend))
    if field.among and (other := ~value.str.to_uppercase().is_in(field.among) & value.is_not_null()).any():
        allowed = f"one of {', '.join(field.among)}"
        problems.append(
            _at(raw, column, frame[ROW].filter(other), shown(value.filter(other)[0]), allowed, "replace it")
        )
    return problems


def _cell(raw: Raw, variants: list[_Variant], row: int) -> str:
    """Give what a message may show of a cell."""
    sources = [one.source.cast(pl.String, strict=False) for one in variants if not one.dtype.is_nested()]
    if not sources:
        return "a nested value"
    found = raw.lazy.filter(pl.col(ROW) == row).select(pl.coalesce(*sources).str.slice(0, 61)).collect()
    return shown(found.item()) if found.item() is not None else "bytes that are no text"


def _at(raw: Raw, column: str, rows: pl.Series, found: str, *rest: str) -> Problem:
    more = f" (and in {len(rows) - 1} more rows)" if len(rows) > 1 else ""
    return Problem(raw.file, place(rows[0], column), f"{found}{more}", *rest)
