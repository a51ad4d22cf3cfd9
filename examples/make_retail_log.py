"""What the principals of the example did: sessions of statements, written from templates with a fixed seed."""

# ruff: noqa: E501 - a statement is read on its line

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

START = datetime(2026, 9, 1, tzinfo=UTC)
DAYS = 30
Row = dict[str, object]
Naming = Callable[[str], str]

# Each play is one session; its statements run one after the other, so USE, temporary views and variables carry over.
PLAYS: dict[str, list[list[str]]] = {
    "sales-copilot": [
        ["USE CATALOG retail", "SELECT store, sum(revenue) AS revenue FROM reporting.daily_sales WHERE day >= DATE'{day}' GROUP BY store ORDER BY revenue DESC LIMIT {n}"],
        ["SELECT region, day, revenue FROM retail.reporting.daily_sales WHERE region = '{region}' AND day = DATE'{day}'",
         "SELECT region, avg(revenue) FROM retail.reporting.daily_sales GROUP BY ALL HAVING avg(revenue) > {n}000"],
        ["USE retail.sales", "SELECT status, count(*) FROM orders WHERE region = '{region}' GROUP BY status",
         "WITH big AS (SELECT order_id, total FROM orders WHERE total > {n}00) SELECT i.sku, sum(i.quantity) AS units FROM big JOIN order_items i USING (order_id) GROUP BY i.sku ORDER BY units DESC LIMIT 10"],
        ["SELECT p.category, sum(i.quantity * i.unit_price) AS revenue FROM retail.sales.order_items AS i JOIN retail.inventory.products AS p ON p.sku = i.sku GROUP BY p.category"],
        ["SELECT store_id, ordered_at, total FROM retail.sales.orders QUALIFY row_number() OVER (PARTITION BY store_id ORDER BY total DESC) <= {n}"],
        ["SELECT * FROM (SELECT region, status, total FROM retail.sales.orders) PIVOT (sum(total) FOR status IN ('paid', 'shipped', 'returned'))"],
        ["SELECT s.name, s.city FROM retail.sales.stores s WHERE NOT EXISTS (SELECT 1 FROM retail.sales.orders o WHERE o.store_id = s.store_id AND o.ordered_at >= '{day}')"],
        ["FROM retail.sales.promotions |> WHERE percent_off >= {n} |> SELECT promotion_id, sku, percent_off |> ORDER BY percent_off DESC"],
        ["SELECT session_id, payload:utm.source::string AS source, page FROM retail.sales.web_sessions LATERAL VIEW explode(pages) x AS page WHERE started_at >= '{day}'"],
        ["SELECT c.segment, l.tier, count(*) AS members FROM retail.customers.customers c LEFT JOIN retail.customers.loyalty l ON l.customer_id = c.customer_id GROUP BY c.segment, l.tier"],
        ["SELECT o.region, r.reason, count(DISTINCT r.return_id) AS returned FROM retail.sales.returns r INNER JOIN retail.sales.orders o ON o.order_id = r.order_id GROUP BY CUBE (o.region, r.reason)"],
        ["DECLARE OR REPLACE VARIABLE floor INT DEFAULT {n}", "SELECT sku, attributes['colour'] AS colour FROM retail.inventory.products WHERE list_price > floor"],
        ["DESCRIBE TABLE retail.sales.orders", "EXPLAIN SELECT sum(total) FROM retail.sales.orders WHERE region = '{region}'"],
        ["SELECT * EXCEPT (currency) FROM retail.sales.orders TIMESTAMP AS OF '{day}' WHERE store_id = {store} AND total > (SELECT max(10 * percent_off) FROM retail.sales.promotions)"],
        ["SELECT order_id, kind, amount FROM retail.sales.order_items UNPIVOT (amount FOR kind IN (unit_price, discount)) WHERE quantity >= {n}"],
        ["SELECT revenue * 1.0 / nullif(orders, 0) AS basket, basket > {n} AS high FROM retail.reporting.daily_sales WHERE store_id = {store}"],
    ],
    "support-bot": [
        ["USE CATALOG retail", "USE SCHEMA support", "SELECT t.ticket_id, t.subject, m.body FROM tickets t JOIN messages m ON m.ticket_id = t.ticket_id WHERE t.ticket_id = {ticket} ORDER BY m.sent_at",
         "SELECT order_id, status, total FROM sales.orders WHERE customer_id = {customer} ORDER BY ordered_at DESC LIMIT 5"],
        ["SELECT o.order_id, i.sku, i.quantity FROM retail.sales.orders o JOIN retail.sales.order_items i ON o.order_id = i.order_id WHERE o.order_id = {order}"],
        ["INSERT INTO retail.support.messages (ticket_id, sent_at, author, body) VALUES ({ticket}, current_timestamp(), 'bot', 'Thank you, order {order} is on its way.')",
         "UPDATE retail.support.tickets SET status = 'answered' WHERE ticket_id = {ticket}"],
        ["SELECT title, body FROM retail.support.macros WHERE title ILIKE '%{region}%'"],
        ["USE SCHEMA retail.support", "CREATE OR REPLACE TEMPORARY VIEW waiting AS SELECT ticket_id, priority, opened_at FROM tickets WHERE status = 'open'",
         "SELECT w.ticket_id, s.hours FROM waiting w JOIN sla s ON s.priority = w.priority WHERE w.opened_at < '{day}'"],
        ["BEGIN DECLARE waiting BIGINT; SET waiting = (SELECT count(*) FROM retail.support.tickets WHERE status = 'open'); IF waiting > {n}0 THEN INSERT INTO retail.support.messages SELECT ticket_id, current_timestamp(), 'bot', 'We have not forgotten you.' FROM retail.support.tickets WHERE status = 'open' AND opened_at < '{day}'; END IF; END"],
        ["SELECT full_name, email, segment FROM retail.customers.customers WHERE customer_id = {customer}"],
        ["MERGE INTO retail.support.tickets AS t USING (SELECT {ticket} AS ticket_id, 'closed' AS status) AS s ON t.ticket_id = s.ticket_id WHEN MATCHED THEN UPDATE SET t.status = s.status, t.closed_at = current_timestamp()"],
        ["SELECT count_if(status = 'open') AS open, count(*) AS total FROM retail.support.tickets WHERE opened_at BETWEEN '{day}' AND current_date()"],
        ["SELECT ticket_id FROM retail.support.tickets WHERE priority = 1 UNION SELECT ticket_id FROM retail.support.messages WHERE author = 'customer' AND sent_at > '{day}'"],
    ],
    "stock-forecaster": [
        ["USE CATALOG retail", "USE SCHEMA inventory", "SELECT s.sku, s.on_hand - s.reserved AS free, p.category FROM stock_levels s JOIN products p USING (sku) WHERE s.store_id = {store}",
         "SELECT sku, date_trunc('week', moved_at) AS week, -sum(delta) AS sold FROM stock_movements WHERE reason = 'sale' AND moved_at >= '{day}' GROUP BY ALL"],
        ["SELECT city, day, rain_mm, avg(high) OVER (PARTITION BY city ORDER BY day ROWS 6 PRECEDING) AS high7 FROM staging.feeds.weather WHERE day >= DATE'{day}'"],
        [("MERGE INTO lab.forecasts.demand AS d USING (SELECT sku, store_id, DATE'{day}' AS week, on_hand * 0.{n} AS quantity FROM retail.inventory.stock_levels) AS f ON d.sku = f.sku AND d.store_id = f.store_id AND d.week = f.week "
         "WHEN MATCHED THEN UPDATE SET d.quantity = f.quantity WHEN NOT MATCHED THEN INSERT (sku, store_id, week, quantity, model) VALUES (f.sku, f.store_id, f.week, f.quantity, 'v{n}')")],
        ["SELECT d.sku, retail.inventory.reorder_point(d.quantity / 7, {n}) AS order_at FROM lab.forecasts.demand d WHERE d.week = DATE'{day}' AND d.store_id = {store}"],
        ["SELECT * FROM read_files('/Volumes/staging/feeds/supplier_files/{day}/lead_times.csv', format => 'csv', header => true)"],
        ["DELETE FROM lab.forecasts.demand WHERE week < date_sub(DATE'{day}', 700)", "SELECT count(*) FROM lab.forecasts.demand VERSION AS OF {n}"],
    ],
    "price-researcher": [
        ["SELECT competitor, sku, min(price) AS price FROM staging.feeds.competitor_prices WHERE seen_at >= '{day}' GROUP BY competitor, sku"],
        ["INSERT INTO lab.pricing.price_gaps SELECT p.sku, c.competitor, p.list_price - c.price, current_timestamp() FROM retail.inventory.products p JOIN staging.feeds.competitor_prices c ON c.sku = p.sku WHERE c.seen_at >= '{day}'"],
        ["SELECT sku, elasticity FROM lab.pricing.elasticity WHERE fitted_at >= '{day}'"],
        ["EXECUTE IMMEDIATE 'SELECT max(seen_at) FROM staging.feeds.competitor_stock'"],
        ["SELECT count(*) FROM IDENTIFIER(:source) WHERE seen_at >= '{day}'  -- {known}"],
    ],
    "view-publisher": [
        ["SELECT max(day), count(*) FROM retail.reporting.daily_sales", "SHOW TABLES IN retail.reporting"],
    ],
    "ada": [
        ["SELECT region, sum(total) FROM retail.sales.orders WHERE ordered_at >= '{day}' GROUP BY region WITH ROLLUP", "SELECT customer_id, points FROM retail.customers.loyalty WHERE tier = 'gold' LIMIT {n}"],
        ["SELECT channel, granted, count(*) FROM retail.customers.consents GROUP BY channel, granted"],
    ],
    "bruno": [["SELECT sku, quantity, reason FROM retail.sales.returns WHERE returned_at >= '{day}'"]],
    "dmitri": [
        ["SELECT department, amount FROM retail.finance.budgets WHERE year = 2026", "SELECT category, sum(units) FROM retail.reporting.top_products GROUP BY category"],
        ["UPDATE retail.finance.invoices SET paid_on = DATE'{day}' WHERE invoice_id = {order}"],
    ],
    "eva": [["SELECT sku, margin FROM retail.reporting.margin_report ORDER BY margin LIMIT {n}", "SELECT segment, sum(value) FROM retail.reporting.customer_value GROUP BY segment"]],
}  # fmt: skip
SESSIONS_A_DAY = {
    "sales-copilot": 17, "support-bot": 14, "stock-forecaster": 8, "price-researcher": 5, "ada": 2, "bruno": 1,
    "dmitri": 1, "eva": 1,
}  # fmt: skip
AGENTS = ("sales-copilot", "support-bot", "stock-forecaster", "price-researcher", "view-publisher")
CLIENTS = {"sales-copilot": "Genie", "view-publisher": "dbt"}

