"""A night in a message for people, and the webhook that takes it."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from uc_guard.errors import BadConfig, Problem
from uc_guard.report.wording import count

if TYPE_CHECKING:
    from uc_guard.nightly.night import Night

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TIMEOUT_S = 20
_MOST = 10


def compose(found: Night) -> str:
    """Give the message of a night: what was taken, what was given back, what needs a look, how to undo it."""
    lines = [f"uc-guard on {found.host}: {_did(found)}"]
    moved = [agent for agent in found.agents if agent.before != agent.after]
    lines += [f"{a.name}: privilege creep index {a.before:.0f} to {a.after:.0f}" for a in moved[:_MOST]]
    lines += [f"given back: {each}" for each in found.restored]
    counts = (
        (found.refused, "step refused", "steps refused"),
        (found.left, "step left", "steps left"),
        (found.spared, "statement left out to be safe", "statements left out to be safe"),
    )
    lines += [count(number, one, more) for number, one, more in counts if number]
    lines += [f"could not be read: {each}" for each in found.incomplete[:_MOST]]
    if found.stopped:
        lines.append(f"stopped: {found.stopped.splitlines()[0]}")
    if found.journal and found.executed:
        lines.append(f"undo: uc-guard rollback {found.journal} --execute")
    return "\n".join(lines)


def _did(found: Night) -> str:
    if found.executed:
        return f"{count(found.revoked, 'row')} revoked, {count(found.granted, 'row')} granted"
    if found.planned:
        return f"{count(found.planned, 'row')} could go; nothing was changed"
    return "nothing to remove"


def check_webhook(url: str) -> None:
    """Refuse an address that would carry names in the clear.

    Raises:
        BadConfig: where it is no https address.
    """
    where = urlsplit(url)
    if where.scheme != "https" and not (where.scheme == "http" and where.hostname in _LOOPBACK):
        found = f"an address with `{where.scheme}`"  # SAFETY: the path of a webhook is its secret
        raise BadConfig((Problem("--webhook", "", found, "an address with https", "write https://"),))


def post(url: str, text: str) -> str:
    """Send a message as Slack and most others take it; gives why it was not taken, empty where it was."""
    # SAFETY: `<!channel>` and the like call people, and names may hold them.
    tame = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked before
        url,
        data=msgspec.json.encode({"text": tame}),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310 - as above
            return ""
    except urllib.error.HTTPError as error:
        return f"the webhook answered {error.code}"
    except (OSError, ValueError) as error:
        return f"the webhook cannot be reached ({type(error).__name__})"
