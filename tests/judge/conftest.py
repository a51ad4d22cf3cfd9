"""Small workspaces, written a line a thing, and what a lint finds in them."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TODAY = date(2026, 10, 1)


def load(name):
    spec = importlib.util.spec_from_file_location(f"uc_guard_tests_judge_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def today():
    return TODAY


@pytest.fixture(scope="session")
def estate():
    """Give a function that makes a snapshot from lines."""
    return load("estate").estate
