"""What SQL files say of access, and where."""

from __future__ import annotations

import pytest

RELATION = ["principal", "privilege", "securable_type", "securable", "verb"]

CASES = {
    "GRANT SELECT ON TABLE a.b.c TO `agent`": ("agent", "SELECT", "TABLE", "a.b.c", "grant", "SELECT"),
    "grant use schema on schema A.B to x": ("x", "USE_SCHEMA", "SCHEMA", "a.b", "grant", "use schema"),
    "GRANT ALL PRIVILEGES ON DATABASE a.b TO x": ("x", "ALL_PRIVILEGES", "SCHEMA", "a.b", "grant", "ALL PRIVILEGES"),
    "GRANT SELECT ON VIEW a.b.v TO x": ("x", "SELECT", "TABLE", "a.b.v", "grant", "SELECT"),
    "GRANT EXECUTE ON FUNCTION a.b.f TO x": ("x", "EXECUTE", "FUNCTION", "a.b.f", "grant", "EXECUTE"),
    "GRANT EXECUTE ON MODEL a.b.m TO x": ("x", "EXECUTE", "FUNCTION", "a.b.m", "grant", "EXECUTE"),
    "GRANT READ FILES ON EXTERNAL LOCATION loc TO x": (
        "x", "READ_FILES", "EXTERNAL_LOCATION", "loc", "grant", "READ FILES"),
    "GRANT CREATE CATALOG ON METASTORE TO x": ("x", "CREATE_CATALOG", "METASTORE", "metastore", "grant",
                                               "CREATE CATALOG"),
    "GRANT SELECT ON a.b.c TO x": ("x", "SELECT", "TABLE", "a.b.c", "grant", "SELECT"),
    "GRANT SELECT ON SHARE s TO RECIPIENT r": ("r", "SELECT", "SHARE", "s", "grant", "SELECT"),
    "GRANT SELECT ON TABLE IDENTIFIER('a.b.c') TO x": ("x", "SELECT", "TABLE", "a.b.c", "grant", "SELECT"),
    "REVOKE MODIFY ON TABLE a.b.c FROM `me@corp.com`": ("me@corp.com", "MODIFY", "TABLE", "a.b.c", "revoke", "MODIFY"),
    "ALTER TABLE a.b.c OWNER TO `agent`": ("agent", "OWNER", "TABLE", "a.b.c", "owner", "`agent`"),
    "ALTER SCHEMA a.b SET OWNER TO x": ("x", "OWNER", "SCHEMA", "a.b", "owner", "x"),
    "ALTER TABLE a.b.c ALTER COLUMN d SET MASK a.b.m": (None, None, "TABLE", "a.b.c", "mask", "a.b.m"),
    "ALTER TABLE a.b.c ALTER COLUMN d DROP MASK": (None, None, "TABLE", "a.b.c", "unmask", "DROP MASK"),
    "ALTER TABLE a.b.c SET ROW FILTER a.b.f ON (d)": (None, None, "TABLE", "a.b.c", "filter", "a.b.f"),
    "ALTER TABLE a.b.c DROP ROW FILTER": (None, None, "TABLE", "a.b.c", "unfilter", "DROP ROW FILTER"),
    "ALTER TABLE a.b.c ADD COLUMN d STRING MASK a.b.m": (None, None, "TABLE", "a.b.c", "mask", "a.b.m"),
    "CREATE TABLE a.b.c (i INT, d STRING MASK a.b.m)": (None, None, "TABLE", "a.b.c", "mask", "a.b.m"),
    "CREATE TABLE a.b.c (i DECIMAL(9, 2)) WITH ROW FILTER a.b.f ON (i)": (
        None, None, "TABLE", "a.b.c", "filter", "a.b.f"),
    "CREATE POLICY p ON SCHEMA a.b ROW FILTER a.b.f TO x FOR TABLES": ("x", None, "SCHEMA", "a.b", "policy", "x"),
    "EXECUTE IMMEDIATE 'GRANT SELECT ON TABLE a.b.c TO `x`'": ("x", "SELECT", "TABLE", "a.b.c", "grant", "SELECT"),
    "CREATE POLICY p ON SCHEMA a.b COMMENT 'to x' GRANT EXECUTE FOR MODELS TO y": (
        "y", "EXECUTE", "SCHEMA", "a.b", "policy", "y"),
    "CREATE POLICY p ON CATALOG a DENY MANAGE ACCESS CONTROL TO y": (
        "y", "MANAGE_ACCESS_CONTROL", "CATALOG", "a", "policy", "y"),
    "GRANT SELECT ON ANY FILE TO x": ("x", "SELECT", "ANY_FILE", "any file", "grant", "SELECT"),
    "GRANT SELECT (c, d) ON TABLE a.b.c TO x": ("x", "SELECT", "TABLE", "a.b.c", "grant", "SELECT"),
    "BEGIN GRANT SELECT ON TABLE a.b.c TO x": ("x", "SELECT", "TABLE", "a.b.c", "grant", "SELECT"),
    "DROP POLICY p ON CATALOG a": (None, None, "CATALOG", "a", "unpolicy", "POLICY p ON CATALOG a"),
}  # fmt: skip


