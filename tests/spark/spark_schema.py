"""The estate that the cases and the generator speak of: small, and full of names that clash."""

from __future__ import annotations

CATALOG, SCHEMA = "main", "s"

_POINT = "struct<a:int,b:struct<c:string,x:int>>"

TABLES: dict[str, dict[str, str]] = {
    "main.s.t": {
        "a": "int",
        "b": "int",
        "c": "string",
        "d": "date",
        "s": _POINT,
        "arr": "array<int>",
        "m": "map<string,int>",
        "items": "array<struct<a:int,x:string>>",
        "ts": "timestamp",
        "v": "double",
    },
    "main.s.u": {"a": "int", "b": "int", "x": "int", "k": "int", "t": "string", "c": "string"},
    "main.s.a": {"a": "int", "b": "string", "t": "struct<a:int,b:int,x:int>", "s": "int", "k": "int"},
    "main.s.s": {"s": "struct<a:int,t:int>", "t": "int", "id": "int", "k": "int"},
    "main.s.w": {"id": "int", "k": "int", "y": "string", "val": "int", "x": "int", "arr": "array<int>"},
    "main.s.x": {"x": "int", "y": "int", "arr": "array<int>", "a": "int"},
    "main.s.orders": {
        "id": "int",
        "customer_id": "int",
        "amount": "decimal(10,2)",
        "region": "string",
        "ts": "timestamp",
        "items": "array<struct<sku:string,qty:int,price:double>>",
        "note": "string",
        "status": "string",
    },
    "main.s.customers": {
        "id": "int",
        "name": "string",
        "email": "string",
        "region": "string",
        "tags": "array<string>",
        "props": "map<string,string>",
        "address": "struct<city:string,zip:string,geo:struct<lat:double,lon:double>>",
    },
    "main.s.events": {
        "id": "int",
        "user_id": "int",
        "kind": "string",
        "ts": "timestamp",
        "payload": "string",
        "props": "map<string,array<int>>",
        "day": "date",
    },
    "main.s.emp": {"id": "int", "name": "string", "mgr_id": "int", "dept": "string", "salary": "int"},
    "main.s.quarters": {
        "id": "int",
        "year": "int",
        "q1": "int",
        "q2": "int",
        "q3": "int",
        "q4": "int",
        "who": "string",
    },
    "main.s.kw": {
        "select": "int",
        "from": "int",
        "user": "string",
        "date": "date",
        "current_date": "int",
        "timestamp": "timestamp",
        "interval": "int",
        "all": "int",
        "count": "int",
        "order": "int",
        "left": "int",
        "value": "int",
        "key": "int",
        "row": "int",
        "current_user": "string",
        "group": "int",
        "year": "int",
        "filter": "int",
        "values": "int",
    },
    "main.s.docs": {"id": "int", "v": "variant", "a": "string", "body": "struct<v:variant,a:int>"},
    "main.s.dst": {"a": "int", "b": "int", "c": "string", "k": "int"},
    "main.s2.t": {"a": "int", "b": "int", "z": "int"},
    "main.s2.only2": {"id": "int", "p": "int", "q": "string"},
    "other.s.t": {"a": "int", "o": "int"},
    "other.far.logs": {"id": "int", "line": "string", "at": "timestamp"},
}

# A part with a dot, a space or a backtick in it, as the name itself is spelled in SQL.
QUOTED: dict[str, dict[str, str]] = {
    "main.s2.`dot.ted`": {
        "a.b": "int",
        "a": "struct<b:int>",
        "sp ace": "int",
        "we`ird": "int",
        "Über": "int",
        "plain": "int",
    },
    "main.s.`two words`": {"id": "int", "first name": "string"},
}

VIEWS: dict[str, dict[str, object]] = {
    "main.s.vw": {
        "definition": "SELECT a, b, c AS cc FROM t WHERE v > 0",
        "columns": {"a": "int", "b": "int", "cc": "string"},
    },
    "main.s.vj": {
        "definition": "SELECT u.k, w.y, w.val FROM u JOIN w ON u.k = w.k",
        "columns": {"k": "int", "y": "string", "val": "int"},
    },
}

FUNCTIONS = ["main.s.f", "main.s.g", "main.s2.f", "main.s2.only_fn", "other.s.h"]


def catalog() -> dict[str, object]:
    """The estate in the form that `Catalog.from_dict` takes."""
    views = {name: {**view, "current_namespace": f"{CATALOG}.{SCHEMA}"} for name, view in VIEWS.items()}
    return {"tables": {**TABLES, **QUOTED}, "views": views, "functions": FUNCTIONS}
