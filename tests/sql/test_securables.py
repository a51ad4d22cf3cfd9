"""Which securables the commands name, in the words that each has for them."""

from __future__ import annotations

import pytest

from uc_guard import extract


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE OR REPLACE MATERIALIZED VIEW n AS SELECT 1", {("CREATE", "MATERIALIZED_VIEW", "main.s.n")}),
        ("CREATE OR REPLACE MATERIALIZED VIEW vw AS SELECT 1", {("CREATE", "MATERIALIZED_VIEW", "main.s.vw")}),
        ("DROP MATERIALIZED VIEW vw", {("DROP", "VIEW", "main.s.vw")}),
        ("REFRESH FOREIGN TABLE other.s.t RESOLVE DBFS LOCATION", {("REFRESH", "TABLE", "other.s.t")}),
        ("REFRESH FOREIGN SCHEMA other.s", {("REFRESH", "SCHEMA", "other.s")}),
        ("REFRESH FOREIGN CATALOG other", {("REFRESH", "CATALOG", "other")}),
        # A share
        (
            "ALTER SHARE sh ADD main.s.u",
            {("ALTER", "SHARE", "sh"), ("SHARE", "TABLE", "main.s.u")},
        ),
        (
            "ALTER SHARE sh ADD MATERIALIZED VIEW vw",
            {("ALTER", "SHARE", "sh"), ("SHARE", "VIEW", "main.s.vw")},
        ),
        ("ALTER SHARE sh ALTER TABLE t COMMENT 'x'", {("ALTER", "SHARE", "sh")}),
        ("ALTER SHARE sh REMOVE VIEW vw", {("ALTER", "SHARE", "sh")}),
        ("ALTER SHARE sh OWNER TO x", {("ALTER", "SHARE", "sh")}),
        # Kinds that have several words
        ("GRANT USE CONNECTION ON SERVER pg TO x", {("MANAGE", "CONNECTION", "pg")}),
        ("GRANT USE CONNECTION ON FOREIGN SERVER pg TO x", {("MANAGE", "CONNECTION", "pg")}),
        ("CREATE SERVER pg TYPE postgresql OPTIONS (host 'h')", {("CREATE", "CONNECTION", "pg")}),
        ("DROP FOREIGN SERVER pg", {("DROP", "CONNECTION", "pg")}),
        ("GRANT EXECUTE_CLEAN_ROOM_TASK ON CLEAN ROOM cr TO x", {("MANAGE", "CLEAN_ROOM", "cr")}),
        ("GRANT SELECT ON server.t TO x", {("MANAGE", "TABLE", "main.server.t")}),
        ("GRANT SELECT ON share TO x", {("MANAGE", "TABLE", "main.s.share")}),
        ("GRANT MODIFY ON EXTERNAL METADATA em TO x", {("MANAGE", "EXTERNAL_METADATA", "em")}),
        # Without a name it is the current catalog, or that of old.
        ("GRANT USE CATALOG ON CATALOG TO x", {("MANAGE", "CATALOG", "main")}),
        ("ALTER CATALOG SET OWNER TO x", set()),
        ("ALTER CATALOG owner SET OWNER TO x", {("ALTER", "CATALOG", "owner")}),
        # Names that stand after their schema, or are no names
        ("SHOW COLUMNS IN t IN x", {("METADATA", "TABLE", "main.x.t")}),
        ("SHOW COLUMNS FROM t FROM other.s", {("METADATA", "TABLE", "other.s.t")}),
        ("SHOW ALL FUNCTIONS IN main.x", {("METADATA", "SCHEMA", "main.x")}),
        ("SHOW ALL IN SHARE sh", set()),
        ("SHOW SHARES IN PROVIDER prov", set()),
        ("ALTER TABLE t PARTITION (a = 1) RENAME TO PARTITION (a = 2)", {("MANAGE", "TABLE", "main.s.t")}),
        # UC: MODIFY lets one change columns and properties; who changes the rest owns the table, or manages it.
        ("ALTER TABLE t ADD COLUMN owner INT", {("ALTER", "TABLE", "main.s.t")}),
        ("ALTER TABLE t RENAME COLUMN owner TO maker", {("ALTER", "TABLE", "main.s.t")}),
        ("ALTER TABLE t SET TBLPROPERTIES ('owner' = 'to')", {("ALTER", "TABLE", "main.s.t")}),
        ("ALTER TABLE t SET OWNER TO x", {("MANAGE", "TABLE", "main.s.t")}),
        ("ALTER TABLE t OWNER TO x", {("MANAGE", "TABLE", "main.s.t")}),
        ("ALTER TABLE t DROP ROW FILTER", {("MANAGE", "TABLE", "main.s.t")}),
        ("ALTER TABLE t ALTER COLUMN a DROP MASK", {("MANAGE", "TABLE", "main.s.t")}),
        ("ALTER TABLE t ADD CONSTRAINT k CHECK (a > 1)", {("MANAGE", "TABLE", "main.s.t")}),
        ("SELECT max(version) FROM (DESCRIBE HISTORY t)", {("METADATA", "TABLE", "main.s.t")}),
        # UC: whoever brings it back must be able to make it, and to manage it.
        ("UNDROP TABLE t", {("CREATE", "TABLE", "main.s.t"), ("MANAGE", "TABLE", "main.s.t")}),
        ("UNDROP SCHEMA main.x", {("CREATE", "SCHEMA", "main.x"), ("MANAGE", "SCHEMA", "main.x")}),
        # What is made leans on others
        (
            "ALTER VOLUME main.raw.land RENAME TO main.raw.sea",
            {("ALTER", "VOLUME", "main.raw.land"), ("CREATE", "VOLUME", "main.raw.sea")},
        ),
        (
            "CREATE FOREIGN CATALOG c USING CONNECTION k OPTIONS (database 'd', authorized_paths 's3://b/x/, s3://c')",
            {
                ("CREATE", "CATALOG", "c"),
                ("CREATE_FOREIGN_CATALOG", "CONNECTION", "k"),
                ("CREATE_FOREIGN_SECURABLE", "PATH", "s3://b/x"),
                ("CREATE_FOREIGN_SECURABLE", "PATH", "s3://c"),
            },
        ),
        (
            "SYNC TABLE main.x.n FROM hive_metastore.y.n SET OWNER x",
            {("CREATE", "TABLE", "main.x.n"), ("METADATA", "TABLE", "hive_metastore.y.n")},
        ),
    ],
)
def test_a_command_names_its_securables(catalog, statement, expected):
    found = extract(statement, catalog, current_catalog="main", current_schema="s")
    assert {(use.action, use.securable_type, use.name) for use in found.uses} == expected
    assert not found.opaque


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SYNC SCHEMA main.x FROM hive_metastore.y DRY RUN", {"main.x"}),
        ("CREATE FLOW n AS AUTO CDC INTO u FROM STREAM(main.s.new) KEYS (a)", {"main.s.u", "main.s.new"}),
        ("SELECT 1 FROM (DESCRIBE HISTORY main.s.unlisted", {"main.s.unlisted"}),
    ],
)  # fmt: skip
def test_what_could_be_named_is_told_listed_or_not(catalog, statement, expected):
    found = extract(statement, catalog, current_catalog="main", current_schema="s")
    assert {name for part in found.opaque for name in part.may} == expected
