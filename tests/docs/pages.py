"""Runs the shell and Python blocks of a page of the documentation, and compares what it shows with what comes out."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import zip_longest
from pathlib import Path

from typer.testing import CliRunner

from uc_guard.cli import app

RUN = {"sh", "python", "toml"}
SHOWN = {"text", "sql", "json"}
NOT_RUN = re.compile(r"<!-- not run: [^>]+ -->\s*\Z")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANSWERS = {0, 1}  # 1 says that there is something to remove


@dataclass(frozen=True)
class Block:
    """One block that runs, and what the page shows of its output; None where it shows nothing."""

    kind: str
    code: str
    shown: str | None
    line: int


def blocks(page: Path) -> list[Block]:
    """Give the blocks of a page that run; one after `<!-- not run: why -->` does not."""
    text = page.read_text(encoding="utf-8")
    found = list(BLOCK.finditer(text))
    given = []
    for this, after in zip_longest(found, found[1:]):
        if this[1] in RUN and not NOT_RUN.search(text[: this.start()]):
            follows = after is not None and after[1] in SHOWN and not text[this.end() : after.start()].strip()
            given.append(Block(this[1], this[2], after[2] if follows else None, text.count("\n", 0, this.start()) + 1))
    return given


def run_page(page: Path, home: Path) -> list[str]:
    """Run the blocks of a page in a folder; give what is not as the page says."""
    names: dict[str, object] = {"__name__": "page"}
    wrong = []
    with contextlib.chdir(home):
        for block in blocks(page):
            output = RUNNERS[block.kind](block.code, names)
            if block.shown is not None and not fits(block.shown, output):
                wrong.append(f"{page.name}, line {block.line}: shown\n{block.shown}\ncame out\n{output}")
    return wrong


def run_python(code: str, names: dict[str, object]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "page", "exec"), names)  # noqa: S102 - the project's own pages
    return out.getvalue()


def keep_settings(code: str, _names: dict[str, object]) -> str:
    Path("uc_guard.toml").write_text(code, encoding="utf-8")
    return ""


def run_shell(code: str, _names: dict[str, object]) -> str:
    """Run commands; a plain `uc-guard ...` in this process, which spares it the imports."""
    lines = [line for line in code.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    return "".join(run_line(line.removeprefix("pip install . && ")) for line in lines)


RUNNERS = {"python": run_python, "toml": keep_settings, "sh": run_shell}


def run_line(line: str) -> str:
    if line.startswith("pip install"):
        return ""
    words = _words(line)
    if words and words[0] == "uc-guard":
        result = CliRunner().invoke(app, words[1:])
        assert result.exit_code in ANSWERS, f"{line}: {result.exit_code}\n{result.output}"
        return result.stdout
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [shutil.which("bash") or "bash", "-c", line]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False)  # noqa: S603 - as above
    assert done.returncode in ANSWERS, f"{line}: {done.returncode}\n{done.stderr}"
    return done.stdout


def _words(line: str) -> list[str]:
    """Give the words of a plain command; none where a shell has to read it."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(lexer)
    return [] if any(set(word) <= set("();<>|&") for word in words) else words


def fits(shown: str, output: str) -> bool:
    """Tell whether an output is what is shown; `...` stands for any text in a line, alone for any lines."""
    want, have = ([line.rstrip() for line in text.strip("\n").splitlines()] for text in (shown, output))
    reached = {0}  # how many lines of the output may be used up by what was shown so far
    for line in want:
        if line.strip() == "...":
            reached = set(range(min(reached), len(have) + 1)) if reached else set()
        else:
            reached = {at + 1 for at in reached if at < len(have) and _same(line, have[at])}
    return len(have) in reached


def _same(want: str, have: str) -> bool:
    pattern = want.replace("[", "[[]").replace("*", "[*]").replace("?", "[?]").replace("...", "*")
    return fnmatchcase(have, pattern)
