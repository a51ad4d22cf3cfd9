"""Reads what the files of a repository declare; every file is read by the one reader that knows its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from uc_guard.errors import BadInput
from uc_guard.model.finding import Place
from uc_guard.model.lock import FILE as LOCK
from uc_guard.model.lock import Lock
from uc_guard.read.declared.folder import candidates
from uc_guard.read.declared.found import Found, frame_of
from uc_guard.read.declared.opened import open_source
from uc_guard.read.declared.source import whole
from uc_guard.read.declared.statements import MENTIONS, RELEVANT, read_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import polars as pl

    from uc_guard.model.declared import Agent, Stated, Statement, Unread
    from uc_guard.read.declared.folder import Candidate
    from uc_guard.read.declared.source import Source

    Reader = Callable[[Source, Found], None]

_USES = re.compile(r"\bDatabricks\w+\s*\(")  # resources of agents, where Python names them

_HEADS = ("// Databricks notebook source", "# Databricks notebook source")


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """What a repository declares.

    Attributes:
        grants: What its files say of access, by contract DECLARATIONS, in the order of files and places.
        agents: The agents of its manifests.
        statements: The statements that these agents are declared to run.
        problems: What could not be read or understood, in the same order.
        files: Number of files that were read.
        lock: What the locks allow; None where there is none.
    """

    grants: pl.DataFrame
    agents: tuple[Agent, ...]
    statements: tuple[Statement, ...]
    problems: tuple[Unread, ...]
    files: int
    lock: Lock | None = None


def read_declared(paths: Sequence[Path], *, with_locks: bool = True) -> Declared:
    """Read what the files under some paths declare.

    Args:
        paths: Files and folders. A file that is named is read whatever git says of it.
        with_locks: Read locks too.

    Raises:
        BadInput: with every path that does not exist; or with everything that does not fit in manifests and locks.
    """
    found = Found()
    files = [one for one in candidates(paths) if with_locks or one.file.name != LOCK]
    for one in files:
        _read_file(one, found)
    if found.wrong:
        raise BadInput(tuple(found.wrong))
    return Declared(
        frame_of(_with_agents(found)),
        tuple(found.agents),
        tuple(found.statements),
        tuple(found.unread),
        len(files),
        Lock(tuple(found.locked)) if found.locked else None,
    )


def _with_agents(found: Found) -> list[Stated]:
    """Let the resources of MLflow be those of the agent whose manifest stands beside them, or nearest above."""
    homes = {agent.place.path.rpartition("/")[0]: agent.principal for agent in found.agents}

    def whose(path: str) -> str | None:
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            if folder in homes:
                return homes[folder]
        return None

    return [
        replace(one, principal=whose(one.place.path)) if one.origin == "mlflow" and one.principal is None else one
        for one in found.stated
    ]


def _read_file(one: Candidate, found: Found) -> None:
    reader = _reader(one.file.name)
    if reader is None:
        if one.is_named:
            found.miss("nothing-known", Place(one.shown, 1), "files of this kind are not read")
        return
    source = open_source(one.file, one.shown, one.root, found)
    if source is not None:
        reader(source, found)


def _reader(name: str) -> Reader | None:
    lower = f"/{name.lower()}"
    return next((reader for ending, reader in _READERS.items() if lower.endswith(ending)), None)


def _sql(source: Source, found: Found) -> None:
    if not RELEVANT.search(source.text):
        return
    if source.text.startswith("-- Databricks notebook source"):
        from uc_guard.read.declared.notebooks import read_source_notebook  # noqa: PLC0415 - only where there is one

        read_source_notebook(source, found, "sql")
    else:
        read_sql(source, whole(source.text), found)


def _python(source: Source, found: Found) -> None:
    if not MENTIONS.search(source.text) and not _USES.search(source.text):
        return
    if source.text.startswith("# Databricks notebook source"):
        from uc_guard.read.declared.notebooks import read_source_notebook  # noqa: PLC0415 - only where there is one

        read_source_notebook(source, found, "python")
    else:
        from uc_guard.read.declared.python import read_python  # noqa: PLC0415 - as above

        read_python(source, whole(source.text), found)


def _jupyter(source: Source, found: Found) -> None:
    if MENTIONS.search(source.text) or _USES.search(source.text):
        from uc_guard.read.declared.notebooks import read_jupyter  # noqa: PLC0415 - only where there is one

        read_jupyter(source, found)


def _manifest(source: Source, found: Found) -> None:
    from uc_guard.read.declared.manifest import read_manifest  # noqa: PLC0415 - only where there is one

    read_manifest(source, found)


def _yaml(source: Source, found: Found) -> None:
    # Loading the library is dear, so that a file is only looked at where it has the keys.
    from uc_guard.read.declared.bundles import is_bundle, read_bundle  # noqa: PLC0415 - only where there is YAML

    if is_bundle(source.text):
        read_bundle(source, found)


def _resources(source: Source, found: Found) -> None:
    from uc_guard.read.declared.mlflow import is_resources, read_resources  # noqa: PLC0415 - only where there is one

    if is_resources(source.text):
        read_resources(source, found)
    else:
        _yaml(source, found)


def _terraform(source: Source, found: Found) -> None:
    if "databricks" in source.text:
        from uc_guard.read.declared.terraform_files import read_terraform  # noqa: PLC0415 - only where there is one

        read_terraform(source, found)


def _terraform_json(source: Source, found: Found) -> None:
    from uc_guard.read.declared.terraform_files import read_terraform_json  # noqa: PLC0415 - only where there is one

    read_terraform_json(source, found)


def _notebook(source: Source, found: Found) -> None:
    """Read a source notebook in a language that is not read itself: its cells of SQL and Python are."""
    if RELEVANT.search(source.text) and source.text.startswith(_HEADS):
        from uc_guard.read.declared.notebooks import read_source_notebook  # noqa: PLC0415 - only where there is one

        read_source_notebook(source, found, "")


def _json(source: Source, found: Found) -> None:
    from uc_guard.read.declared.terraform_json import is_plan, read_plan  # noqa: PLC0415 - only where there is one

    if is_plan(source.text):
        read_plan(source, found)


def _lock(source: Source, found: Found) -> None:
    from uc_guard.read.declared.lockfile import read_lock  # noqa: PLC0415 - only where there is one

    read_lock(source, found)


_READERS: dict[str, Reader] = {
    ".sql": _sql,
    ".py": _python,
    ".ipynb": _jupyter,
    "/agent.toml": _manifest,
    ".agent.toml": _manifest,
    "/mlmodel": _resources,
    "/resources.yaml": _resources,
    "/resources.yml": _resources,
    f"/{LOCK}": _lock,
    ".tf": _terraform,
    ".tf.json": _terraform_json,
    ".json": _json,
    ".scala": _notebook,
    ".r": _notebook,
    ".yaml": _yaml,
    ".yml": _yaml,
}
