"""What statements do besides reading and writing rows: each action on each securable that grants can be asked for."""

from __future__ import annotations

import pytest

from uc_guard import extract

DATA = {"SELECT", "MODIFY", "EXECUTE", "READ_VOLUME", "WRITE_VOLUME"}
STORED = {("CREATE", "PATH", "s3://b/x"), ("WRITE_FILES", "PATH", "s3://b/x")}
COPY = ("CREATE", "TABLE", "main.s.n")


def actions(catalog, text, **given):
    found = extract(text, catalog, **{"current_catalog": "main", "current_schema": "s", **given})
    return {(use.action, use.securable_type, use.name) for use in found.uses if use.action not in DATA}, found.opaque


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        # UC: a table made at a path needs CREATE EXTERNAL TABLE there; whether it also writes files is not told.
        ("CREATE TABLE n (a INT) USING delta LOCATION 's3://b/x/'", {COPY, *STORED}),
        ("CREATE TABLE n LOCATION 's3://b/x' AS SELECT a FROM t", {COPY, *STORED}),
        ("CREATE TABLE n DEEP CLONE t LOCATION 's3://b/x'", {COPY, *STORED}),
        ("CREATE TABLE n SHALLOW CLONE t VERSION AS OF 3 LOCATION 's3://b/x'", {COPY, *STORED}),
        ("CREATE TABLE n CLONE t TBLPROPERTIES ('a' = 'b') LOCATION 's3://b/x'", {COPY, *STORED}),
        ("CREATE TABLE n CLONE IDENTIFIER('t') LOCATION 's3://b/x'", {COPY, *STORED}),
        ("CREATE TABLE n LIKE t LOCATION 's3://b/x'", {COPY, *STORED}),
        ("CREATE TABLE n LIKE t USING csv LOCATION :p", {COPY, *STORED}),
        ("CREATE TABLE n USING csv OPTIONS (path 's3://b/x') AS SELECT a FROM t", {COPY, *STORED}),
        ("ALTER TABLE t SET LOCATION 's3://b/x'", {("ALTER", "TABLE", "main.s.t"), *STORED}),
        ("CREATE SCHEMA main.n MANAGED LOCATION 's3://b/x'", {("CREATE", "SCHEMA", "main.n"), *STORED}),
        (
            "CREATE EXTERNAL VOLUME n LOCATION 's3://b/x/'",
            {("CREATE", "VOLUME", "main.s.n"), ("CREATE", "PATH", "s3://b/x")},
        ),
        (
            "CREATE CATALOG n MANAGED LOCATION 's3://b/x'",
            {("CREATE", "CATALOG", "n"), ("CREATE", "PATH", "s3://b/x")},
        ),
        # UC: CREATE EXTERNAL LOCATION is needed on the metastore and on the credential.
        (
            "CREATE EXTERNAL LOCATION IF NOT EXISTS `el` URL 's3://b' WITH (STORAGE CREDENTIAL `Cred`) COMMENT 'x'",
            {("CREATE", "EXTERNAL_LOCATION", "el"), ("CREATE_EXTERNAL_LOCATION", "STORAGE_CREDENTIAL", "cred")},
        ),
        (
            "ALTER EXTERNAL LOCATION el SET STORAGE CREDENTIAL cred",
            {("ALTER", "EXTERNAL_LOCATION", "el"), ("CREATE_EXTERNAL_LOCATION", "STORAGE_CREDENTIAL", "cred")},
        ),
        (
            "CREATE FOREIGN CATALOG n USING CONNECTION pg OPTIONS (database 'x')",
            {("CREATE", "CATALOG", "n"), ("CREATE_FOREIGN_CATALOG", "CONNECTION", "pg")},
        ),
        (
            "COPY INTO dst FROM 's3://b/x' WITH (CREDENTIAL cred ENCRYPTION (TYPE = 'x')) FILEFORMAT = CSV",
            {("READ_FILES", "PATH", "s3://b/x"), ("USE", "STORAGE_CREDENTIAL", "cred")},
        ),
        (
            "COPY INTO dst FROM 's3://b/x' WITH (CREDENTIAL (AWS_ACCESS_KEY = 'x')) FILEFORMAT = CSV",
            {("READ_FILES", "PATH", "s3://b/x")},
        ),
        (
            "LIST 's3://b/x' WITH (CREDENTIAL cred)",
            {("READ_FILES", "PATH", "s3://b/x"), ("USE", "STORAGE_CREDENTIAL", "cred")},
        ),
        (
            "CREATE TABLE n LOCATION 's3://b/x' WITH (CREDENTIAL cred)",
            {COPY, *STORED, ("USE", "STORAGE_CREDENTIAL", "cred")},
        ),
        # What a source is reached by: service credentials and connections.
        (
            "SELECT * FROM STREAM read_kinesis(streamName => 'x', serviceCredential => 'Cred')",
            {("ACCESS", "CREDENTIAL", "cred")},
        ),
        ("SELECT * FROM read_kafka(`databricks.serviceCredential` => :p)", {("ACCESS", "CREDENTIAL", "s3://b/x")}),
        (
            "SELECT * FROM read_files('https://h/x', `databricks.connection` => 'conn')",
            {("READ_FILES", "PATH", "https://h/x"), ("USE_CONNECTION", "CONNECTION", "conn")},
        ),
        (
            (
                "COPY INTO dst FROM 's3://b/x' FILEFORMAT = CSV "
                "FORMAT_OPTIONS ('header' = 'true', 'databricks.connection' = 'Conn', 'sep' = ',')"
            ),
            {("READ_FILES", "PATH", "s3://b/x"), ("USE_CONNECTION", "CONNECTION", "conn")},
        ),
        (
            "CREATE TEMP VIEW q USING kafka OPTIONS (subscribe 'x', serviceCredential 'cred')",
            {("ACCESS", "CREDENTIAL", "cred")},
        ),
        (
            (
                "CREATE FUNCTION g(a INT) RETURNS STRING LANGUAGE PYTHON "
                "CREDENTIALS (`a-1` DEFAULT, IDENTIFIER('b') AS c) AS $$ return $$"
            ),
            {("CREATE", "FUNCTION", "main.s.g"), ("ACCESS", "CREDENTIAL", "a-1"), ("ACCESS", "CREDENTIAL", "b")},
        ),
        (
            "CREATE FUNCTION g(credentials INT) RETURNS TABLE (credentials INT) RETURN SELECT a FROM t",
            {("CREATE", "FUNCTION", "main.s.g")},
        ),
        (
            "CREATE CONNECTION k TYPE KINESIS OPTIONS (aws_region 'x', credential 'svc')",
            {("CREATE", "CONNECTION", "k"), ("CREATE_CONNECTION", "CREDENTIAL", "svc")},
        ),
        ("SET TAG ON TABLE t owner = 'me'", {("APPLY_TAG", "TABLE", "main.s.t")}),
        ("SET TAG ON SCHEMA s owner", {("APPLY_TAG", "SCHEMA", "main.s")}),
        ("SET TAG ON CATALOG main owner = x", {("APPLY_TAG", "CATALOG", "main")}),
        ("SET TAG ON VIEW vw owner = x", {("APPLY_TAG", "VIEW", "main.s.vw")}),
        ("UNSET TAG ON VOLUME main.raw.land owner", {("APPLY_TAG", "VOLUME", "main.raw.land")}),
        ("SET TAG ON COLUMN t.a pii", {("APPLY_TAG", "TABLE", "main.s.t")}),
        ("ALTER TABLE t SET TAGS ('a' = 'b')", {("APPLY_TAG", "TABLE", "main.s.t")}),
        (
            "ALTER TABLE t ALTER COLUMN a UNSET TAGS ('a')",
            {("APPLY_TAG", "TABLE", "main.s.t")},
        ),
        ("ALTER SCHEMA main.s SET TAGS ('a')", {("APPLY_TAG", "SCHEMA", "main.s")}),
        ("ALTER CATALOG main UNSET TAGS ('a')", {("APPLY_TAG", "CATALOG", "main")}),
        (
            "ALTER VOLUME main.raw.land SET TAGS ('a')",
            {("APPLY_TAG", "VOLUME", "main.raw.land")},
        ),
        ("ALTER VIEW vw SET TAGS ('a')", {("APPLY_TAG", "VIEW", "main.s.vw")}),
        # UC: the new name is made in its schema.
        ("ALTER TABLE t RENAME TO n", {("MANAGE", "TABLE", "main.s.t"), COPY}),
        ("ALTER TABLE t RENAME TO x.n", {("MANAGE", "TABLE", "main.s.t"), ("CREATE", "TABLE", "main.x.n")}),
        ("ALTER VIEW vw RENAME TO x.n", {("ALTER", "VIEW", "main.s.vw"), ("CREATE", "VIEW", "main.x.n")}),
        # UC: the owner of a share must be able to read what is in it.
        (
            "ALTER SHARE sh ADD TABLE t",
            {("ALTER", "SHARE", "sh"), ("SHARE", "TABLE", "main.s.t")},
        ),
        ("ALTER SHARE sh REMOVE TABLE t", {("ALTER", "SHARE", "sh")}),
        ("ANALYZE TABLES IN main.s COMPUTE STATISTICS", {("ANALYZE", "SCHEMA", "main.s")}),
        ("ANALYZE TABLES COMPUTE STATISTICS", set()),
        # What is made the current one, or listed, has to be entered.
        ("USE CATALOG other", {("METADATA", "CATALOG", "other")}),
        ("SET CATALOG `other`", {("METADATA", "CATALOG", "other")}),
        ("USE x", {("METADATA", "SCHEMA", "main.x")}),
        ("USE SCHEMA x", {("METADATA", "SCHEMA", "main.x")}),
        ("USE other.s", {("METADATA", "SCHEMA", "other.s")}),
        ("USE CATALOG other; USE s", {("METADATA", "CATALOG", "other"), ("METADATA", "SCHEMA", "other.s")}),
        ("SHOW TABLES", {("METADATA", "SCHEMA", "main.s")}),
        ("SHOW TABLES LIKE 'in*'", {("METADATA", "SCHEMA", "main.s")}),
        ("SHOW TABLE EXTENDED LIKE 'in*'", {("METADATA", "SCHEMA", "main.s")}),
        ("SHOW TABLE EXTENDED IN other.s LIKE 'in*'", {("METADATA", "SCHEMA", "other.s")}),
        ("SHOW MATERIALIZED VIEWS", {("METADATA", "SCHEMA", "main.s")}),
        ("SHOW TABLES IN x", {("METADATA", "SCHEMA", "main.x")}),
        ("SHOW TABLES FROM SCHEMA other.s LIKE 'a*'", {("METADATA", "SCHEMA", "other.s")}),
        ("SHOW TABLE EXTENDED IN main.x LIKE '*'", {("METADATA", "SCHEMA", "main.x")}),
        ("SHOW VIEWS IN other.s", {("METADATA", "SCHEMA", "other.s")}),
        ("SHOW MATERIALIZED VIEWS IN other.s", {("METADATA", "SCHEMA", "other.s")}),
        ("SHOW USER FUNCTIONS IN main.x", {("METADATA", "SCHEMA", "main.x")}),
        ("SHOW VOLUMES IN main.raw", {("METADATA", "SCHEMA", "main.raw")}),
        ("SHOW SCHEMAS", {("METADATA", "CATALOG", "main")}),
        ("SHOW SCHEMAS IN other LIKE 's*'", {("METADATA", "CATALOG", "other")}),
        ("SHOW DATABASES FROM CATALOG other", {("METADATA", "CATALOG", "other")}),
        ("SHOW FUNCTIONS", set()),
        ("SHOW CATALOGS", set()),
        ("SHOW GRANTS ON SCHEMA main.s", set()),
        ("DESCRIBE FUNCTION EXTENDED f", {("METADATA", "FUNCTION", "main.s.f")}),
        ("DESCRIBE FUNCTION main.x.g", {("METADATA", "FUNCTION", "main.x.g")}),
        ("DESCRIBE FUNCTION upper", set()),
        ("DESCRIBE FUNCTION !=", set()),
    ],
)
def test_an_action_is_told_with_its_securable(catalog, statement, expected):
    found, opaque = actions(catalog, statement, parameters={"p": "s3://b/x"})
    assert found == expected
    assert not opaque


