"""What an agent tries, as the logs of the platform tell it: done, or refused with the first missing privilege."""

from __future__ import annotations

from live_refusal import denied
from live_rights import above
from live_tables import event, statement

from uc_guard.model.privilege import PRIVILEGES, spoken

_TEXTS = {
    "SELECT": "SELECT * FROM {}",
    "MODIFY": "DELETE FROM {} WHERE id = 0",
    "REFRESH": "REFRESH MATERIALIZED VIEW {}",
    "EXECUTE": "SELECT {}(1)",
    "CREATE_TABLE": "CREATE TABLE {}.made (id BIGINT)",
    "CREATE_FUNCTION": "CREATE FUNCTION {}.made() RETURNS INT RETURN 1",
    "CREATE_SCHEMA": "CREATE SCHEMA {}.made",
    "READ_VOLUME": "LIST '/Volumes/{path}'",
    "WRITE_VOLUME": "PUT 'made.csv' INTO '/Volumes/{path}/made.csv'",
    "MANAGE": "GRANT SELECT ON {type} {} TO `account users`",
}
_CREDENTIALS = {
    ("SELECT", "TABLE"): ("generateTemporaryTableCredential", "table_full_name", "READ"),
    ("MODIFY", "TABLE"): ("generateTemporaryTableCredential", "table_full_name", "READ_WRITE"),
    ("READ_VOLUME", "VOLUME"): ("generateTemporaryVolumeCredential", "volume_full_name", "READ_VOLUME"),
    ("WRITE_VOLUME", "VOLUME"): ("generateTemporaryVolumeCredential", "volume_full_name", "WRITE_VOLUME"),
}


def attempt(world, principal, privilege, securable_type, name, at, *, text=None):
    """Let a principal try something at a time; gives whether it was allowed.

    A row comes to query.history, FINISHED or FAILED, and one to access.audit.
    """
    place = world.place(securable_type, name)
    missing = first_missing(world, principal, privilege, place)
    said = insufficient(*missing) if missing else None
    told = text or text_of(privilege, *place)
    number = world.system["query.history"].num_rows
    row = statement(number, principal, told, at, status="FAILED" if said else "FINISHED", error=said)
    world.append("query.history", [row])
    world.append("access.audit", [_event(world, principal, privilege, place, at, missing)])
    return missing is None


def text_of(privilege, securable_type, name):
    """A statement that needs a privilege; whichever has none of its own asks for the grants."""
    form = _TEXTS.get(privilege, "SHOW GRANTS ON {type} {}")
    return form.format(name, type=spoken(securable_type), path=name.replace(".", "/"))


def first_missing(world, principal, privilege, at):
    """The first privilege that is missing, from the catalog down, as (privilege, securable); None where none is."""
    known = PRIVILEGES.get(privilege)
    way = [(f"USE_{kind}", (kind, name)) for kind, name in reversed(above(at)) if kind in {"CATALOG", "SCHEMA"}]
    wanted = [*(way if known is None or known.usage else ()), *((v, at) for v in (known.with_it if known else ()))]
    wanted = [one for one in wanted if one != (privilege, at)]
    return next(((v, s) for v, s in [*wanted, (privilege, at)] if not world.can(principal, v, s)), None)


def insufficient(privilege, at):
    """The platform's text for a privilege that is missing."""
    told = denied(spoken(privilege), *at).message
    return f"[INSUFFICIENT_PERMISSIONS] Insufficient privileges: {told} SQLSTATE: 42501"


def _event(world, principal, privilege, at, when, missing):
    default = (f"get{at[0].capitalize()}", "full_name_arg", None)
    action, key, operation = _CREDENTIALS.get((privilege, at[0]), default)
    params = {key: at[1], **({"operation": operation} if operation else {})}
    error = f"PERMISSION_DENIED: {denied(spoken(missing[0]), *missing[1]).message}" if missing else None
    code = 403 if missing else 200
    number = world.system["access.audit"].num_rows
    return event(number, principal, action, params, when, status_code=code, error=error)
