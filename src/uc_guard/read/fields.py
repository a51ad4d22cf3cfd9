"""Raw columns as typed ones: canonical names, instants in UTC, and a problem for each column that does not fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.errors import BadInput, Problem
from uc_guard.model.name import canonical_name
from uc_guard.read.files import ROW, as_type
from uc_guard.read.kinds import LONGEST, convert, dtype_of, is_plain, is_text

if TYPE_CHECKING:
    from uc_guard.read.files import Raw

FILE = "_file"
_MEND = {
    "word": "remove the character, or shorten the name",
    "name": "write it as `catalog.schema.name`, a part with a dot in backticks",
    "instant": "write it as `2026-01-31T23:59:59Z`, or as milliseconds since 1970",
    "boolean": "write `true` or `false`",
    "integer": "write a whole number",
}
_EXPECTED = {
    "text": "text", "word": f"text without NUL, of at most {LONGEST} characters", "name": "a full name",
    "instant": "an instant", "boolean": "true or false", "integer": "a whole number", "list": "a list of text",
    "json": "JSON",
}  # fmt: skip


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
        schema = {ROW: pl.Int64(), FILE: pl.String(), **{field.name: dtype_of(field.kind) for field in fields}}
        return pl.DataFrame(schema=schema)
    spelled = {field.name: _variants(raw, field) for field in fields}
    _stop([problem for field in fields for problem in _misfits(raw, field, spelled[field.name])])
    stored = {one.spelling: one.stored.alias(one.spelling) for variants in spelled.values() for one in variants}
    held = _collected(raw, [pl.col(ROW).cast(pl.Int64), *stored.values()])
    raw = replace(raw, lazy=held.lazy())
    picks = [pl.col(ROW), pl.lit(raw.file).alias(FILE)]
    for field in fields:
        variants = [_read_as_it_is(one, held[one.spelling], field.kind) for one in spelled[field.name]]
        picks += [_first(variants, held, field.kind).alias(field.name), _unfit(field, variants).alias(_flag(field))]
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


def by_value(frame: pl.DataFrame, **spelled: pl.Expr) -> pl.DataFrame:
    """Spell columns anew, each distinct value once: in a column of words there are few.

    Args:
        frame: The columns, String.
        spelled: For each column what spells it, from its own values alone.
    """
    columns: list[pl.Series] = []
    for name, spell in spelled.items():
        old = frame[name].drop_nulls().unique()
        new = old.to_frame().select(spell.alias(name))[name]
        if not new.equals(old):
            columns.append(frame[name].replace_strict(old, new, default=None, return_dtype=pl.String))
    return frame.with_columns(columns)


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
    """A column of the file that a field is taken from.

    Attributes:
        spelling: What it is called, here and in messages.
        stored: What reads it from the file.
        dtype: Its type there.
        value: What reads it as the kind of the field; None where its type does not fit.
        is_plain: Each of its values is what the field has, too.
    """

    spelling: str
    stored: pl.Expr
    dtype: pl.DataType
    value: pl.Expr | None
    is_plain: bool = False


def _variants(raw: Raw, field: Field) -> list[_Variant]:
    found = [(spelling, _find(raw, spelling)) for spelling in field.spellings]
    return [
        _Variant(spelling, *one, convert(pl.col(spelling), one[1], field.kind))
        for spelling, one in found
        if one is not None
    ]


def _read_as_it_is(variant: _Variant, values: pl.Series, kind: str) -> _Variant:
    """Spare most columns the expression of their kind: that takes longer than to see that it changes nothing."""
    return replace(variant, value=pl.col(variant.spelling), is_plain=True) if is_plain(values, kind) else variant


def _first(variants: list[_Variant], held: pl.DataFrame, kind: str) -> pl.Expr:
    """Give the first value that is not null."""
    values: list[pl.Expr] = []
    for one in variants:
        if one.value is not None:
            values.append(one.value)
        if one.is_plain and not held[one.spelling].null_count():
            break
    return pl.coalesce(*values) if values else pl.lit(None, dtype_of(kind))


def _find(raw: Raw, spelling: str) -> tuple[pl.Expr, pl.DataType] | None:
    if spelling in raw.types:
        return pl.col(spelling), raw.types[spelling]
    base, _, key = spelling.partition(".")
    if not key or base not in raw.types:
        return None
    dtype = raw.types[base]
    if isinstance(dtype, pl.Struct):
        found = {f.name.lower(): f for f in dtype.fields}.get(key.lower())
        return (pl.col(base).struct.field(found.name), as_type(found.dtype)) if found else None
    if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct):  # a map, as Parquet stores it
        entry = pl.element().struct
        values = pl.col(base).list.eval(entry.field("value").filter(entry.field("key") == key)).list.first()
        return values, pl.String()
    if is_text(dtype):
        return pl.col(base).cast(pl.String, strict=False).str.json_path_match(f"$['{key}']"), pl.String()
    return None


def _flag(field: Field) -> str:
    return f"{field.name} does not fit"


def _unfit(field: Field, variants: list[_Variant]) -> pl.Expr:
    """Give where a cell holds something that its kind cannot be; each variant counts, not only the first that fits."""
    if field.kind in ("text", "json"):
        variants = [one for one in variants if one.dtype == pl.Binary]
    flags: list[pl.Expr] = []
    for one in variants:
        if one.value is not None and not one.is_plain:
            found = pl.col(one.spelling)
            is_lost = found.is_not_null() & one.value.is_null()
            is_empty = found.cast(pl.String, strict=False).eq_missing("") if is_text(one.dtype) else pl.lit(value=False)
            flags.append(is_lost & ~is_empty)
    return pl.any_horizontal(*flags) if flags else pl.lit(value=False)


def _collected(raw: Raw, picks: list[pl.Expr]) -> pl.DataFrame:
    try:
        return raw.lazy.select(picks).collect()
    except pl.exceptions.PolarsError as error:
        found = f"damaged data ({(str(error).splitlines() or [''])[0][:120]})"
        raise BadInput((Problem(raw.file, "", found, "a whole file", "export or copy it again"),)) from error


def _stop(problems: list[Problem]) -> None:
    if problems:
        raise BadInput(tuple(problems))


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
    sources = [pl.col(one.spelling).cast(pl.String, strict=False) for one in variants if not one.dtype.is_nested()]
    if not sources:
        return "a nested value"
    found = raw.lazy.filter(pl.col(ROW) == row).select(pl.coalesce(*sources).str.slice(0, 61)).collect()
    return shown(found.item()) if found.item() is not None else "bytes that are no text"


def _at(raw: Raw, column: str, rows: pl.Series, found: str, *rest: str) -> Problem:
    more = f" (and in {len(rows) - 1} more rows)" if len(rows) > 1 else ""
    return Problem(raw.file, place(rows[0], column), f"{found}{more}", *rest)
