"""SQL of a workspace: by a warehouse from outside, by the session of Spark from inside."""

from __future__ import annotations

import re
import threading
import weakref
from contextlib import suppress
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from uc_guard.errors import AccessDenied, NotThere, Unavailable, WorkspaceError
from uc_guard.model.denial import DENIED
from uc_guard.workspace.scrub import scrub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Rows: TypeAlias = Any
"""A `pyarrow.Table`; pyarrow is optional, and types are checked without it."""

BATCH_ROWS = 50_000
_NETWORK = frozenset({"RequestError", "MaxRetryDurationError", "NonRecoverableNetworkError", "OperationalError"})
_CLOSING_S = 3.0
_SOCKET_S = 900
"""How long a warehouse may think about one query: it may have to start first."""

_REFUSED = "ServerOperationError"
"""What the connector raises where the server ran the statement and refused it."""
_AGAIN = "run the command again: what was read is kept"


class Queries(Protocol):
    """Something that runs SQL."""

    def batches(self, sql: str, parameters: Mapping[str, object]) -> Iterator[Rows]:
        """Give the rows of a query, some at a time.

        Args:
            sql: The query, with `:name` where a parameter goes. Names in it come from us or are quoted; values never.
            parameters: Value by name.

        Raises:
            AccessDenied: where we may not read it.
            NotThere: where there is no such table, or we may not know that there is.
            Unavailable: where the warehouse stays out of reach.
            WorkspaceError: for any other refusal.
        """
        ...


class Warehouse:
    """Runs SQL on a warehouse with databricks-sql-connector; threads share it, and each query has its connection."""

    def __init__(self, options: Mapping[str, Any], *, secrets: tuple[str, ...] = (), budget_s: float = 300.0) -> None:
        """Run SQL on a warehouse.

        Args:
            options: Arguments of `databricks.sql.connect` that say where it is and who we are.
            secrets: Values that no message may show.
            budget_s: Seconds after which a query that meets passing faults is given up.
        """
        self._options = dict(options)
        self._budget_s = budget_s
        self._secrets = secrets
        self._idle: SimpleQueue[Any] = SimpleQueue()
        weakref.finalize(self, _close, self._idle)

    def batches(self, sql: str, parameters: Mapping[str, object]) -> Iterator[Rows]:
        """Give the rows of a query, some at a time."""
        connection: Any = None
        sound = True
        try:
            connection = self._connection()
            with connection.cursor() as cursor:
                cursor.execute(sql, _named(sql, parameters) or None)
                while (rows := cursor.fetchmany_arrow(BATCH_ROWS)).num_rows:
                    yield rows
        except (WorkspaceError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - the connector raises of everything
            sound = type(error).__name__ == _REFUSED  # the server said no: the connection is as good as before
            raise _refusal(sql, error, self._secrets) from None  # SAFETY: the cause may show headers
        finally:
            # UC: a connection that nobody closes tells the server when it is collected: in any thread, at any time.
            if connection is not None and sound:
                self._idle.put(connection)
            elif connection is not None:
                threading.Thread(target=_close_one, args=(connection,), daemon=True).start()

    def _connection(self) -> Any:  # noqa: ANN401 - the connector is optional
        try:
            return self._idle.get_nowait()
        except Empty:
            pass
        connector: Any = import_module("databricks.sql")  # an optional dependency
        # UC: the connector waits max(Retry-After, _retry_delay_max): with its own default, a minute for each 429.
        return connector.connect(
            enable_telemetry=False,
            user_agent_entry="uc_guard",
            _retry_delay_max=5,
            _retry_stop_after_attempts_duration=self._budget_s,
            _socket_timeout=_SOCKET_S,
            **self._options,
        )


def _close_one(connection: Any) -> None:  # noqa: ANN401 - the connector is optional
    with suppress(Exception):
        connection.close()


def _close(idle: SimpleQueue[Any]) -> None:
    """Close connections that nobody uses any more; one that cannot be closed soon ends by itself, on the other side."""

    def close_all() -> None:
        while not idle.empty():
            with suppress(Exception):
                idle.get_nowait().close()

    # The connector would go on trying for a quarter of an hour, and keep a command from ending.
    closer = threading.Thread(target=close_all, daemon=True)
    with suppress(RuntimeError):  # the interpreter is ending already
        closer.start()
        closer.join(_CLOSING_S)


class SparkQueries:
    """Runs SQL in the session of Spark, inside a notebook or job."""

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - pyspark is optional
        """Run SQL in a session."""
        self._session = session

    def batches(self, sql: str, parameters: Mapping[str, object]) -> Iterator[Rows]:
        """Give the rows of a query, some at a time."""
        pa: Any = import_module("pyarrow")  # comes with Spark
        try:
            rows = self._session.sql(sql, args=_named(sql, parameters)).toArrow()
        except Exception as error:  # noqa: BLE001 - so does Spark
            raise _refusal(sql, error, ()) from None
        for batch in rows.to_batches(max_chunksize=BATCH_ROWS):
            yield pa.Table.from_batches([batch])


def one_row(queries: Queries, sql: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """Give the first row of a query; empty where it has none."""
    for rows in queries.batches(sql, parameters):
        first: dict[str, object] = rows.slice(0, 1).to_pylist()[0]
        return first
    return {}


def _named(sql: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """Give the parameters that a query names: one too many is an error for some engines."""
    asked = set(re.findall(r":(\w+)", sql))
    return {name: value for name, value in parameters.items() if name in asked}


def _refusal(sql: str, error: BaseException, secrets: tuple[str, ...]) -> WorkspaceError:
    what = " ".join(sql.split())[:80]
    said = scrub(str(error) or type(error).__name__, *secrets)
    if re.search(DENIED, said):
        return AccessDenied(what, said, "run `uc-guard doctor` to see which rights are missing")
    if re.search(r"TABLE_OR_VIEW_NOT_FOUND|SCHEMA_NOT_FOUND|CATALOG_NOT_FOUND|NO_SUCH_CATALOG", said):
        return NotThere(what, said, "have the system schema enabled, or the right to see it granted")
    if type(error).__name__ in {
        "RequestError",
        "MaxRetryDurationError",
        "NonRecoverableNetworkError",
        "OperationalError",
    }:
        if _status(error) in {401, 403} or re.search(r"\b40[13]\b|[Ii]nvalid (?:access )?token", said):
            return AccessDenied(what, said, "check the token, and that it may use the warehouse")
        return Unavailable(what, said, _AGAIN)
    return WorkspaceError(what, said, _AGAIN)


def _status(error: BaseException) -> int | None:
    """Give the HTTP status that the connector tells with an error."""
    told: Any = getattr(error, "context", None)
    return cast("dict[str, Any]", told).get("http-code") if isinstance(told, dict) else None
