"""One Spark for all tests of this folder, started when the first test asks for it."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pytest

# The modules beside this file have names of their own (`spark_...`), so that no other folder's are hidden.
sys.path.insert(0, str(Path(__file__).parent))

from spark_cases import read_cases
from spark_session import Oracle, missing


@pytest.fixture(scope="session")
def oracle():
    """Spark's analyser with the estate in it; skips, and says why, where Spark cannot run."""
    if reason := missing():
        pytest.skip(reason)
    with warnings.catch_warnings():
        # pyspark's own: it opens sockets and temporary files that it leaves to the interpreter's end
        warnings.simplefilter("ignore")
        started = Oracle.start()
    yield started
    started.spark.stop()


@pytest.fixture(scope="session")
def answers(oracle):
    """Every hand-written case with Spark's answer."""
    return [(case, oracle.answer(case)) for case in read_cases()]
