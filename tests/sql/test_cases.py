"""Every stanza of the cases: a statement, and what it uses."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "cases"


def stanzas():
    for file in sorted(FOLDER.glob("*.sql")):
        for number, block in enumerate(file.read_text(encoding="utf-8").split("\n\n")):
            lines = block.strip().split("\n")
            while lines and lines[0].startswith("--"):
                lines.pop(0)
            if lines and lines[-1].startswith("=>"):
                yield pytest.param("\n".join(lines[:-1]), lines[-1][2:].split(), id=f"{file.stem}-{number}")


@pytest.mark.parametrize(("statement", "expected"), list(stanzas()))
def test_a_statement_uses_what_its_stanza_says(used, statement, expected):
    wanted = sorted(word for word in expected if word[0] != "?") + sorted(word for word in expected if word[0] == "?")
    assert used(statement, parameters={"p": "t", "n": "main.s.u"}) == wanted


def test_no_stanza_is_lost():
    arrows = sum(
        line.startswith("=>") for file in FOLDER.glob("*.sql") for line in file.read_text(encoding="utf-8").split("\n")
    )
    assert len(list(stanzas())) == arrows
