"""A file of any format as a raw table: columns in lower case, every row with its number, or the reason why not."""

from __future__ import annotations

import csv
import gzip
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import msgspec
import polars as pl

from uc_guard.errors import BadInput, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ROW = "_row"
"""Column that holds the number of the row in its file, from 1; the header of a CSV file is not counted."""

FORMATS = {
    ".parquet": "parquet", ".csv": "csv", ".tsv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json",
}  # fmt: skip
_ESCAPED = re.compile(rb'\\"[^",;\t\r\n]')
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_PAGE_WORDS = ("has_next_page", "next_page_token", "totalresults", "startindex")
_CELL_LIMIT = 2**31 - 1
_LISTS = ("resources", "res", "policies", "bindings", "workspace_bindings", "value", "data", "rows")


@dataclass(frozen=True, slots=True)
class Raw:
    """One file, as it stands.

    Attributes:
        file: Its name, as messages give it.
        lazy: Its columns, names in lower case, with `ROW`.
        types: Type of each column, `ROW` left out. CSV and JSON files hold text only.
        more: Whether it is a page of a listing that says that more pages follow; None where it is no page.
    """

    file: str
    lazy: pl.LazyFrame
    types: dict[str, pl.DataType]
    more: bool | None = None


def is_data(path: Path) -> bool:
    """Tell whether the name of a file is that of a format that can be read, and not that of one to be passed over."""
    return _format(path) is not None and not is_passed_over(path)


def is_passed_over(path: Path) -> bool:
    """Tell whether a file among part files is none of them: hidden, a mark of who wrote them, a checksum, a note."""
    return path.name.startswith((".", "_")) or path.suffix.lower() in {".crc", ".md", ".txt"}


def part_files(home: Path) -> list[Path]:
    """Give the part files in a folder, sorted; an empty one, which a writer leaves for a part without rows, if alone.

    Raises:
        BadInput: with each file among them that cannot be read.
    """
    files = sorted(one for one in home.rglob("*") if one.is_file())
    _stop_at_what_is_not_read(home, [one for one in files if not is_data(one) and not is_passed_over(one)])
    parts = [one for one in files if is_data(one)]
    return [one for one in parts if one.stat().st_size] or parts


def _stop_at_what_is_not_read(home: Path, files: list[Path]) -> None:
    expected = "Parquet, CSV or JSON"
    mend = "convert it, finish its download, or remove it"
    problems = [
        Problem(one.relative_to(home.parent).as_posix(), "", "a format that is not read", expected, mend)
        for one in files
        if not any(part.startswith((".", "_")) for part in one.relative_to(home).parts)
    ]
    if problems:
        raise BadInput(tuple(problems))


def stem(path: Path) -> str:
    """Give the name of a file without its endings, in lower case."""
    name = path.name.lower().removesuffix(".gz")
    return next((name.removesuffix(ending) for ending in FORMATS if name.endswith(ending)), name)


def open_file(path: Path, file: str, rows: tuple[int, int] | None = None) -> Raw:
    """Open a file.

    Args:
        path: Where it is.
        file: What messages call it.
        rows: The first row, from 0, and the number of rows, of a part of it; None = all.

    Raises:
        BadInput: when it is empty, damaged, not UTF-8, or has two columns of one name.
    """
    openers: dict[str, Callable[[Path, str], tuple[pl.LazyFrame, bool | None]]] = {
        "parquet": _open_parquet, "csv": _open_csv, "json": _open_json,
    }  # fmt: skip
    if path.stat().st_size == 0:
        raise bad(file, "", "an empty file", "at least a header or a schema", "export it again, or remove the file")
    lazy, more = openers[_format(path) or "csv"](path, file)
    if rows is not None:
        lazy = lazy.slice(*rows)  # before anything else, so that a Parquet file skips what lies outside
    lazy = lazy.with_row_index(ROW, offset=1 + (rows or (0, 0))[0])
    names = lazy.collect_schema()
    folded: dict[str, str] = {}
    for name in names:
        if name.strip().lower() in folded:
            raise bad(
                file,
                f"column `{name}`",
                f"two columns of this name (`{folded[name.strip().lower()]}`)",
                "one",
                "remove one of them",
            )
        folded[name.strip().lower()] = name
    lazy = lazy.select(_plain(names, name).alias(low) for low, name in folded.items())
    if _format(path) == "csv":
        lazy = lazy.filter(~pl.all_horizontal(pl.exclude(ROW).is_null()))  # blank lines
    types = {low: plain_type(names[name]) for low, name in folded.items() if low != ROW}
    # A writer that partitions by a column puts its values into the names of folders, and into no file.
    above = {name: value for name, value in _partitions(file).items() if name not in types}
    lazy = lazy.with_columns(pl.lit(value, pl.String).alias(name) for name, value in above.items())
    return Raw(file, lazy, types | dict.fromkeys(above, pl.String()), more)


