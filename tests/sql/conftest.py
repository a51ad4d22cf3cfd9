"""The estate that the statements of these tests are written over, and the short notation of what they use."""

from __future__ import annotations

import pytest

from uc_guard import Catalog, extract

ESTATE = {
    "tables": {
        "main.s.t": {
            "a": "int",
            "b": "string",
            "c": "double",
            "arr": "array<int>",
            "st": "struct<x:int,y:string>",
            "m": "map<string,int>",
            "ts": "timestamp",
            "items": "array<struct<sku:string,qty:int>>",
            "j": "string",
        },
        "main.s.u": {"a": "int", "d": "string", "e": "int"},
        "main.s.emp": {"id": "int", "name": "string", "mgr": "int", "sal": "double"},
        "main.x.t": {"k": "int", "v": "string"},
        "other.s.t": {"q": "int"},
        "main.s.dst": {"a": "int", "b": "string"},
    },
    "views": {
        "main.s.vw": {
            "definition": "select a, b from t where c > 1",
            "columns": {"a": "int", "b": "string"},
            "current_namespace": "main.s",
        }
    },
    "functions": {
        "main.s.f": {"definition": "x + 1", "parameters": ["x"]},
        "main.s.tf": {"definition": "RETURN SELECT d FROM u WHERE e = x", "parameters": ["x"]},
        "main.x.g": {},
    },
    "volumes": ["main.raw.land"],
    "procedures": ["main.s.p"],
}
PREFIX = {
    "SELECT": "",
    "MODIFY": "!",
    "EXECUTE": "f:",
    "READ_VOLUME": "rv:",
    "WRITE_VOLUME": "wv:",
    "READ_FILES": "rf:",
    "WRITE_FILES": "wf:",
    "USE_CONNECTION": "conn:",
}


def notation(extraction):
    """Write the data access of an extraction in the notation of the cases."""
    words = []
    for use in extraction.uses:
        if use.action in PREFIX:
            columns = f"({','.join(use.columns)})" if use.action == "SELECT" and use.columns is not None else ""
            words.append(PREFIX[use.action] + use.name.removeprefix("main.s.") + columns)
    return sorted(words) + sorted({f"?{opaque.reason}" for opaque in extraction.opaque})


@pytest.fixture(scope="session")
def catalog():
    """The estate as a catalogue."""
    return Catalog.from_dict(ESTATE)


@pytest.fixture(scope="session")
def used(catalog):
    """What a statement uses, in the notation of the cases, run in main.s."""

    def use(text, **given):
        given = {"current_catalog": "main", "current_schema": "s", **given}
        return notation(extract(text, catalog, **given))

    return use


@pytest.fixture(scope="session")
def written():
    """The function that writes an extraction in the notation of the cases."""
    return notation
