"""What happens in a night as lines for machines, in the shape of OpenTelemetry's log data model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TextIO

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_NUMBERS = {"INFO": 9, "WARN": 13, "ERROR": 17}
_HEADS = {"INFO": "", "WARN": "warning: ", "ERROR": "error: "}


class Log(Protocol):
    """Takes what happens."""

    def __call__(self, event: str, body: str, severity: str = "INFO", **attributes: object) -> None:
        """Take one event.

        Args:
            event: Its name, stable: `capture.finished` ...
            body: A sentence for people. Never text of a statement, never a secret.
            severity: INFO, WARN or ERROR.
            attributes: Values for machines.
        """
        ...


def silent(event: str, body: str, severity: str = "INFO", **attributes: object) -> None:
    """Take an event, and tell nobody."""
    del event, body, severity, attributes


def json_log(out: TextIO, now: Callable[[], datetime], version: str, host: str) -> Log:
    """Give a log that writes a line of JSON for each event."""
    resource = {"service.name": "uc-guard", "service.version": version, "databricks.host": host}

    def log(event: str, body: str, severity: str = "INFO", **attributes: object) -> None:
        line = {
            "Timestamp": now().isoformat(),
            "SeverityText": severity,
            "SeverityNumber": _NUMBERS[severity],
            "Body": body,
            "Attributes": {"event.name": event, **{f"uc_guard.{key}": value for key, value in attributes.items()}},
            "Resource": resource,
        }
        out.write(msgspec.json.encode(line).decode() + "\n")
        out.flush()

    return log


def text_log(out: TextIO) -> Log:
    """Give a log that writes a line for people for each event."""

    def log(event: str, body: str, severity: str = "INFO", **attributes: object) -> None:
        del event, attributes
        flat = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in body)
        out.write(f"{_HEADS[severity]}{flat}\n")
        out.flush()

    return log