def _partitions(file: str) -> dict[str, str | None]:
    """Give the columns that the folders of a file name, `executed_as=bot`, with their values."""
    pairs = [folder.split("=", 1) for folder in file.split("/")[:-1] if "=" in folder]
    return {name.lower(): None if value == _NO_VALUE else unquote(value) for name, value in pairs}


def open_frame(frame: pl.DataFrame, file: str) -> Raw:
    """Take a frame as a file.

    Args:
        frame: Columns under their native names.
        file: What messages call it.
    """
    lazy = frame.lazy().select(_plain(frame.schema, name) for name in frame.columns)
    lazy = lazy.with_row_index(ROW, offset=1).rename(str.lower)
    return Raw(file, lazy, {name.lower(): plain_type(dtype) for name, dtype in frame.schema.items()})


def as_type(dtype: object) -> pl.DataType:
    """Give the type itself where polars gives its class."""
    return cast("pl.DataType", dtype() if isinstance(dtype, type) else dtype)


def plain_type(dtype: object) -> pl.DataType:
    """Give a type with lists of key and value in the place of maps, at any depth: one road for both ways."""
    kind = as_type(dtype)
    if isinstance(kind, pl.Map):
        return pl.List(pl.Struct({"key": plain_type(kind.key), "value": plain_type(kind.value)}))
    if isinstance(kind, pl.List):
        return pl.List(plain_type(kind.inner))
    if isinstance(kind, pl.Struct):
        return pl.Struct({field.name: plain_type(field.dtype) for field in kind.fields})
    return kind


def _plain(types: Mapping[str, pl.DataType], name: str) -> pl.Expr:
    plain = plain_type(types[name])
    return pl.col(name) if plain == types[name] else pl.col(name).cast(plain)


def bad(file: str, place: str, found: str, expected: str, mend: str) -> BadInput:
    """Give the error for one problem."""
    return BadInput((Problem(file, place, found, expected, mend),))


def _format(path: Path) -> str | None:
    name = path.name.lower().removesuffix(".gz")
    return next((kind for ending, kind in FORMATS.items() if name.endswith(ending)), None)


def _bytes(path: Path, file: str) -> bytes:
    if not path.name.lower().endswith(".gz"):
        return path.read_bytes()
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        raise bad(file, "", f"a damaged gzip file ({error})", "a whole one", "export or copy it again") from error


def _open_parquet(path: Path, file: str) -> tuple[pl.LazyFrame, bool | None]:
    lazy = pl.scan_parquet(path, glob=False)
    try:
        lazy.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise bad(
            file, "", f"a damaged Parquet file ({_reason(error)})", "a whole one", "export or copy it again"
        ) from error
    return lazy, None


def _open_csv(path: Path, file: str) -> tuple[pl.LazyFrame, bool | None]:
    data = _bytes(path, file).removeprefix(b"\xef\xbb\xbf")
    _check_text(data, file)
    first = data.split(b"\n", 1)[0]
    separator = max((",", ";", "\t"), key=lambda mark: first.count(mark.encode()))
    header = io.TextIOWrapper(io.BytesIO(data[:1_000_000]), encoding="utf-8", errors="replace", newline="")
    _check_header(next(csv.reader(header, delimiter=separator), list[str]()), file)
    if escaped := _ESCAPED.search(data):
        line = data.count(b"\n", 0, escaped.start()) + 1
        found = "a quote after a backslash inside a value, as Spark writes it"
        mend = 'write it with `.option("escape", \'"\')`, or as Parquet'
        raise bad(file, f"line {line}", found, 'a quote inside a value doubled: `""`', mend)
    try:
        # UC: a CSV download writes null as `null`; a name `null` is then reported as missing, not taken for a value.
        frame = pl.read_csv(io.BytesIO(data), separator=separator, infer_schema=False, null_values=["null", "NULL"])
    except pl.exceptions.PolarsError as error:
        found = f"text that is no CSV ({type(error).__name__})"
        told = Problem(file, "", found, "rows of one width, quotes closed", "export it again")
        raise BadInput((_ragged(data, separator, file) or told,)) from error
    last = frame.to_series(frame.width - 1)
    if frame.width > 1 and last.has_nulls() and (short := _ragged(data, separator, file)):
        raise BadInput((short,))
    return frame.lazy(), None


def _check_header(header: list[str], file: str) -> None:
    seen: set[str] = set()
    for name in header:
        if name.strip().lower() in seen:
            raise bad(file, f"column `{name}`", "two columns of this name", "one", "remove one of them")
        seen.add(name.strip().lower())