# What does not go well: (principal, text or None, status, message), about once in so many sessions of that principal.
MISHAPS = [
    (19, "sales-copilot", "SELECT order_id, amount FROM retail.sales.orders WHERE region = '{region}'", "FAILED",
     "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `amount` cannot be resolved. SQLSTATE: 42703"),
    (31, "sales-copilot", "SELECT full_name, salary FROM retail.hr.employees LIMIT {n}", "FAILED",
     "[TABLE_OR_VIEW_NOT_FOUND] The table or view `retail`.`hr`.`employees` cannot be found. SQLSTATE: 42P01"),
    (43, "sales-copilot", "SELECT o.* FROM retail.sales.orders o CROSS JOIN retail.sales.order_items i", "CANCELED", None),
    (29, "support-bot", "SELECT invoice_id, paid_on FROM retail.finance.invoices WHERE order_id = {order}", "FAILED",
     "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have USE SCHEMA on Schema 'retail.finance'. SQLSTATE: 42501"),
    (37, "stock-forecaster", "SELECT sku, sum(delta) FROM retail.inventory.stock_movements WHERE moved_at >= '{day}' GROUP BY sku", "CANCELED", None),
    (11, "price-researcher", None, "FINISHED", None),
    (23, "price-researcher", "SELECT competitor, price FROM IDENTIFIER(:source) LIMIT {n}", "FINISHED", None),
]  # fmt: skip
_TYPES = {"WITH": "SELECT", "FROM": "SELECT", "DECLARE": "OTHER", "EXECUTE": "OTHER", "BEGIN": "OTHER"}


