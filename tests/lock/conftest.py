"""Fixtures for locks."""

from __future__ import annotations

import pytest

from uc_guard.read.declared import read_declared

HEAD = '[agent]\nprincipal = "bot"\npurpose = "p"\nowner = "o"\n'


@pytest.fixture
def declare(tmp_path):
    """Write files, the first of them the manifest of `bot`, and read what they declare."""

    def run(manifest="", **files):
        for name, text in {"agent.toml": HEAD + manifest, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return read_declared([tmp_path])

    return run


@pytest.fixture
def statements():
    """Give the part of a manifest that declares some statements, each in a session of its own."""

    def of(*texts):
        return "".join(f"[[statements]]\nsql = '''{text}'''\n" for text in texts)

    return of
