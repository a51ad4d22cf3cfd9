"""Loads the helpers of this folder."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


def load(name):
    """A module of this folder, which is no package."""
    unique = f"uc_guard_tests_plan_{name}"
    if unique not in sys.modules:
        spec = importlib.util.spec_from_file_location(unique, Path(__file__).parent / f"{name}.py")
        sys.modules[unique] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[unique])
    return sys.modules[unique]


@pytest.fixture(scope="session")
def brute(reference):
    """Give the brute force of a scene."""
    return lambda scene: load("brute").Brute(reference, scene)