def _check_text(data: bytes, file: str) -> None:
    if not data.strip():
        raise bad(file, "", "an empty file", "at least a header", "export it again, or remove the file")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{data[error.start]:02x}, which is not UTF-8"
        raise bad(file, f"line {line}", found, "UTF-8 text", "save the file as UTF-8") from None


def _ragged(data: bytes, separator: str, file: str) -> Problem | None:
    """Find the first row that is shorter or longer than the header: polars fills a short one with nulls in silence."""
    limit = csv.field_size_limit(_CELL_LIMIT)
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    rows = csv.reader(text, delimiter=separator, strict=True)
    try:
        width = len(next(rows, list[str]()))
        for number, row in enumerate(rows, 1):
            if row and len(row) != width:
                found = f"{len(row)} cells"
                mend = "export it again: rows are cut, or cells not quoted"
                return Problem(file, f"row {number}", found, f"{width} cells, as in the header", mend)
    except csv.Error as error:
        mend = "export it again: the file may be cut"
        return Problem(file, f"line {rows.line_num}", f"text that is no CSV ({error})", "closed quotes", mend)
    finally:
        csv.field_size_limit(limit)
    return None


def _open_json(path: Path, file: str) -> tuple[pl.LazyFrame, bool | None]:
    data = _bytes(path, file).removeprefix(b"\xef\xbb\xbf")
    _check_text(data, file)
    lines, more = _lines(data, file)
    if not lines.strip():
        return pl.LazyFrame(), more
    try:
        keys = pl.scan_ndjson(io.BytesIO(lines), infer_schema_length=None).collect_schema().names()
        # Each value as text, nested ones as JSON: one road for all formats, and no type is guessed from the first rows.
        frame = pl.read_ndjson(io.BytesIO(lines), schema=dict.fromkeys(keys, pl.String()))
    except pl.exceptions.PolarsError as error:
        found = f"text that is no JSON ({type(error).__name__})"
        told = Problem(file, "", found, "one JSON object a line", "export it again")
        raise BadInput((_bad_line(lines, file) or told,)) from error
    if not keys:
        raise bad(file, "", "objects without keys", "one key for each column", "export it again")
    return frame.lazy(), more


def _lines(data: bytes, file: str) -> tuple[bytes, bool | None]:
    """Give JSON lines for JSON lines, for an array of objects, and for a page of a REST answer; and `Raw.more`."""
    start = data.lstrip()[:1]
    if start == b"{":
        first = data.lstrip().split(b"\n", 1)[0]
        if _decodes(first):
            whole = data.strip() == first.strip()
            return _page(first) if whole else (data, None)
        try:
            return _page(data)
        except msgspec.DecodeError:
            return data, None  # JSON lines with a damaged first line, told later
    if start != b"[":
        raise bad(
            file,
            "line 1",
            "text that is no JSON",
            "an array of objects, or one object a line",
            "export it again as JSON",
        )
    try:
        return _joined(msgspec.json.decode(data, type=list[msgspec.Raw])), None
    except msgspec.DecodeError as error:
        raise bad(
            file,
            "",
            f"JSON that does not end well ({error})",
            "an array of objects",
            "export it again: the file may be cut",
        ) from error


def _page(data: bytes) -> tuple[bytes, bool | None]:
    page = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    for name, value in page.items():
        if name.lower() in _LISTS and bytes(value).lstrip()[:1] == b"[":
            rows = msgspec.json.decode(value, type=list[msgspec.Raw])
            return _joined(rows), _says_more(page, len(rows))
    return data.replace(b"\r", b" ").replace(b"\n", b" "), None


def _says_more(page: Mapping[str, msgspec.Raw], rows: int) -> bool:
    """Tell whether a page of a listing says that more pages follow."""
    told = {name.lower(): msgspec.json.decode(value) for name, value in page.items() if name.lower() in _PAGE_WORDS}
    total = told.get("totalresults")
    seen = (told.get("startindex") or 1) - 1 + rows
    follows = told.get("has_next_page", bool(told.get("next_page_token")))
    return bool(follows) or (isinstance(total, int) and seen < total)


def _joined(rows: list[Any]) -> bytes:
    return b"\n".join(re.sub(rb"[\r\n]", b" ", bytes(row)) for row in rows)


def _decodes(line: bytes) -> bool:
    try:
        msgspec.json.decode(line)
    except msgspec.DecodeError:
        return False
    return True


def _bad_line(lines: bytes, file: str) -> Problem | None:
    for number, line in enumerate(lines.splitlines(), 1):
        if line.strip() and not (line.lstrip().startswith(b"{") and _decodes(line)):
            return Problem(
                file,
                f"row {number}",
                "text that is no JSON object",
                "one JSON object a line",
                "export it again: the row is cut or not JSON",
            )
    return None


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:120]