@pytest.mark.parametrize("statement", CASES)
def test_a_statement_becomes_a_row_that_points_to_its_words(declare, words, statement):
    grants = declare(**{"a.sql": f"-- first\n\n   {statement};\nSELECT 1"}).grants

    *relation, pointed = CASES[statement]
    assert grants.select(RELATION).rows() == [tuple(relation)]
    assert words(grants) == [pointed]
    assert grants["line"].to_list() == [3]
    assert grants["is_resolved"].to_list() == [True]


def test_each_privilege_of_each_principal_is_a_row(declare):
    grants = declare(**{"a.sql": "GRANT SELECT, MODIFY ON TABLE a.b.c TO x, y"}).grants

    assert grants.select("principal", "privilege", "column").rows() == [
        ("x", "SELECT", 7), ("y", "SELECT", 7), ("x", "MODIFY", 15), ("y", "MODIFY", 15),
    ]  # fmt: skip


def test_those_that_a_policy_spares_are_rows_of_their_own(declare):
    text = "CREATE OR REPLACE POLICY p ON CATALOG c COLUMN MASK a.b.m TO `account users` EXCEPT bot, `q r` FOR TABLES"
    grants = declare(**{"a.sql": text}).grants

    assert grants.select("principal", "verb", "function").rows() == [
        ("account users", "policy", "a.b.m"), ("bot", "exempt", "a.b.m"), ("q r", "exempt", "a.b.m"),
    ]  # fmt: skip


def test_use_completes_the_names_after_it(declare):
    text = "GRANT SELECT ON TABLE t TO x; USE CATALOG a; USE SCHEMA b; GRANT SELECT ON TABLE t TO x"
    grants = declare(**{"a.sql": text}).grants

    assert grants.select("securable", "is_resolved").rows() == [("t", False), ("a.b.t", True)]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("${catalog}.s.t", "${catalog}.s.t"),
        ("{{ env }}_c.s.t", "{{ env }}_c.s.t"),
        ("`${var.catalog}`.s.t", "`${var.catalog}`.s.t"),
        (":c.s.t", ":c.s.t"),
        ("IDENTIFIER(:c || '.s.t')", "`identifier(:c || '.s.t')`"),
        ("{{ x }}.{% raw %}s{% endraw %}.t", "{{ x }}.s.t"),
        ("$c.s.t", "$c.s.t"),
        ("{{ ref('t') }}", "{{ ref('t') }}"),
    ],
)
def test_what_a_template_fills_in_is_kept_as_it_stands_and_said_so(declare, name, kept):
    grants = declare(**{"a.sql": f"USE CATALOG x; USE SCHEMA y; GRANT SELECT ON TABLE {name} TO z"}).grants

    assert grants.select("securable", "is_resolved", "column").rows() == [(kept, False, 36)]


