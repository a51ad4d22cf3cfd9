"""The script and the notebook beside the example run as they stand."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_script_tells_each_agent_and_what_goes(capsys):
    runpy.run_path(str(EXAMPLES / "retail_audit.py"))
    *agents, effect, verdict = capsys.readouterr().out.splitlines()
    assert len(agents) == 6
    assert agents[0].startswith("support-bot: holds ")
    assert "statements take the excess from" in effect
    assert verdict == "verified: nothing that was used is lost"


def test_the_notebook_is_kept_without_outputs():
    notebook = json.loads((EXAMPLES / "retail.ipynb").read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 6
    assert [(cell["outputs"], cell["execution_count"]) for cell in cells] == [([], None)] * len(cells)


@pytest.mark.browser  # with the other tests that need what notebooks need
def test_the_notebook_runs_from_its_folder_and_shows_the_audit():
    reason = "the group `browser` has what runs notebooks"
    pytest.importorskip("ipykernel", reason=reason)
    nbformat = pytest.importorskip("nbformat", reason=reason)
    nbclient = pytest.importorskip("nbclient", reason=reason)
    notebook = nbformat.read(EXAMPLES / "retail.ipynb", as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(EXAMPLES)}})
    client.execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in shown if output.output_type == "error"] == []
    first = next(output for output in shown if output.output_type == "execute_result")
    assert "5 of 6 agents hold more than needed" in first.data["text/html"]
