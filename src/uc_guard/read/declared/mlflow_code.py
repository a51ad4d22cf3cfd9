"""The resources of agents where Python names them: `DatabricksTable(table_name="a.b.c")` and its like."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from uc_guard.model.declared import Stated
from uc_guard.model.name import canonical_name

if TYPE_CHECKING:
    from uc_guard.model.finding import Place

USES = {
    "DatabricksTable": ("table_name", "TABLE", "SELECT"),
    "DatabricksVectorSearchIndex": ("index_name", "TABLE", "SELECT"),
    "DatabricksFunction": ("function_name", "FUNCTION", "EXECUTE"),
    "DatabricksUCConnection": ("connection_name", "CONNECTION", "USE_CONNECTION"),
    "DatabricksServingEndpoint": ("endpoint_name", "SERVING_ENDPOINT", "CAN_QUERY"),
    "DatabricksGenieSpace": ("genie_space_id", "GENIE_SPACE", "CAN_RUN"),
    "DatabricksSQLWarehouse": ("warehouse_id", "SQL_WAREHOUSE", "CAN_USE"),
    "DatabricksApp": ("app_name", "APP", "CAN_USE"),
    "DatabricksLakebase": ("database_instance_name", "DATABASE_INSTANCE", "CAN_USE"),
}
"""Classes of resources: argument with the name, type of securable, privilege."""

NAMES_RESOURCES = re.compile(rf"\b(?:{'|'.join(USES)})\s*\(")
"""Code that this does not find names no resources."""


def named_by(call: ast.Call, argument: str) -> ast.expr | None:
    """Give the expression that names a resource; None where there is none."""
    return next((word.value for word in call.keywords if word.arg == argument), call.args[0] if call.args else None)


def use_of(value: ast.expr, called: str, place: Place) -> Stated | None:
    """Give what a literal name of a resource says; None where it is computed."""
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return None
    _, kind, privilege = USES[called]
    name = value.value
    if kind in {"TABLE", "FUNCTION"}:
        try:
            name = canonical_name(name)
        except ValueError:
            return None
    return Stated("use", None, privilege, kind, name, place, "mlflow")
