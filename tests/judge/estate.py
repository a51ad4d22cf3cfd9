"""A workspace from lines: what there is, who is granted what, and what the log says.

CATALOG c | SCHEMA c.s | TABLE c.s.t (id, email) | VIEW c.s.v (id) AS SELECT ... | FUNCTION c.s.f AS ... | VOLUME c.s.v
    ... each with an owner where it ends in `OWNED BY ann`; what a name stands in is there without a line
USER ann | AGENT bot | AGENT bot INACTIVE | GROUP staff: ann, bot | MADE bot 3 days ago
GRANT SELECT ON TABLE c.s.t TO bot [5 days ago]
MASK c.s.t.email WITH c.s.f | FILTER c.s.t WITH c.s.f | TAG c.s.t.email pii | TAG c.s.t pii
POLICY name MASK|FILTER c.s.f ON SCHEMA c.s TAGGED pii TO everyone [EXCEPT bot]
POLICY name GRANT SELECT ON SCHEMA c.s TO bot
LINEAGE c.s.t.email -> c.s.copy.email | LINEAGE c.s.t -> c.s.copy
bot: SELECT id FROM c.s.t          one statement; `bot 40 days ago: ...`, `bot by ann: ...`, `bot through Genie: ...`
EVENT bot generateTemporaryVolumeCredential VOLUME c.s.v READ
bot denied USE SCHEMA on Schema 'c.s': SELECT ...
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from uc_guard import tables
from uc_guard.model.name import split_name
from uc_guard.model.privilege import normalize_privilege, normalize_type
from uc_guard.snapshot import Snapshot

UNTIL = datetime(2026, 10, 1, tzinfo=UTC)
CONTRACTS = {contract.name: contract for contract in tables.SNAPSHOT}
ALWAYS = ("statements", "objects", "columns", "grants", "members", "principals", "table_lineage", "tags")
THING = re.compile(
    r"(CATALOG|SCHEMA|TABLE|VIEW|MATERIALIZED VIEW|FUNCTION|VOLUME|EXTERNAL LOCATION|METASTORE) (\S+)"
    r"(?: \(([^)]*)\))?(?: AS (.+?))?(?: OWNED BY (\S+))?$"
)
GRANT = re.compile(r"GRANT (.+) ON (\w+(?: LOCATION)?)(?: (\S+))? TO (.+?)(?: (\d+) days ago)?$")
SAID = re.compile(
    r"(?P<who>\S+?)(?: by (?P<by>\S+?))?(?: through (?P<client>\S+?))?(?: (?P<days>\d+) days ago)?"
    r"(?: denied (?P<denied>.+? on \w+ '[^']+'))?: (?P<text>.+)$"
)
POLICY = re.compile(
    r"POLICY (\S+) (MASK|FILTER|GRANT) (.+?) ON (\w+) (\S+)(?: TAGGED (\S+))? TO (.+?)(?: EXCEPT (.+))?$"
)


class _Estate:
    def __init__(self, days):
        self.days = days
        self.rows = {name: [] for name in CONTRACTS}
        self.things = {}

    def thing(self, kind, name, owner=None, **more):
        parts = split_name(name)
        if kind in {"TABLE", "VIEW", "MATERIALIZED VIEW", "FUNCTION", "VOLUME", "SCHEMA"}:
            for depth, container in ((1, "CATALOG"), (2, "SCHEMA")):
                if depth < len(parts):
                    self.things.setdefault((container, ".".join(parts[:depth])), {"kind": container, "owner": "root"})
        used = normalize_type(kind)
        self.things[used, name] = {"kind": kind.replace(" ", "_"), "owner": owner or "root", **more}

    def line(self, text):
        word = text.split()[0]
        reader = getattr(self, f"_{word.lower()}", None) if word.isupper() else None
        if found := THING.match(text):
            self._thing(*found.groups())
        elif reader:
            reader(text)
        elif found := SAID.match(text):
            self._statement(**found.groupdict())
        else:
            raise ValueError(f"a line that means nothing: {text}")

    def _thing(self, kind, name, columns, body, owner):
        more = {"location": f"s3://{name}"} if kind == "EXTERNAL LOCATION" else {}
        self.thing(kind, name, owner, **more)
        for position, column in enumerate(c.strip() for c in (columns or "").split(",") if c.strip()):
            row = {"table": name, "column": column, "type": "string", "position": position}
            self.rows["columns"].append(row)
        if body and "VIEW" in kind:
            self.rows["views"].append({"view": name, "definition": body})
        elif body:
            self.rows["routines"].append(
                {"routine": name, "kind": "FUNCTION", "language": "SQL", "definition": body, "rights": "DEFINER"}
            )

    def _who(self, name, kind, *, active=True, made=None):
        row = {"principal": name, "kind": kind, "active": active, "created_at": made}
        self.rows["principals"].append(row)

    def _user(self, text):
        self._who(text.split()[1], "USER", active="INACTIVE" not in text)

    def _agent(self, text):
        self._who(text.split()[1], "SERVICE_PRINCIPAL", active="INACTIVE" not in text)

    def _made(self, text):
        _, name, days, *_ = text.split()
        for row in self.rows["principals"]:
            if row["principal"] == name:
                row["created_at"] = UNTIL - timedelta(days=int(days))

    def _group(self, text):
        name, _, members = text.removeprefix("GROUP ").partition(":")
        self._who(name.strip(), "GROUP")
        for member in (m.strip() for m in members.split(",") if m.strip()):
            self.rows["members"].append({"group": name.strip(), "member": member})

    def _grant(self, text):
        privileges, kind, name, grantee, days = GRANT.match(text).groups()
        at = UNTIL - timedelta(days=int(days or 300))
        for privilege in privileges.split(","):
            row = {"grantee": grantee, "privilege": normalize_privilege(privilege), "granted_at": at}
            place = {"securable_type": normalize_type(kind), "securable": name or "m"}
            self.rows["grants"].append({**row, **place})

    def _mask(self, text):
        column, function = re.match(r"MASK (\S+) WITH (\S+)$", text).groups()
        table, _, name = column.rpartition(".")
        self.rows["column_masks"].append({"table": table, "column": name, "function": function, "columns": []})

    def _filter(self, text):
        table, function = re.match(r"FILTER (\S+) WITH (\S+)$", text).groups()
        self.rows["row_filters"].append({"table": table, "function": function, "columns": []})

    def _tag(self, text):
        _, name, tag = text.split()
        table, column = (name.rpartition(".")[0], name.rpartition(".")[2]) if name.count(".") == 3 else (name, None)
        tag, _, value = tag.partition("=")
        row = {"securable_type": "TABLE", "securable": table, "column": column, "tag": tag, "value": value or None}
        self.rows["tags"].append(row)

    def _policy(self, text):
        name, kind, what, at_type, at, tag, to, spared = POLICY.match(text).groups()
        types = {"MASK": "COLUMN_MASK", "FILTER": "ROW_FILTER", "GRANT": "GRANT"}
        match = [{"alias": "c", "condition": f"has_tag('{tag}')"}] if tag else []
        self.rows["policies"].append(
            {
                "policy": name, "policy_type": types[kind], "securable_type": at_type, "securable": at,
                "function": None if kind == "GRANT" else what, "to": [to.replace("everyone", "account users")],
                "except": [spared] if spared else [], "for_type": "TABLE", "match": json.dumps(match),
                "on_column": "c" if kind == "MASK" else None, "privileges": [what] if kind == "GRANT" else [],
            }
        )  # fmt: skip

    def _lineage(self, text):
        source, target = re.match(r"LINEAGE (\S+) -> (\S+)$", text).groups()
        columns = source.count(".") == 3
        row = {"principal": "root", "direct": True, "at": UNTIL - timedelta(days=9)}
        pair = [(source.rpartition(".")[0], target.rpartition(".")[0])] if columns else [(source, target)]
        for one, other in pair:
            places = {"source": one, "source_type": "TABLE", "target": other, "target_type": "TABLE"}
            named = {"source_column": source.rpartition(".")[2], "target_column": target.rpartition(".")[2]}
            frame = "column_lineage" if columns else "table_lineage"
            self.rows[frame].append({**row, **places, **(named if columns else {})})

    def _event(self, text):
        _, who, action, kind, name, operation = text.split()
        row = {"event_id": f"e{len(self.rows['access_events'])}", "principal": who, "action": action}
        place = {"securable_type": kind, "securable": name, "operation": operation, "denied": False}
        self.rows["access_events"].append({**row, **place, "at": UNTIL - timedelta(days=2)})

    def _statement(self, who, by, client, days, denied, text):
        number = len(self.rows["statements"]) + 1
        error = f"[INSUFFICIENT_PERMISSIONS] User does not have {denied}." if denied else None
        self.rows["statements"].append(
            {
                "statement_id": f"s{number}", "principal": who, "submitter": by or who, "session_id": f"x{number}",
                "text": text, "status": "FAILED" if denied else "FINISHED", "error": error, "client": client,
                "compute": "WAREHOUSE", "parameters_truncated": False,
                "started_at": UNTIL - timedelta(days=int(days or 1), seconds=-number),
            }
        )  # fmt: skip

    def snapshot(self, absent):
        self.rows["objects"] = [
            {"securable_type": kind, "securable": name, **row} for (kind, name), row in self.things.items()
        ]
        names = [n for n in CONTRACTS if n not in absent and (self.rows[n] or n in ALWAYS)]
        frames = {name: CONTRACTS[name].frame(self.rows[name]) for name in names}
        return Snapshot.from_frames(frames, since=UNTIL - timedelta(days=self.days), until=UNTIL, metastore="m")


def estate(lines, *, days=60, absent=(), incomplete=()):
    """Build the snapshot of a workspace; the log covers so many days up to 1 October 2026."""
    made = _Estate(days)
    for line in lines:
        made.line(line.strip())
    whole = made.snapshot(absent)
    sources = [replace(source, complete=source.name not in incomplete) for source in whole.manifest.sources]
    return replace(whole, manifest=replace(whole.manifest, sources=tuple(sources)))
