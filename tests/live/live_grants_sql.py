"""GRANT, REVOKE and SHOW GRANTS as the warehouse runs them: parsed here, done to the world."""

from __future__ import annotations

import re

import live_rights
import pyarrow as pa
from live_refusal import Refusal, unknown

from uc_guard.model.privilege import SECURABLE_TYPES, normalize_type

_TOKEN = re.compile(r"\s*(?:(`(?:[^`]|``)*`)|([\w$-]+)|([.,;()*=<>+/'\"@:?-]))")
_VERBS = {"GRANT": "TO", "REVOKE": "FROM"}
_EMPTY = pa.table({})


class SqlError(Exception):
    """An error as a statement gives it: a class in brackets, a text, a state."""


def parse_error(near):
    """What the parser says where it understands nothing."""
    return SqlError(f"[PARSE_SYNTAX_ERROR] Syntax error at or near '{near}'. SQLSTATE: 42601")


def run(world, sql, principal):
    """Run a statement about grants; None where it is none."""
    words = _words(sql)
    verb = words[0][0].upper() if words else ""
    shows = verb == "SHOW" and len(words) > 1 and words[1][0].upper() == "GRANTS"
    if verb not in _VERBS and not shows:
        return None
    try:
        with world.lock:
            return _show(world, words[2:], principal) if shows else _change(world, verb, words[1:], principal)
    except Refusal as refusal:
        raise SqlError(f"{refusal.code}: {refusal.message}") from None


def _words(sql):
    """The words of a statement as (text, whether it was quoted)."""
    words, at = [], 0
    text = sql.strip().removesuffix(";").rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise parse_error(text[at : at + 10])
        quoted, plain, sign = found.groups()
        words.append((quoted[1:-1].replace("``", "`"), True) if quoted else (plain or sign, False))
        at = found.end()
    return words


def _plain(word, *texts):
    return not word[1] and word[0].upper() in texts


def _cut(words, *texts):
    """Cut at the first plain word of these."""
    for place, word in enumerate(words):
        if _plain(word, *texts):
            return words[:place], words[place + 1 :]
    raise parse_error("end of input")


def _change(world, verb, words, principal):
    listed, rest = _cut(words, "ON")
    where, who = _cut(rest, _VERBS[verb])
    recipient = len(who) == 2 and _plain(who[0], "RECIPIENT")
    if len(who) != 1 + recipient or any(quoted for _, quoted in listed):
        raise parse_error(" ".join(text for text, _ in (who or listed)))
    privileges = [" ".join(one.split()) for one in " ".join(text for text, _ in listed).split(",")]
    if not all(privileges):
        raise parse_error(",")
    grantee = f"recipient {who[-1][0]}" if recipient else who[0][0]
    add, remove = (privileges, ()) if verb == "GRANT" else ((), privileges)
    world.change(principal, _securable(world, where), [(grantee, add, remove)])
    return _EMPTY


def _securable(world, words):
    """The securable that words name: its type, unless it is a table, then its name."""
    kind = []
    while words and not words[0][1] and (len(words) == 1 or words[1][0] != "."):
        kind.append(words[0][0])
        words = words[1:]
        if normalize_type(" ".join(kind)) in SECURABLE_TYPES and (not words or not _plain(words[0], "CREDENTIAL")):
            break
    securable_type = normalize_type(" ".join(kind)) if kind else "TABLE"
    parts, signs = words[::2], words[1::2]
    wrong = any(sign != (".", False) for sign in signs) or len(words) % 2 == (securable_type != "METASTORE") - 1
    if securable_type not in SECURABLE_TYPES or wrong or (not parts) != (securable_type == "METASTORE"):
        raise parse_error(" ".join(text for text, _ in words) or securable_type)
    if not parts:
        return world.place("METASTORE")
    name = ".".join(f"`{text.replace('`', '``')}`" for text, _ in parts)
    try:
        return world.place(securable_type, name)
    except ValueError:
        raise unknown(securable_type, name) from None


def _show(world, words, principal):
    who, where = _cut(words, "ON")
    at = _securable(world, where)
    wanted = {None, who[0][0]} if who else None
    rows = live_rights.listing(world, principal, at, inherited=True)
    shown = [
        {"Principal": world.shown(grantee), "ActionType": privilege.replace("_", " "), "ObjectType": kind,
         "ObjectKey": name}
        for grantee, privilege, (kind, name) in rows if wanted is None or grantee in wanted
    ]  # fmt: skip
    schema = pa.schema([(name, pa.string()) for name in ("Principal", "ActionType", "ObjectType", "ObjectKey")])
    return pa.Table.from_pylist(shown, schema)
