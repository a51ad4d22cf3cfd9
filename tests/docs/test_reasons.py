"""Every reason code that the code can give stands in the one table, with a meaning."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import uc_guard
from uc_guard.model.reasons import BROKEN, HELD, NEEDED, OPAQUE

SOURCE = Path(uc_guard.__file__).parent
KEBAB = re.compile(r"[a-z]+(?:-[a-z]+)+")
GIVES_OPAQUE = {"note", "fail", "Opaque", "Misread", "Unknown"}


def trees(*parts):
    files = [f for part in parts for f in ([SOURCE / part] if part.endswith(".py") else (SOURCE / part).rglob("*.py"))]
    return [ast.parse(file.read_text(encoding="utf-8")) for file in files]


def texts(tree):
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def codes_given(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0] if node.args else None
            if name in GIVES_OPAQUE and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_every_code_of_the_extraction_is_explained():
    given = {code for tree in trees("sql") for code in codes_given(tree)} | {
        "syntax",
        "body-unknown",
        "event-without-name",
    }
    assert given >= {"no-text", "unknown-table", "dynamic-name"}, "the search no longer finds them"
    assert given == set(OPAQUE)


def test_the_reason_that_a_failure_has_when_it_names_none_is_explained():
    defaults = [
        default.value
        for tree in trees("sql")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "fail"
        for default in node.args.defaults
    ]
    assert defaults == ["syntax"]


def test_every_code_of_the_plan_and_of_the_needs_is_explained():
    known = {*HELD, *NEEDED, *OPAQUE}
    found = {
        text for tree in trees("plan", "access", "usage", "bodies.py") for text in texts(tree) if KEBAB.fullmatch(text)
    }
    assert found - known == set()


def test_no_code_is_explained_that_nothing_gives():
    written = {text for tree in trees("plan", "access", "usage", "bodies.py") for text in texts(tree)}
    assert {*HELD, *NEEDED} - written == set()


def test_every_code_of_the_verifier_is_explained():
    given = {
        constant.value
        for tree in trees("plan")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Broken"
        for constant in ast.walk(node.args[0])
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    }
    assert given == set(BROKEN)


def test_every_explanation_is_a_sentence_and_says_what_frees_it():
    for reason in (*OPAQUE.values(), *HELD.values()):
        assert reason.meaning.endswith(".")
        assert reason.frees.endswith(".")
