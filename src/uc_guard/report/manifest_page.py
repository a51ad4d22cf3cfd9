"""The reference page of the manifest of an agent and of its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.model.lock import UNCLEAR
from uc_guard.model.privilege import spoken
from uc_guard.read.declared.manifest import AGENT, NAMESPACE, STATEMENT, USES

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMS = {1: "name", 3: "catalog.schema.name", 4: "catalog.schema.table.column"}
_HEAD = """\
# The manifest of an agent

A file `agent.toml`, or one that ends in `.agent.toml`, says who an agent is, what it may use, and the statements
that it is tested with. `uc-guard lint` holds grants against it, and `uc-guard lock` derives from it what the agent
needs at least.

<!-- not run: a manifest, not settings -->
```toml
[agent]
principal = "support-agent"
purpose = "Answers questions about tickets"
owner = "team-support@brightmart.example"
catalog = "retail"
schema = "support"

[uses]
tables = ["retail.support.tickets"]
columns = ["retail.customers.people.name"]
functions = ["retail.tools.lookup"]

[[statements]]
sql = "SELECT id, subject FROM tickets WHERE status = 'open'"

[[statements]]
file = "queries/*.sql"
```

Every unknown key, wrong value and missing file is told at once, with its line, and the run ends as bad input."""
_USES_HEAD = """\
## `[uses]`

Lists of full names. Backticks protect a part that holds a dot."""
_BOUND = """\
Tables are a bound: a statement that needs one that is not listed keeps the lock from being final. Without `tables`,
`columns` and `writes` there is no bound. What no statement shows, functions for example, is taken into the lock as
it is listed."""
_SESSIONS = """\
Statements of one text or file run in one session, so that `USE` and temporary views hold for those after it.
`catalog` and `schema` replace those of the agent."""
_LOCK = """\
## The lock

`uc-guard lock` writes `uc_guard.lock`: for each agent its privileges, sorted, each with the reason (`used`,
`co-requisite`, `usage-chain`, or `declared` in `[uses]`), the file and the statement that justify it. Full names
mean what they spell; with `--snapshot` names are looked up, and views stay views. Paths start from the folder, and
no line numbers are kept: the same declarations give the same bytes. [UCG704](rules/UCG704.md) tells what files
grant beyond it.

What was not understood is listed under `unclear`, and the lock is not final. Its reasons are those of [opaque
statements](opaque-reasons.md), and these:"""


def render_manifest_page() -> str:
    """Give the page, Markdown."""
    required = [(f"`{key}`", "yes", told) for key, told in AGENT.items()]
    free = [(f"`{key}`", "no", told) for key, told in NAMESPACE.items()]
    one = [(f"`{key}`", "one of them", told) for key, told in STATEMENT.items()]
    uses = [(f"`{key}`", f"`{_FORMS[size]}`", f"{spoken(what)} on a {kind.replace('_', ' ').lower()}")
            for key, (kind, what, size) in USES.items()]  # fmt: skip
    head = ("key", "required", "what it holds")
    parts = [
        _HEAD,
        "## `[agent]`",
        _table(head, [*required, *free]),
        _USES_HEAD,
        _table(("key", "name", "privilege"), uses),
        _BOUND,
        "## `[[statements]]`",
        _table(head, [*one, *free]),
        _SESSIONS,
        _LOCK,
        _table(("reason", "what frees it"), [(f"`{key}`", told) for key, told in UNCLEAR.items()]),
    ]
    return "\n\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
