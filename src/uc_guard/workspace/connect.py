"""A connection to a workspace: whoever the SDK's own settings say we are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from uc_guard.errors import BadConfig, Problem, WorkspaceError
from uc_guard.workspace.queries import SparkQueries, Warehouse
from uc_guard.workspace.rest import ME, SCIM_API, Rest
from uc_guard.workspace.scrub import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from uc_guard.snapshot import Snapshot
    from uc_guard.workspace.queries import Queries

_PRODUCT = "uc-guard"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that answers.

    Attributes:
        host: Its address.
        rest: Its REST API.
        queries: Its SQL; None where neither a warehouse nor Spark was named: system tables cannot be read then.
        account: REST API of its account; None where no account was named.
        account_id: The account; empty where none was named.
        me: Who we are, as grants write it: an application id or a login.
        my_names: `me`, and whatever else the workspace calls us.
    """

    host: str
    rest: Rest
    queries: Queries | None
    account: Rest | None
    account_id: str
    me: str
    my_names: tuple[str, ...]

    @property
    def directories(self) -> tuple[tuple[Rest, str], ...]:
        """Where principals are listed, each with the path of its SCIM API: the account first, since it knows more."""
        here = (self.rest, SCIM_API)
        if self.account is None:
            return (here,)
        return ((self.account, f"/api/2.0/accounts/{self.account_id}/scim/v2"), here)

    def snapshot(
        self,
        output: Path | str,
        *,
        since: datetime,
        until: datetime,
        taken_at: datetime,
        workers: int = 8,
        redact: bool = False,
    ) -> Snapshot:
        """Read the workspace, and write its snapshot; see `uc_guard.capture.capture`.

        Args:
            output: Folder of the snapshot; its sources stand in `<output>.sources`.
            since: Start of the logs, aware.
            until: End of the logs, exclusive, aware.
            taken_at: Now, aware.
            workers: Requests at a time.
            redact: Keep neither literals of statements nor messages of errors.
        """
        from pathlib import Path  # noqa: PLC0415 - as below

        from uc_guard.capture.run import Options, capture  # noqa: PLC0415 - whoever only connects needs no frames
        from uc_guard.usage.redact import Redactor  # noqa: PLC0415 - as above

        how = Options(workers=workers, redactor=Redactor() if redact else None)
        return capture(self, Path(output), (since, until), taken_at, how)


def connect(  # noqa: PLR0913 - which workspace, as whom, and by what
    *,
    profile: str | None = None,
    warehouse: str | None = None,
    account_profile: str | None = None,
    spark: Any = None,  # noqa: ANN401 - pyspark is optional
    budget_s: float = 300.0,
    settings: Mapping[str, Any] | None = None,
    clock: Any = None,  # noqa: ANN401 - the SDK's Clock
) -> Workspace:
    """Connect to a workspace.

    Who we are comes from the unified authentication of databricks-sdk: a profile of `~/.databrickscfg`, `DATABRICKS_*`
    in the environment, or the notebook that this runs in.

    Args:
        profile: Profile of the workspace; None = what the environment says.
        warehouse: Id of the SQL warehouse that reads system tables; None = none, unless `spark` is given.
        account_profile: Profile of the account, for its groups; None = those that the workspace shows.
        spark: A session of Spark, inside Databricks; reads system tables in the place of a warehouse.
        budget_s: Seconds after which a call that meets passing faults is given up.
        settings: Further arguments of `databricks.sdk.core.Config`: host, token, client_id ...
        clock: What waits, a `databricks.sdk.clock.Clock`: something with `time()` and `sleep(seconds)`; None = time.

    Raises:
        BadConfig: where the SDK is not installed, or finds neither a host nor a way to sign in.
        AccessDenied: where the workspace does not know us.
        Unavailable: where it is out of reach.
    """
    given = {**(settings or {}), **({"profile": profile} if profile else {}), **({"clock": clock} if clock else {})}
    config = _config(given, f"profile `{profile}`" if profile else "the environment", budget_s)
    secrets = _secrets(config)
    ticks = {"clock": clock.time, "sleep": clock.sleep} if clock is not None else {}
    rest = Rest(_client(config, account=False), secrets=secrets, budget_s=budget_s, **ticks)
    account, account_id = None, ""
    if account_profile:
        whole = _config({"profile": account_profile}, f"profile `{account_profile}`", budget_s)
        account_id = str(whole.account_id or "")
        account = Rest(_client(whole, account=True), secrets=_secrets(whole), budget_s=budget_s, **ticks)
    queries: Queries | None = SparkQueries(spark) if spark is not None else None
    if warehouse and queries is None:
        queries = Warehouse(_sql_options(config, warehouse), secrets=secrets, budget_s=budget_s)
    me = rest.get(ME)
    # UC: grants name a service principal by its application id, which the workspace gives as its user name.
    names = tuple(dict.fromkeys(str(me[key]) for key in ("applicationId", "userName", "displayName") if me.get(key)))
    if not names:
        raise WorkspaceError(f"GET {ME}", "the answer names nobody", "check the host")
    return Workspace(str(config.host), rest, queries, account, account_id, names[0], names)


