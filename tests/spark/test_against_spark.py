"""What `extract` says of a statement, held against Spark's own analyser."""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
from spark_cases import read_cases
from spark_compare import compare, extracted
from spark_generator import Generator
from spark_session import Refused

if TYPE_CHECKING:
    from spark_compare import Verdict
    from spark_truth import Truth

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore::ResourceWarning")]

# How many random statements: a few hundred take half a minute; set the variable for a long hunt.
STATEMENTS = int(os.environ.get("UC_GUARD_SPARK_STATEMENTS", "400"))
FIRST_SEED = int(os.environ.get("UC_GUARD_SPARK_SEED", "0"))
MAY_BE_OPAQUE = 0.01

CASES = read_cases()


@pytest.fixture(scope="module")
def verdicts(oracle) -> dict[str, tuple[str, Truth, Verdict]]:
    """Every hand-written case: its text, the truth and how `extract` stands to it."""
    found = {}
    for case in CASES:
        truth = oracle.ask(case.text, temp_views=case.temp_views, parameters=case.parameters)
        ours = extracted(case.text, temp_views=case.temp_views, parameters=case.parameters)
        found[case.place] = (case.text, truth, compare(case.text, ours, truth))
    return found


@pytest.fixture(scope="module")
def random_verdicts(oracle) -> dict[int, tuple[str, Truth, Verdict]]:
    """Random statements that Spark accepts, by seed."""
    found = {}
    for seed in range(FIRST_SEED, FIRST_SEED + STATEMENTS):
        text = Generator(Random(seed), depth=1 + seed % 4).statement()
        try:
            truth = oracle.ask(text)
        except Refused:
            continue
        found[seed] = (text, truth, compare(text, extracted(text), truth))
    return found


def test_there_are_cases_for_the_whole_grammar():
    assert len(CASES) > 600


def test_no_case_is_missed_in_silence(verdicts):
    assert [(place, v.missed, text) for place, (text, _, v) in verdicts.items() if v.silent] == []


def test_no_case_is_missed_even_where_a_flag_is_raised(verdicts):
    assert [(place, v.missed, text) for place, (text, _, v) in verdicts.items() if v.missed] == []


def test_no_case_is_said_to_use_what_it_does_not(verdicts):
    assert [(place, v.extra, text) for place, (text, _, v) in verdicts.items() if v.extra] == []


def test_hardly_any_case_is_opaque(verdicts):
    opaque = [(place, v.opaque, text) for place, (text, _, v) in verdicts.items() if v.opaque]
    assert len(opaque) <= MAY_BE_OPAQUE * len(verdicts), opaque


def test_spark_accepts_most_random_statements(random_verdicts):
    assert len(random_verdicts) >= 0.8 * STATEMENTS


def test_random_statements_nest_and_touch_every_table_of_the_pool(random_verdicts):
    touched = Counter(name for _, truth, _ in random_verdicts.values() for name in truth.reads)
    assert len(touched) >= 12, touched


def test_no_random_statement_is_missed_in_silence(random_verdicts):
    assert [(seed, v.missed, text) for seed, (text, _, v) in random_verdicts.items() if v.silent] == []


def test_no_random_statement_is_said_to_use_what_it_does_not(random_verdicts):
    assert [(seed, v.extra, text) for seed, (text, _, v) in random_verdicts.items() if v.extra] == []


def test_hardly_any_random_statement_is_opaque(random_verdicts):
    opaque = [(seed, v.opaque, text) for seed, (text, _, v) in random_verdicts.items() if v.opaque]
    assert len(opaque) <= MAY_BE_OPAQUE * len(random_verdicts), opaque
