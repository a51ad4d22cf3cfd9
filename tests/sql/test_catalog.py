"""What a catalogue knows, and what bodies need."""

# ruff: noqa: S608 - the statements are written here and run nowhere

from __future__ import annotations

import pytest

from uc_guard import Catalog, extract


def test_names_may_be_written_in_any_case_and_with_backticks():
    catalog = Catalog.from_dict({"tables": {"Main.`Sales.EU`.Orders": {"ID": "int"}}, "functions": ["MAIN.S.F"]})
    found = extract("SELECT id FROM main.`sales.eu`.ORDERS", catalog)
    assert [(use.name, use.columns) for use in found.uses] == [("main.`sales.eu`.orders", ("id",))]
    assert catalog.functions == {"main.s.f"}


def test_every_key_may_be_missing():
    assert extract("SELECT 1", Catalog.from_dict({})).opaque == ()


def test_the_body_of_a_view_is_its_owners_need(catalog, written):
    assert written(catalog.dependencies("main.s.vw")) == ["t(a,b,c)"]


def test_the_body_of_a_function_is_its_owners_need(catalog, written):
    assert written(catalog.dependencies("main.s.tf")) == ["u(d,e)"]


def test_an_expression_as_a_body_reads_nothing(catalog, written):
    assert written(catalog.dependencies("main.s.f")) == []


@pytest.mark.parametrize("name", ["main.x.g", "main.s.nosuch"])
def test_a_body_that_is_not_known_is_opaque(catalog, written, name):
    assert written(catalog.dependencies(name)) == ["?no-text"]


def test_a_body_that_cannot_be_read_is_opaque():
    catalog = Catalog.from_dict({"functions": {"m.s.f": {"definition": "import os", "current_namespace": "m.s"}}})
    assert catalog.dependencies("m.s.f").opaque[0].reason == "syntax"


def test_a_view_whose_columns_are_not_listed_has_those_of_its_definition():
    catalog = Catalog.from_dict(
        {
            "tables": {"m.s.t": {"a": "int", "b": "int"}},
            "views": {"m.s.v": {"definition": "SELECT a, b AS c FROM t", "current_namespace": "m.s"}},
        }
    )
    (use,) = extract("SELECT * FROM m.s.v", catalog).uses
    assert (use.securable_type, use.columns) == ("VIEW", ("a", "c"))


def test_a_view_of_which_nothing_is_known_has_unknown_columns():
    (use,) = extract("SELECT a FROM m.s.v", Catalog.from_dict({"views": {"m.s.v": {}}})).uses
    assert use.columns is None


def test_views_that_read_each_other_end():
    views = {name: {"definition": f"SELECT * FROM m.s.{other}"} for name, other in (("m.s.a", "b"), ("m.s.b", "a"))}
    assert extract("SELECT x FROM m.s.a", Catalog.from_dict({"views": views})).uses[0].columns is None


def test_without_a_namespace_a_short_name_may_be_any_that_ends_so(catalog):
    found = extract("SELECT a FROM t", catalog)
    assert found.uses == ()
    assert found.opaque[0].may == ("main.s.t", "main.x.t", "other.s.t")


def test_definitions_and_grants_are_uses_too(catalog):
    text = (
        "CREATE TABLE n (a INT); ALTER TABLE t ADD COLUMN z INT; DROP VIEW vw; "
        "GRANT SELECT ON SCHEMA main.s TO x; DESC u"
    )
    found = extract(text, catalog, current_catalog="main", current_schema="s")
    assert {(use.action, use.securable_type, use.name) for use in found.uses} == {
        ("CREATE", "TABLE", "main.s.n"),
        ("ALTER", "TABLE", "main.s.t"),
        ("DROP", "VIEW", "main.s.vw"),
        ("MANAGE", "SCHEMA", "main.s"),
        ("METADATA", "TABLE", "main.s.u"),
    }
