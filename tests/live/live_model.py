"""The slow and obvious model of access, which says who may what in the fake workspace."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def _load():
    name = "uc_guard_tests_reference_model"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "reference_model.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


reference = _load()
