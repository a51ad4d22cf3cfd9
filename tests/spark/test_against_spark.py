"""What `extract` says of a statement, held against Spark's own analyser: contributing <= ours <= referenced."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest
from spark_cases import Case, read_cases
from spark_compare import compare, extracted
from spark_frames import FRAMES, framed, is_query
from spark_generator import Generator

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore::ResourceWarning")]

# How many random and how many framed statements: a few hundred take half a minute; more for a long hunt.
STATEMENTS = int(os.environ.get("UC_GUARD_SPARK_STATEMENTS", "200"))
FIRST_SEED = int(os.environ.get("UC_GUARD_SPARK_SEED", "0"))
# A name of two meanings may count as both, and rare syntax may be flagged: never more often than this.
MAY_SAY_TOO_MUCH = 0.005
MAY_BE_OPAQUE = 0.01


def judged(answers):
    """(place, statement, verdict) of everything that Spark accepts."""
    for case, answer in answers:
        if answer.truth is not None:
            ours = extracted(case.text, temp_views=case.temp_views, parameters=case.parameters)
            yield case.place, case.text, compare(case.text, ours, answer.truth)


def random_case(seed):
    maker = Generator(Random(seed), depth=1 + seed % 4)  # noqa: S311 - no secrets are made
    return Case(maker.statement(), f"seed {seed}", maker.views)


def framed_cases():
    random = Random(FIRST_SEED)  # noqa: S311 - no secrets are made
    queries = [case for case in read_cases() if is_query(case.text) and not case.parameters]
    return [framed(random.choice(queries), random.choice(list(FRAMES)), random) for _ in range(STATEMENTS)]


@pytest.fixture(scope="module")
def verdicts(answers):
    return list(judged(answers))


@pytest.fixture(scope="module")
def random_answers(oracle):
    return [(case, oracle.answer(case)) for case in map(random_case, range(FIRST_SEED, FIRST_SEED + STATEMENTS))]


@pytest.fixture(scope="module")
def random_verdicts(random_answers):
    return list(judged(random_answers))


@pytest.fixture(scope="module")
def framed_verdicts(oracle):
    return list(judged((case, oracle.answer(case)) for case in framed_cases()))


def silent(verdicts):
    return [(place, text, v.missed) for place, text, v in verdicts if v.silent]


def too_much(verdicts):
    return [(place, text, v.extra) for place, text, v in verdicts if v.extra]


def opaque(verdicts):
    return [(place, text, v.opaque) for place, text, v in verdicts if v.opaque]


def test_there_are_cases_for_the_whole_grammar():
    assert len(read_cases()) > 1200


def test_no_case_is_missed_in_silence(verdicts):
    assert silent(verdicts) == []


def test_hardly_any_case_is_said_to_use_more_than_it_refers_to(verdicts):
    assert len(too_much(verdicts)) <= MAY_SAY_TOO_MUCH * len(verdicts), too_much(verdicts)


def test_hardly_any_case_is_opaque(verdicts):
    assert len(opaque(verdicts)) <= MAY_BE_OPAQUE * len(verdicts), opaque(verdicts)


def test_spark_accepts_most_random_statements(random_answers):
    assert sum(answer.truth is not None for _, answer in random_answers) >= 0.85 * STATEMENTS


def test_random_statements_touch_many_tables(random_answers):
    touched = Counter(name for _, answer in random_answers if answer.truth for name in answer.truth.reads)
    assert len(touched) >= 12, touched


def test_no_random_statement_is_missed_in_silence(random_verdicts):
    assert silent(random_verdicts) == []


def test_hardly_any_random_statement_is_said_to_use_more_than_it_refers_to(random_verdicts):
    assert len(too_much(random_verdicts)) <= MAY_SAY_TOO_MUCH * len(random_verdicts), too_much(random_verdicts)


def test_hardly_any_random_statement_is_opaque(random_verdicts):
    assert len(opaque(random_verdicts)) <= MAY_BE_OPAQUE * len(random_verdicts), opaque(random_verdicts)


def test_no_query_is_missed_in_silence_inside_another_statement(framed_verdicts):
    assert len(framed_verdicts) >= 0.85 * STATEMENTS
    assert silent(framed_verdicts) == []


def test_hardly_any_framed_query_is_said_to_use_more_than_it_refers_to(framed_verdicts):
    assert len(too_much(framed_verdicts)) <= 2 * MAY_SAY_TOO_MUCH * len(framed_verdicts), too_much(framed_verdicts)


def test_hardly_any_framed_query_is_opaque(framed_verdicts):
    assert len(opaque(framed_verdicts)) <= 2 * MAY_BE_OPAQUE * len(framed_verdicts), opaque(framed_verdicts)