def test_a_type_without_a_name_is_the_current_one(declare):
    text = "GRANT USE CATALOG ON CATALOG TO x; USE CATALOG a; GRANT USE CATALOG ON CATALOG TO x"
    grants = declare(**{"a.sql": text}).grants

    assert grants.select("securable", "is_resolved").rows() == [("catalog", False), ("a", True)]


def test_grants_within_the_control_statements_of_a_template_are_read(declare):
    text = "{% for p in ['a;b'] %}\nGRANT SELECT ON TABLE a.b.c TO `{{ p }}`;\n{% endfor %}"
    grants = declare(**{"a.sql": text}).grants

    assert grants.select("principal", "line", "is_resolved").rows() == [("{{ p }}", 2, False)]


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("\nGRANT SELECT TO x", "syntax", 2),
        ("SELECT 1;\n\nGRANT SELECT ON TABLE my-cat.s.t TO x", "syntax", 3),
        ("GRANT SELECT ON TABLE a.b.c TO x\nGRANT SELECT ON TABLE a.b.d TO x", "syntax", 1),
        ("DENY SELECT ON TABLE a.b.c TO x", "deny", 1),
        ("EXECUTE IMMEDIATE 'GRANT SELECT ON TABLE a.b.c TO ' || who", "dynamic-statement", 1),
        ("GRANT SELECT ON TABLE 'a.b.c TO x", "unclosed", 1),
        ("GRANT SELCT ON TABLE a.b.c TO x", "unknown-privilege", 1),
        ("GRANT SELECT ON TABEL a.b.c TO x", "unknown-type", 1),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(declare, text, reason, line):
    problems = declare(**{"a.sql": text}).problems

    assert [(problem.reason, problem.place.line) for problem in problems] == [(reason, line)]


@pytest.mark.parametrize(
    "text",
    [
        "-- GRANT SELECT ON TABLE a.b.c TO x",
        "/* GRANT SELECT ON TABLE a.b.c TO x; */ SELECT 1",
        "SELECT 'GRANT SELECT ON TABLE a.b.c TO x; '",
        "SHOW GRANTS ON TABLE a.b.c",
        "SELECT mask, owner FROM a.b.policy",
        "CREATE TABLE a.b.c AS SELECT mask FROM t",
        "ALTER TABLE a.b.c SET TBLPROPERTIES ('owner' = 'x')",
        'CREATE POLICY "own rows" ON public.t FOR SELECT TO authenticated USING (id = auth.uid())',
        "",
    ],
)
def test_what_only_mentions_access_says_nothing(declare, text):
    declared = declare(**{"a.sql": text})

    assert declared.grants.height == 0
    assert declared.problems == ()


def test_a_comment_within_a_statement_moves_no_place(declare, words):
    grants = declare(**{"a.sql": "GRANT /* no; /* not */\n this */ SELECT ON -- or; this\n TABLE a.b.c TO x"}).grants

    assert grants.select("line", "column").rows() == [(2, 10)]
    assert words(grants) == ["SELECT"]


def test_lines_may_end_as_windows_ends_them(declare, words):
    grants = declare(**{"a.sql": b"\xef\xbb\xbf-- a\r\nGRANT USE\r\nCATALOG ON CATALOG a TO x\r\n"}).grants

    assert grants.select("line", "column", "end_line", "end_column").rows() == [(2, 7, 3, 8)]
    assert words(grants) == ["USE\nCATALOG"]


def test_a_file_that_is_no_text_is_told(declare):
    problems = declare(**{"a.sql": b"GRANT \xff\xfe\x00 SELECT"}).problems

    assert [(problem.reason, problem.place.line) for problem in problems] == [("not-text", 1)]
