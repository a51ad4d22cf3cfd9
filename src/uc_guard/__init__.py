"""Least privilege for AI agents in Unity Catalog: what they use, what they hold, and the smallest plan between."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uc_guard.bodies import known_objects
    from uc_guard.capture.doctor import Diagnosis, doctor
    from uc_guard.judge.lint import Lint, lint
    from uc_guard.model.finding import Finding, Rule
    from uc_guard.model.plan import Plan
    from uc_guard.model.settings import Settings
    from uc_guard.model.use import Extraction, Opaque, Use
    from uc_guard.pipeline import Audit, audit
    from uc_guard.read.declared import Declared, read_declared
    from uc_guard.read.folder import read_folder
    from uc_guard.snapshot import Snapshot
    from uc_guard.sql.extract import Catalog, extract, extract_session
    from uc_guard.usage.history import read_usage
    from uc_guard.workspace.connect import Workspace, connect

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "Catalog",
    "Declared",
    "Diagnosis",
    "Extraction",
    "Finding",
    "Lint",
    "Opaque",
    "Plan",
    "Rule",
    "Settings",
    "Snapshot",
    "Use",
    "Workspace",
    "__version__",
    "audit",
    "connect",
    "doctor",
    "extract",
    "extract_session",
    "known_objects",
    "lint",
    "read_declared",
    "read_folder",
    "read_usage",
]

_WHERE = {
    "Audit": "uc_guard.pipeline",
    "Catalog": "uc_guard.sql.extract",
    "Declared": "uc_guard.read.declared",
    "Diagnosis": "uc_guard.capture.doctor",
    "Extraction": "uc_guard.model.use",
    "Finding": "uc_guard.model.finding",
    "Lint": "uc_guard.judge.lint",
    "Opaque": "uc_guard.model.use",
    "Plan": "uc_guard.model.plan",
    "Rule": "uc_guard.model.finding",
    "Settings": "uc_guard.model.settings",
    "Snapshot": "uc_guard.snapshot",
    "Use": "uc_guard.model.use",
    "Workspace": "uc_guard.workspace.connect",
    "audit": "uc_guard.pipeline",
    "connect": "uc_guard.workspace.connect",
    "doctor": "uc_guard.capture.doctor",
    "extract": "uc_guard.sql.extract",
    "extract_session": "uc_guard.sql.extract",
    "known_objects": "uc_guard.bodies",
    "lint": "uc_guard.judge.lint",
    "read_declared": "uc_guard.read.declared",
    "read_folder": "uc_guard.read.folder",
    "read_usage": "uc_guard.usage.history",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute is of any type
    """Import a public name when it is first asked for: importing the package costs next to nothing."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module `uc_guard` has no attribute `{name}`")