class _Dice:
    """Numbers that are the same on every machine: of `random`, Python promises only `random()` to stay as it is."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - an example, no secret

    def number(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, items: list[list[str]]) -> list[str]:
        return items[self.number(0, len(items) - 1)]


def statements(identity: Naming) -> list[Row]:
    """Give the query history, oldest first."""
    rows = [row for day in range(DAYS) for row in _day(day, identity)]
    rows.sort(key=lambda row: (str(row["start_time"]), str(row["session_id"])))
    numbered = [{"statement_id": f"01f0a9c4{number:08x}", **row} for number, row in enumerate(rows, 1)]
    return [{key: value for key, value in row.items() if value is not None} for row in numbered]


def lineage(identity: Naming) -> list[Row]:
    """Give lineage: a notebook on a classic cluster, the readings of views, and one redacted statement."""
    agent, copilot = identity("price-researcher"), identity("sales-copilot")
    rows: list[Row] = []
    for week in range(4):
        at = _text(START + timedelta(days=7 * week + 2, hours=5))
        read = ("staging.feeds.supplier_catalog", "retail.inventory.suppliers")
        rows += [_edge(source, "lab.pricing.elasticity", agent, at, "NOTEBOOK") for source in read]
    log = statements(identity)
    viewed = [row for row in log if "daily_sales" in str(row.get("statement_text"))]
    for row in [row for row in viewed if row["executed_as"] == copilot][:12]:
        at = str(row["start_time"])
        shown = {"statement_id": row["statement_id"]}
        rows.append(_edge("retail.reporting.daily_sales", None, copilot, at, "DBSQL_QUERY") | shown)
        rows.append(_edge("retail.sales.stores", None, copilot, at, "DBSQL_QUERY", direct=False) | shown)
    redacted = [row for row in log if "statement_text" not in row]
    for row in redacted[:1]:
        closed = _edge("staging.feeds.competitor_stock", None, agent, str(row["start_time"]), "DBSQL_QUERY")
        rows.append(closed | {"statement_id": row["statement_id"]})
    return rows


def audit(identity: Naming) -> list[Row]:
    """Give events of the audit log: credentials for files and tables, browsing, a refusal, and a grant."""
    forecaster, researcher = identity("stock-forecaster"), identity("price-researcher")
    rows = []
    for day in range(0, DAYS, 3):
        at = START + timedelta(days=day, hours=6)
        files = {"volume_full_name": "staging.feeds.supplier_files", "operation": "READ_VOLUME"}
        rows.append(_event(at, forecaster, "generateTemporaryVolumeCredential", files))
        table = {"table_full_name": "staging.feeds.supplier_catalog", "operation": "READ"}
        rows.append(_event(at + timedelta(minutes=4), researcher, "generateTemporaryTableCredential", table))
        url = {"url": "s3://brightmart-landing/suppliers/catalog.json", "operation": "PATH_READ"}
        rows.append(_event(at + timedelta(minutes=5), researcher, "generateTemporaryPathCredential", url))
        browsed = {"full_name_arg": "retail.finance.payroll"}
        rows.append(_event(at + timedelta(hours=3), identity("eva"), "getTable", browsed))
    denied = _event(
        START + timedelta(days=9), identity("support-bot"), "getTable", {"full_name_arg": "retail.finance.invoices"}
    )
    denied["response"] = {
        "status_code": 403,
        "error_message": "PERMISSION_DENIED: User does not have USE SCHEMA on Schema 'retail.finance'.",
    }
    changes = '[{{"principal":"{}","add":["SELECT"],"remove":[]}}]'.format(identity("support-bot"))
    granted = {"securable_type": "table", "securable_full_name": "retail.sales.returns", "changes": changes}
    rows += [
        denied,
        _event(START + timedelta(days=1), "data-platform@brightmart.example", "updatePermissions", granted),
    ]
    rows.append(
        _event(START + timedelta(days=4), identity("ada"), "runCommand", {"notebookId": "77"}, service="notebook")
    )
    return [{"event_id": f"e{number:04d}", **row} for number, row in enumerate(rows, 1)]


def _day(day: int, identity: Naming) -> Iterator[Row]:
    quiet = 3 if (START + timedelta(days=day)).weekday() >= 5 else 1
    for principal, sessions in [*SESSIONS_A_DAY.items(), ("view-publisher", 1 if day % 7 == 0 else 0)]:
        dice = _Dice(day * 1000 + len(principal) * 31 + ord(principal[0]))
        for number in range(-(-sessions // quiet)):
            # Every play has its turn in the first days; after that chance decides.
            turn = day * sessions + number
            play = PLAYS[principal][turn] if turn < len(PLAYS[principal]) else dice.pick(PLAYS[principal])
            session = f"{principal[:2]}{day:02d}{number:02d}"
            at = START + timedelta(days=day, hours=7, seconds=dice.number(0, 39_000))
            for text in play:
                at += timedelta(seconds=dice.number(1, 40))
                yield _statement(principal, identity, session, at, _filled(text, dice, day))
            for every, unlucky, wish, status, error in MISHAPS:
                if unlucky == principal and turn % every == every - 1:
                    at += timedelta(seconds=dice.number(1, 40))
                    told = _filled(wish or "", dice, day)
                    yield _statement(principal, identity, session, at, told) | {
                        "execution_status": status,
                        "error_message": error,
                    }


def _statement(principal: str, identity: Naming, session: str, at: datetime, text: str) -> Row:
    said, _, known = text.partition("  -- ")
    word = said.split(" ", 1)[0]
    # An application sends some statements of the copilot for the person who asks.
    sender = "ada" if principal == "sales-copilot" and at.minute % 5 == 0 else principal
    parameters = {"named_parameters": {"source": known}, "is_truncated": False} if known else None
    return {
        "session_id": session,
        "executed_by": identity(sender),
        "executed_as": identity(principal),
        "execution_status": "FINISHED",
        "statement_type": _TYPES.get(word, word) if word else None,
        "statement_text": said or None,
        "error_message": None,
        "compute": {"type": "WAREHOUSE"},
        "client_application": CLIENTS.get(principal, "agent-sdk" if principal in AGENTS else "Databricks SQL Editor"),
        "query_parameters": parameters,
        "start_time": _text(at),
    }


def _filled(text: str, dice: _Dice, day: int) -> str:
    known = ("staging.feeds.competitor_prices", "staging.feeds.competitor_stock")
    values = {
        "day": f"{START + timedelta(days=day - dice.number(1, 20)):%Y-%m-%d}",
        "region": ("north", "south", "east", "west")[dice.number(0, 3)],
        "n": str(dice.number(2, 9)),
        "store": str(dice.number(1, 60)),
        "ticket": str(dice.number(70_000, 79_999)),
        "customer": str(dice.number(100_000, 199_999)),
        "order": str(dice.number(2_000_000, 2_999_999)),
        "known": known[dice.number(0, 1)],
    }
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _edge(source: str, target: str | None, who: str, at: str, entity: str, *, direct: bool = True) -> Row:
    view = source.startswith("retail.reporting.")
    return {
        "entity_type": entity,
        "source_table_full_name": source,
        "source_type": "VIEW" if view else "TABLE",
        "target_table_full_name": target,
        "target_type": target and "TABLE",
        "created_by": who,
        "event_time": at,
        "direct_access": direct,
    }


def _event(at: datetime, who: str, action: str, parameters: dict[str, str], service: str = "unityCatalog") -> Row:
    return {
        "event_time": _text(at),
        "service_name": service,
        "action_name": action,
        "user_identity": {"email": who},
        "request_params": parameters,
        "response": {"status_code": 200},
    }


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