@pytest.mark.parametrize("value", ["concat(a, 'x')", ":q", "upper('c')"])
def test_a_credential_that_is_worked_out_is_opaque(catalog, value):
    statement = "SELECT 1 FROM t, read_kinesis(streamName => 'x', serviceCredential => ?)"
    found, opaque = actions(catalog, statement.replace("?", value))
    assert not found
    assert "dynamic-name" in {part.reason for part in opaque}


def test_a_table_renamed_without_a_namespace_stays_in_its_schema(catalog):
    found, opaque = actions(catalog, "ALTER TABLE main.s.t RENAME TO n", current_catalog=None, current_schema=None)
    assert found == {("MANAGE", "TABLE", "main.s.t"), COPY}
    assert not opaque


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE n (a INT) LOCATION :nobody_told",
        "CREATE TABLE n CLONE t LOCATION IDENTIFIER('x' || :x)",
        "CREATE EXTERNAL VOLUME n LOCATION :nobody_told",
        "ALTER TABLE t SET LOCATION :nobody_told",
    ],
)
def test_a_location_that_nobody_can_know_could_be_any(catalog, statement):
    assert [(part.reason, part.may) for part in actions(catalog, statement)[1]] == [("dynamic-path", None)]


def test_location_is_an_alias_where_no_path_follows(used):
    assert used("SELECT location.a FROM t location WHERE location.b = 'x'") == ["t(a,b)"]


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM `t@v3`", "SELECT * FROM IDENTIFIER('t@v3')", "SELECT * FROM table_changes('main.s.t@v3', 1)"],
)
def test_a_version_in_what_looks_like_one_name_could_be_of_the_table(catalog, statement):
    assert [part.may for part in actions(catalog, statement)[1]] == [("main.s.t", "main.s.t@v3")]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM main.s.IDENTIFIER(:x)",
        "SELECT * FROM main.IDENTIFIER(:x).t",
        "WITH IDENTIFIER(:x) AS (SELECT 1) SELECT * FROM q",
        "CREATE TABLE n CLONE t LOCATION IDENTIFIER(:x)",
    ],
)
def test_a_part_of_a_name_that_nobody_can_know_could_be_any(catalog, statement):
    assert None in [part.may for part in actions(catalog, statement)[1]]


