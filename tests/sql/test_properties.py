"""What must hold for any text, and for any way of writing the same statement."""

# ruff: noqa: S608 - the statements are written here and run nowhere

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uc_guard.sql.extract import extract, extract_in, extract_session, new_session

QUERIES = [
    "SELECT a, b FROM t WHERE c > 1",
    "SELECT x.d, y.a FROM u x JOIN t y ON x.a = y.a AND y.c > x.e",
    "SELECT b, count(*) FROM t GROUP BY b HAVING max(c) > 1 ORDER BY b",
    "SELECT * FROM u WHERE a IN (SELECT id FROM emp WHERE emp.sal > u.e)",
    "SELECT d FROM u UNION ALL SELECT name FROM emp",
    "SELECT f(a), transform(arr, v -> v + c) FROM t",
    "SELECT id, sum(sal) OVER (PARTITION BY mgr ORDER BY name) FROM emp",
    "SELECT q.k, a FROM t LATERAL VIEW explode(m) q AS k, v",
]
STATEMENTS = [
    *QUERIES,
    "USE SCHEMA x",
    "USE main.s",
    "SET CATALOG other",
    "CREATE TEMP VIEW seen AS SELECT a FROM t",
    "SELECT * FROM seen",
    "DROP VIEW seen",
    "DECLARE n INT DEFAULT (SELECT max(e) FROM u)",
    "DECLARE q STRING DEFAULT 'SELECT d FROM u'",
    "EXECUTE IMMEDIATE q",
    "SET VAR q = 'SELECT a FROM t'",
    "CREATE TABLE made AS SELECT d FROM u",
    "SELECT d FROM made",
    "INSERT INTO dst SELECT a, b FROM t",
]
WORDS = (
    "SELECT FROM WHERE ( ) , . a b t u f * ' \" ` ; GROUP BY ORDER JOIN ON USING WITH AS INSERT INTO VALUES UPDATE SET "
    "DELETE MERGE CREATE TABLE VIEW BEGIN END IF THEN IDENTIFIER EXECUTE IMMEDIATE 'x' 1 + - :p ? [ ] { } |> -> => :: "
    "CASE WHEN LATERAL PIVOT UNPIVOT IN FOR EXCEPT UNION ALTER DROP SHOW DESCRIBE GRANT TO /* */ -- STREAM INTERVAL "
    "OVER WINDOW LOOP DECLARE CALL COPY OPTIMIZE USE $$ \\ @ # \x00 \x02 ß 表"
)
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(st.text(max_size=80))
@relaxed
def test_no_text_raises(catalog, text):
    extract(text, catalog, current_catalog="main", current_schema="s")


@given(st.lists(st.sampled_from(WORDS.split(" ")), max_size=25))
@settings(relaxed, max_examples=400)
def test_no_salad_of_words_raises(catalog, words):
    extract(" ".join(words), catalog, current_catalog="main", current_schema="s")


@given(st.sampled_from(QUERIES), st.data())
@relaxed
def test_spacing_comments_and_case_change_nothing(used, query, data):
    gaps = st.sampled_from([" ", "\n", "\t  ", " /* from u */ ", " -- ;\n", "/**/ "])
    cases = st.sampled_from([str.upper, str.lower, str.title, str])
    pieces = [
        data.draw(cases)(piece) if piece.strip() else data.draw(gaps) for piece in re.split(r"(\s+)", query) if piece
    ]
    assert used("".join(pieces)) == used(query)


@given(st.sampled_from(["p", "t", "emp", "`a b`", "select_", "order_", "ünïcode", "2nd"]))
@relaxed
def test_the_name_of_an_alias_changes_nothing(used, alias):
    query = "SELECT {0}.d, sum({0}.e) FROM u {0} WHERE {0}.a > 1 GROUP BY {0}.d"
    assert used(query.format(alias)) == used(query.format("u"))


@given(st.sampled_from(QUERIES), st.integers(1, 12))
@relaxed
def test_wrapping_a_query_changes_nothing(used, query, depth):
    nested = query
    for level in range(depth):
        nested = f"WITH w{level} AS ({nested}) SELECT * FROM w{level}" if level % 2 else f"SELECT * FROM ({nested}) w"
    assert used(nested) == used(query)


@given(st.sampled_from(QUERIES))
@relaxed
def test_a_temporary_view_is_looked_through(catalog, written, query):
    given_ = {"current_catalog": "main", "current_schema": "s"}
    through = extract("SELECT 1 FROM seen", catalog, temp_views={"seen": {"definition": query}}, **given_)
    assert written(through) == written(extract(query, catalog, **given_))


@given(st.lists(st.sampled_from(STATEMENTS), max_size=12))
@relaxed
def test_a_session_is_its_statements_one_after_the_other(catalog, statements):
    at_once = extract_session(statements, catalog, current_catalog="main", current_schema="s")
    session, one_by_one = new_session("main", "s"), []
    for statement in statements:
        extraction, session = extract_in(catalog, session, statement)
        one_by_one.append(extraction)
    assert at_once == one_by_one


@given(st.lists(st.sampled_from(QUERIES), min_size=1, max_size=5))
@relaxed
def test_one_text_uses_what_its_statements_use(used, statements):
    apart = {word for statement in statements for word in used(statement) if "(" not in word}
    together = used(";\n".join(statements) + ";")
    assert apart <= set(together)
    for statement in statements:
        for word in used(statement):
            name = word.partition("(")[0]
            whole = next(other for other in together if other.partition("(")[0] == name)
            assert set(word[len(name) + 1 : -1].split(",")) <= set(whole[len(name) + 1 : -1].split(","))
