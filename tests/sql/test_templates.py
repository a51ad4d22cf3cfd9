"""Read by its template, a text uses what it uses when read by itself, whatever its literals spell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from uc_guard.sql.extract import Catalog, Extraction, extract_in, new_session
from uc_guard.sql.reading import Answer, Fact, State, Task, read
from uc_guard.sql.resolve.session import changes_between
from uc_guard.usage.fingerprint import templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.sql.resolve.session import Change

KNOWN = Catalog.from_dict(
    {
        "tables": {
            "c.s.t": {"a": "int", "b": "string", "d": "date", "x": "int"},
            "c.s.u": {"a": "int", "y": "int", "k": "string"},
            "c.s.2024_sales": {"a": "int", "m": "int"},
        },
        "views": {"c.s.v": {"columns": {"a": "int"}, "definition": "select a from c.s.t", "current_namespace": "c.s"}},
        "functions": ["c.s.f"],
    }
)
_LITERAL = re.compile(r"'(?:[^'\\]|\\.|'')*'|\b\d+\b")
SHAPES = [
    "select a, {} from t where b = {} and x in ({}, {}, {})",
    "select {}, {} from t order by 1",
    "select distinct {} from t order by a",
    "select q.a from (select a, {} from t) q",
    "select q.`5` from (select a, {} from t) q",
    "select exists (select {} from u where u.a = t.a) from t",
    "select * from IDENTIFIER({})",
    "select * from t where a = {} union all select * from u where k = {}",
    "insert into u values ({}, {}, {}), ({}, {}, {})",
    "create temp view w as select a, {} as z from t",
    "create table c.s.n as select a, {} from t",
    "select * from (select a, b from t) pivot (max(a) for b in ({}, {}))",
    "select * from read_files({})",
    "select * from table_changes({}, {})",
    "execute immediate {}",
    "select a from t version as of {}",
    "select c.s.f({}), date {} from v",
    "select a from 2024_sales where m > {}; select y from u limit {}",
    "set var n = {}",
    "delete from t where b like {}",
    "merge into t using u on t.a = u.a and u.k = {} when matched then update set b = {}",
    "copy into t from {}",
    "select a from nothing where b = {}",
    "select a from t where b = {} oops {}",
    "select interval {} day, a from t where d > date {}",
    "with r as (select {} as one, a from t) select one, a from r where one = {}",
    "select count(*) filter (where b = {}) over (partition by x) from t",
    "declare n string default {}",
    "create temp view v as select a, {} from t where b = {}",
    "create temp view v as select * from identifier({})",
    "cache table v as select {}, k from u",
    "list {}",
    "use {}",
    "select a from c.s.t where b = {}",
    "with t as (select a, {} from c.s.u) select a from t",
    "select u.a from c.s.u u where k = {}",
    "show tables in s",
    "create table d.e.f as select k from c.s.u where a = {}",
]
LITERALS = ["'c.s.t'", "'u'", "'a'", "'5'", "'it''s'", "''", "5", "17", "0", "'/Volumes/c/s/v/f'", "'select k from u'"]


def told(found: Extraction) -> tuple[object, set[object]]:
    return found.uses, {(opaque.reason, opaque.may) for opaque in found.opaque}


def by_itself(text: str) -> Extraction:
    return extract_in(KNOWN, new_session("c", "s"), text)[0]


def by_template(text: str) -> Extraction | None:
    template = templates(pl.Series([text]))[0]
    fact = None if template is None else answer(template, ("c", "s")).facts[0]
    return None if fact is None else fact.found


def answer(text: str, *at: tuple[str | None, str | None], is_template: bool = True) -> Answer:
    return read(KNOWN, Task(text, is_template, {}, tuple(State(*names, ()) for names in at)), 60.0)


def shape_with(draw: st.DrawFn) -> str:
    shape = draw(st.sampled_from(SHAPES))
    return re.sub(r"\{\}", lambda _: draw(st.sampled_from(LITERALS)), shape)


texts = st.composite(shape_with)()


@settings(max_examples=600, deadline=None)
@given(texts)
def test_a_template_says_what_its_texts_use(text: str) -> None:
    found = by_template(text)
    if found is not None:
        assert told(found) == told(by_itself(text))


@settings(max_examples=200, deadline=None)
@given(texts, st.sampled_from([("c", "s"), ("c", "z"), (None, None), ("d", "s")]))
def test_a_template_that_says_so_means_the_same_in_every_namespace(text: str, at: tuple[str, str]) -> None:
    template = templates(pl.Series([text]))[0]
    if template is not None:
        for shared in answer(template, ("x", "y")).shared:
            if not shared.asking.is_asked_in(*at):
                assert told(shared.fact.found) == told(extract_in(KNOWN, new_session(*at), text)[0])


@settings(max_examples=300, deadline=None)
@given(texts)
def test_a_template_leaves_the_session_as_its_texts_do(text: str) -> None:
    template = templates(pl.Series([text]))[0]
    fact = None if template is None else answer(template, ("c", "s")).facts[0]
    (alone,) = answer(text, ("c", "s"), is_template=False).facts
    assert alone is not None
    if fact is not None:
        assert [change[:3] for change in fact.changes] == [change[:3] for change in alone.changes]
        for change in fact.changes:
            # A temporary view keeps its query as it stands, of a template with its holes: what reads it may ask one.
            mine, own = (after(changes, f"table {change.name}") for changes in (fact.changes, alone.changes))
            assert own is not None
            assert mine is None or told(mine.found) == told(own.found)


LEFT_BEHIND = [
    "create temp view w as select a, x as z from t",
    "create temp view w as select * from u",
    "create temp view t as select a as b from c.s.u",
    "create temp view nothing as select b from t",
    "declare variable n string default 'c.s.u'",
    "declare variable a int default 5",
    "use schema z",
    "create temp function f() returns int return 1",
]

ASKING = ["select a from identifier(n)", "select * from w", "select z from nothing", "select b, f() from t", "table t"]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(texts, st.sampled_from(ASKING)), min_size=1, max_size=3),
    st.lists(
        st.tuples(st.sampled_from([("c", "s"), ("c", "z"), (None, None)]), st.sets(st.sampled_from(LEFT_BEHIND))),
        min_size=2,
        max_size=5,
    ),
)
def test_a_template_read_in_several_states_says_in_each_what_it_says_alone(
    parts: list[str], begun: list[tuple[tuple[str | None, str | None], set[str]]]
) -> None:
    template = templates(pl.Series(["; ".join(parts)]))[0]
    if template is None:
        return
    states: list[State] = []
    for at, behind in begun:
        session = start = new_session(*at)
        for text in sorted(behind):
            session = extract_in(KNOWN, session, text)[1]
        states.append(State(session.catalog, session.schema, tuple(changes_between(start, session))))
    task = Task(template, is_template=True, parameters={}, states=tuple(states))
    alone = [read(KNOWN, task._replace(states=(state,)), 60.0).facts[0] for state in states]
    assert list(read(KNOWN, task, 60.0).facts) == alone


def after(changes: tuple[Change, ...], text: str) -> Fact | None:
    return read(KNOWN, Task(text, is_template=False, parameters={}, states=(State("c", "s", changes),)), 60.0).facts[0]


def every_case() -> Iterator[str]:
    from pathlib import Path  # noqa: PLC0415

    for path in sorted(Path(__file__).parent.parent.joinpath("spark", "cases").glob("*.sql")):
        yield from (part.strip() for part in path.read_text().split(";") if part.strip())


def test_the_statements_of_the_cases_use_the_same_by_template() -> None:
    cases = list(every_case())
    read = [(text, found) for text in cases if (found := by_template(text)) is not None]
    assert len(read) > len(cases) // 2
    for text, found in read:
        assert told(found) == told(by_itself(text)), text


def test_one_action_on_one_securable_is_one_use() -> None:
    for text in every_case():
        uses = [(use.action, use.securable_type, use.name) for use in by_itself(text).uses]
        assert len({*uses}) == len(uses), text


def test_a_literal_that_names_something_is_not_folded() -> None:
    for shape in ("select * from IDENTIFIER('c.s.t')", "execute immediate 'select a from t'", "list '/Volumes/c/s/v'"):
        assert by_template(shape) is None
    assert by_template("select a, 1, 'x' from t where exists (select 1 from u)") is not None


def test_a_text_may_hold_what_marks_a_template() -> None:
    for text in (
        "create table c.s.n as select a as `\x00a` from c.s.t",
        "cache table w as select a as `\x005` from t",
        "select distinct `\x007`, nope from (select a as `\x007` from t) q order by nope",
        "select '\x00', 0, '' from t where nope = 0",
    ):
        assert ("SELECT", "c.s.t") in {(use.action, use.name) for use in by_itself(text).uses}, text


def test_a_column_called_like_a_literal_may_be_what_a_name_means() -> None:
    for shape in (
        "select q.`5` from (select 5, a from t) q",
        "select distinct 5, a from t order by `5`",
        "create table c.s.n as select 5, a from t",
    ):
        assert by_template(shape) is None, shape