@pytest.mark.parametrize(
    ("statement", "namespace", "expected"),
    [
        # What the catalogue lacks may be there all the same.
        ("SELECT * FROM main.s.unlisted WHERE ((", ("main", "s"), ("main.s.unlisted",)),
        ("SELECT * FROM x.unlisted JOIN u ON ((", ("main", "s"), ("main.s.u", "main.x.unlisted")),
        ("MERGE INTO unlisted USING emp ON ((", ("main", "s"), ("main.s.emp", "main.s.unlisted")),
        # Without a namespace it is any of that name.
        ("SELECT * FROM t WHERE ((", (None, None), ("main.s.t", "main.x.t", "other.s.t")),
        ("SELECT * FROM x.t WHERE ((", (None, None), ("main.x.t",)),
        ("SELECT * FROM u, emp WHERE ((", (None, None), ("main.s.u", "main.s.emp")),
        ("WITH q AS (SELECT a FROM u) SELECT * FROM q WHERE ((", (None, None), ("main.s.u",)),
        ("INSERT INTO main.s.unlisted (a) SELECT a FROM explode((", (None, None), ("main.s.unlisted",)),
        # A path is something to use, too.
        ("SELECT * FROM read_files('s3://b/x/', (", ("main", "s"), ("s3://b/x",)),
        ("SELECT a FROM u JOIN csv.`s3://B/x` ON ((", ("main", "s"), ("main.s.u", "s3://B/x")),
        ("SELECT a FROM csv.`/Volumes/main/raw/land/x` ON ((", ("main", "s"), ("/Volumes/main/raw/land/x",)),
        ("SELECT a / 2, 'a / b' FROM u WHERE ((", ("main", "s"), ("main.s.u",)),
    ],
)
def test_a_table_of_a_broken_statement_could_be_used_listed_or_not(catalog, statement, namespace, expected):
    _, opaque = actions(catalog, statement, current_catalog=namespace[0], current_schema=namespace[1])
    assert {name for part in opaque for name in part.may} == set(expected)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM WHERE IDENTIFIER(:p)",
        "SELECT FROM WHERE IDENTIFIER('main').s.t",
        "SELECT FROM WHERE IDENTIFIER('s' || 't')",
        "SELECT FROM WHERE main.IDENTIFIER('s').t",
        "SELECT FROM WHERE read_files('/Volumes/main/raw/' || 'land/x')",
        "SELECT FROM WHERE table_changes(concat('t'), 1)",
        "BEGIN IF IF; EXECUTE IMMEDIATE q; END",
        "COPY INTO dst FROM :p WHERE ((",
    ],
)
def test_what_a_broken_statement_puts_together_could_be_any(catalog, statement):
    assert None in [part.may for part in actions(catalog, statement)[1]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CASE WHEN 1 = 2 THEN 't' ELSE 'main.s.u' END", ("main.s.t", "main.s.u")),
        ("if(true, 't', 'u')", ("main.s.t", "main.s.u")),
        ("CASE WHEN 1 = 2 THEN v ELSE 'u' END", None),
        (":x || 'u'", None),
        ("concat(:x, 'u')", None),
        ("'u' :x", None),
    ],
)
def test_texts_that_are_chosen_are_told_and_others_could_be_any(catalog, name, expected):
    _, opaque = actions(catalog, "SELECT * FROM IDENTIFIER(?)".replace("?", name))
    assert [(part.reason, part.may) for part in opaque] == [("dynamic-name", expected)]


def test_a_table_of_a_broken_statement_that_nobody_lists_could_be_any(catalog):
    _, opaque = actions(catalog, "SELECT * FROM unlisted WHERE ((", current_catalog=None, current_schema=None)
    assert None in [part.may for part in opaque]


@pytest.mark.parametrize("statement", ["SHOW TABLES", "SHOW SCHEMAS", "USE x", "SHOW TABLES IN x"])
def test_a_namespace_that_is_not_known_is_not_guessed(catalog, statement):
    assert actions(catalog, statement, current_catalog=None, current_schema=None) == (set(), ())


def test_what_is_current_is_listed_in_each_session(catalog):
    for schema in ("s", "x"):
        assert actions(catalog, "SHOW TABLES", current_schema=schema)[0] == {("METADATA", "SCHEMA", f"main.{schema}")}


@pytest.mark.parametrize("statement", ["SHOW x SELECT a FROM t", "SHOW TABLES (SELECT a FROM t)"])
def test_a_query_in_a_listing_is_noted_and_never_dropped(catalog, statement):
    _, opaque = actions(catalog, statement)
    assert [(part.reason, part.may) for part in opaque] == [("unread-query", ("main.s.t",))]
