"""plan.json: a plan written and read; equal plans give equal bytes, and every problem of a document is told at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints

import msgspec

from uc_guard.disk import write_whole
from uc_guard.errors import BadInput, Problem
from uc_guard.model.plan import FORMAT, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEND = "plan again; a plan is not made to be edited"
_SHOWN = 60


def encode_plan(plan: Plan) -> bytes:
    """Give the document of a plan: JSON in UTF-8, keys in the order of the classes, `format` first."""
    fields = msgspec.to_builtins(plan)
    document = {"format": fields.pop("format"), **fields}
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def decode_plan(document: bytes, source: str = "plan") -> Plan:
    """Read the document of a plan.

    Args:
        document: What `encode_plan` gave.
        source: Where it comes from, for messages.

    Raises:
        BadInput: with every problem found: what is missing, unknown or of the wrong type; or a newer format.
    """
    try:
        raw: Any = msgspec.json.decode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput((Problem(source, "", f"no JSON: {error}", "the JSON of a plan", _MEND),)) from error
    problems = list(_check_shape(raw, source)) or list(_check(raw, Plan, source, ""))
    if problems:
        raise BadInput(tuple(problems))
    return msgspec.convert(raw, Plan, strict=True)


def write_plan(plan: Plan, path: Path | str) -> None:
    """Write a plan that its verifier accepted. Nothing half-written is ever seen under the name."""
    write_whole(Path(path), encode_plan(plan))


def read_plan(path: Path | str) -> Plan:
    """Read the plan that a file holds.

    Raises:
        BadInput: as `decode_plan`, and when there is no such file.
    """
    try:
        document = Path(path).read_bytes()
    except OSError as error:
        told = f"{type(error).__name__}: {error.strerror}"
        raise BadInput((Problem(str(path), "", told, "a file to read", "give the name of a plan.json"),)) from error
    return decode_plan(document, str(path))


def _check_shape(raw: Any, source: str) -> Iterator[Problem]:  # noqa: ANN401 - JSON of any kind
    if not isinstance(raw, dict):
        yield Problem(source, "", _shown(raw), "a JSON object", _MEND)
        return
    version: Any = cast("dict[str, Any]", raw).get("format")
    if not isinstance(version, int) or isinstance(version, bool):
        yield Problem(source, "format", _shown(version), f"a whole number up to {FORMAT}", _MEND)
    elif version > FORMAT:
        yield Problem(
            source, "format", f"`{version}`", f"at most `{FORMAT}`", "upgrade uc-guard: it is a newer document"
        )


def _check(raw: Any, expected: Any, source: str, place: str) -> Iterator[Problem]:  # noqa: ANN401 - JSON, and a type
    """Give every problem of a value, the place of each told as a path."""
    if dataclasses.is_dataclass(expected) and isinstance(raw, dict):
        yield from _check_fields(cast("dict[str, Any]", raw), expected, source, place)
    elif isinstance(raw, list) and (inner := _items_of(expected)) is not None:
        for number, item in enumerate(msgspec.convert(raw, list[Any])):
            yield from _check(item, inner, source, f"{place}[{number}]")
    elif raw is not None and (inner := _optional(expected)) is not None:
        yield from _check(raw, inner, source, place)
    else:
        try:
            msgspec.convert(raw, expected, strict=True)
        except msgspec.ValidationError as error:
            yield Problem(source, place, _shown(raw), str(error), _MEND)


def _check_fields(raw: dict[str, Any], expected: Any, source: str, place: str) -> Iterator[Problem]:  # noqa: ANN401 - a type
    hints = get_type_hints(expected)
    dot = f"{place}." if place else ""
    for name in sorted(raw.keys() - hints.keys()):
        yield Problem(source, f"{dot}{name[:_SHOWN]}", "an unknown key", f"one of {', '.join(hints)}", _MEND)
    for field in dataclasses.fields(expected):
        if field.name in raw:
            yield from _check(raw[field.name], hints[field.name], source, f"{dot}{field.name}")
        elif field.default is dataclasses.MISSING:
            yield Problem(source, f"{dot}{field.name}", "no such key", "a value", _MEND)


def _items_of(expected: Any) -> Any:  # noqa: ANN401 - a type
    inner = get_args(expected)
    return inner[0] if len(inner) == 2 and inner[1] is Ellipsis else None


def _optional(expected: Any) -> Any:  # noqa: ANN401 - a type
    inner = [each for each in get_args(expected) if each is not type(None)]
    return inner[0] if len(inner) == 1 and len(get_args(expected)) == 2 else None


def _shown(raw: Any) -> str:  # noqa: ANN401 - JSON of any kind
    text = msgspec.json.encode(raw).decode("utf-8", "replace")
    return f"`{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}`"