def _config(given: Mapping[str, Any], source: str, budget_s: float) -> Any:  # noqa: ANN401 - the SDK's Config
    try:
        core: Any = import_module("databricks.sdk.core")  # an optional dependency, and 0.8 s
    except ImportError as error:
        found, mend = f"no databricks-sdk ({error})", "pip install 'uc-guard[databricks]'"
        raise BadConfig((Problem(source, "", found, "the SDK, to talk to a workspace", mend),)) from error
    from uc_guard import __version__  # noqa: PLC0415 - as above

    waits = {"retry_timeout_seconds": int(budget_s), "http_timeout_seconds": 60}
    try:
        # UC: without a limit, an unreachable host blocks for five minutes here, and again at the first call.
        config = core.Config(product=_PRODUCT, product_version=__version__, **{**waits, **given})
    except ValueError as error:
        found = scrub(str(error), *[str(value) for key, value in given.items() if key in ("token", "client_secret")])
        mend = "run `databricks auth login`, or set DATABRICKS_HOST and DATABRICKS_TOKEN"
        raise BadConfig((Problem(source, "", found, "a host, and a way to sign in", mend),)) from None
    if urlsplit(str(config.host)).scheme != "https" and urlsplit(str(config.host)).hostname not in _LOOPBACK:
        found = f"`{config.host}`"
        raise BadConfig((Problem(source, "host", found, "an address with https", "write https://"),))
    return config


def _client(config: Any, *, account: bool) -> Any:  # noqa: ANN401 - the SDK's ApiClient
    sdk: Any = import_module("databricks.sdk")
    return (sdk.AccountClient if account else sdk.WorkspaceClient)(config=config).api_client


def _secrets(config: Any) -> tuple[str, ...]:  # noqa: ANN401 - the SDK's Config
    names = ("token", "client_secret", "password", "azure_client_secret", "google_credentials")
    return tuple(str(value) for name in names if (value := getattr(config, name, None)))


def _sql_options(config: Any, warehouse: str) -> dict[str, Any]:  # noqa: ANN401 - the SDK's Config
    """Give what the connector has to know; the SDK signs in for it, so no token passes through here."""
    where = urlsplit(str(config.host))
    path = f"/sql/1.0/warehouses/{warehouse}"
    options: dict[str, Any] = {
        "server_hostname": where.hostname,
        "http_path": path,
        "credentials_provider": lambda: config.authenticate,
        "use_cloud_fetch": True,
    }
    if where.scheme == "http":  # loopback: `_config` lets nothing else through
        options |= {"_connection_uri": f"{config.host}{path}", "use_cloud_fetch": False}
    return options
