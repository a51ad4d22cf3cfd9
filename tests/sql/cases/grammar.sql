-- One stanza for each trap of the grammar, those that general parsers fall into first.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

-- QUALIFY, windows, samples: columns inside are read
SELECT b FROM t TABLESAMPLE (5 PERCENT) QUALIFY rank() OVER (PARTITION BY a ORDER BY ts) < 3
=> t(a,b,ts)

-- PIVOT reads what it groups by, too
SELECT * FROM (SELECT a, b, c FROM t) PIVOT (avg(c) FOR b IN ('north', 'south'))
=> t(a,b,c)

-- UNPIVOT reads the columns it turns
SELECT a, label, amount FROM u UNPIVOT (amount FOR label IN (e AS extra))
=> u(a,e)

-- LATERAL VIEW OUTER with columns
SELECT a, k, v FROM t LATERAL VIEW OUTER explode(m) kv AS k, v
=> t(a,m)

-- a LATERAL sub-query, and a table function after a comma
SELECT l.top, g.x FROM t, LATERAL (SELECT max(e) AS top FROM u WHERE u.a = t.a) l, explode(t.arr) g(x)
=> t(a,arr) u(a,e)

-- the parameters of a lambda are no columns
SELECT filter(arr, a -> a > 0), map_filter(m, (k, v) -> v > a) FROM t
=> t(a,arr,m)

-- a lateral column alias is no column
SELECT c * 2 AS twice, twice + 1 AS more FROM t
=> t(c)

-- a star stands for every column, without those left out
SELECT * EXCEPT (d) FROM u
=> u(a,e)

-- t.* reads one side only
SELECT u.* FROM u JOIN dst ON u.a = dst.a
=> dst(a) u(a,d,e)

-- count(*) reads no column
SELECT count(*) FROM u
=> u()

-- a whole row in a struct
SELECT to_json(struct(u.*)) FROM u
=> u(a,d,e)

-- a whole row by its alias: no Spark, so it is said, and all of it counts
SELECT row FROM main.s.u row
=> u(a,d,e) ?whole-row

-- USING reads the key of both sides
SELECT d FROM u JOIN dst USING (a)
=> dst(a) u(a,d)

-- so does NATURAL
SELECT d FROM u NATURAL LEFT JOIN dst
=> dst(a) u(a,d)

-- a path into semi-structured text reads the column alone
SELECT j:owner.name[0]::string, j:['id'] FROM t
=> t(j)

-- schema.table.column before table.struct.field
SELECT s.t.a, t.st.x, main.s.t.st.y FROM t
=> t(a,st)

-- markers are values
SELECT a FROM t WHERE b = :who AND c > ?
=> t(a,b,c)

-- IDENTIFIER spells relations, columns and functions
SELECT IDENTIFIER('a') FROM IDENTIFIER('main' || '.s.' || 't') WHERE IDENTIFIER('f')(c)
=> f:f t(a,c)

-- INSERT INTO IDENTIFIER is no table called identifier
INSERT INTO IDENTIFIER('main.s.dst') SELECT a, b FROM t
=> !dst t(a,b)

-- session variables look like columns
DECLARE VARIABLE floor INT DEFAULT 3; SELECT a FROM t WHERE c > floor AND a < session.floor
=> t(a,c)

-- the sub-query of a variable counts
DECLARE OR REPLACE VARIABLE top DOUBLE DEFAULT (SELECT max(c) FROM t)
=> t(c)

-- EXECUTE IMMEDIATE of a literal
EXECUTE IMMEDIATE "SELECT d FROM u WHERE e = :x" USING 3 AS x
=> u(d,e)

-- EXECUTE IMMEDIATE of anything else
EXECUTE IMMEDIATE (SELECT max(b) FROM t)
=> t(b) ?dynamic-statement

-- every statement of a script counts, the variables do not
BEGIN DECLARE n INT DEFAULT 0; SET n = (SELECT count(*) FROM u WHERE e > 1); IF n > 0 THEN DELETE FROM dst WHERE a = n; END IF; END
=> !dst dst(a) u(e)

-- BEGIN ATOMIC is a script, BEGIN TRANSACTION is none
BEGIN ATOMIC INSERT INTO dst SELECT a, b FROM t; END; BEGIN TRANSACTION; SELECT d FROM u; ROLLBACK
=> !dst t(a,b) u(d)

-- the CTE of a recursion is no table
WITH RECURSIVE chain AS (SELECT id, mgr FROM emp WHERE name = 'x' UNION ALL SELECT e.id, e.mgr FROM emp e JOIN chain c ON e.id = c.mgr) SELECT count(*) FROM chain
=> emp(id,mgr,name)

-- MAX RECURSION LEVEL
WITH RECURSIVE n (i) MAX RECURSION LEVEL 5 AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n
=>

-- a CTE hides the table outside its own body only
WITH u AS (SELECT d FROM u) SELECT * FROM u JOIN main.s.u AS real ON real.d = u.d
=> u(a,d,e)

-- FROM first
FROM t SELECT a WHERE c > 1
=> t(a,c)

-- multi-insert
FROM t INSERT INTO dst SELECT a, b INSERT OVERWRITE u SELECT a, b, c WHERE j IS NULL
=> !dst !u t(a,b,c,j)

-- TABLE as a query
TABLE main.s.u
=> u(a,d,e)

-- in parentheses, too
SELECT d FROM (TABLE u)
=> u(d)

-- time travel by version, by name, by timestamp
SELECT a FROM t VERSION AS OF 7 UNION SELECT e FROM u@v3 UNION SELECT id FROM emp FOR SYSTEM_TIME AS OF '2024-01-01'
=> emp(id) t(a) u(e)

-- the change feed of a table that a string names
SELECT d, _change_type FROM table_changes('`main`.`s`.u', 2)
=> u(d)

-- streams
SELECT a FROM STREAM(main.s.t) UNION ALL SELECT e FROM STREAM u
=> t(a) u(e)

-- files of volumes and of locations
SELECT * FROM read_files('/Volumes/main/raw/land/2024') UNION ALL SELECT * FROM json.`s3://bucket/Path/x`
=> rf:s3://bucket/Path/x rv:main.raw.land

-- COPY INTO writes a table and reads files
COPY INTO dst FROM (SELECT a, b FROM '/Volumes/main/raw/land/in') FILEFORMAT = PARQUET
=> !dst rv:main.raw.land

-- LIST is no cast
LIST 's3://bucket/x' WITH (CREDENTIAL cred)
=> rf:s3://bucket/x

-- a query written to a folder
INSERT OVERWRITE DIRECTORY 's3://bucket/out' USING parquet SELECT d FROM u
=> u(d) wf:s3://bucket/out

-- MERGE: stars take the columns of the target, from the source
MERGE INTO dst USING (SELECT a, b, c FROM t) s ON dst.a = s.a WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT * WHEN NOT MATCHED BY SOURCE THEN DELETE
=> !dst dst(a) t(a,b,c)

-- clones
CREATE TABLE copy DEEP CLONE u
=> u(a,d,e)

-- a temporary view is looked through
CREATE OR REPLACE TEMP VIEW few AS SELECT a, b FROM t WHERE c > 1; SELECT b FROM few
=> t(a,b,c)

-- a temporary table hides the permanent one
CREATE TEMPORARY TABLE u (z INT); SELECT z FROM u; SELECT d FROM main.s.u
=> u(d)

-- USE changes what later names mean
USE main.x; SELECT v FROM t; USE SCHEMA s; SELECT a FROM t
=> main.x.t(v) t(a)

-- SET CATALOG, too
SET CATALOG other; SELECT q FROM s.t
=> other.s.t(q)

-- CACHE reads
CACHE TABLE kept AS SELECT d FROM u
=> u(d)

-- EXPLAIN is checked like what it explains
EXPLAIN EXTENDED SELECT d FROM u
=> u(d)

-- metadata is no access to rows
DESCRIBE DETAIL u; DESCRIBE HISTORY u; SHOW PARTITIONS u; SHOW CREATE TABLE u; DESC EXTENDED main.s.u
=>

-- tables are looked after without reading rows
OPTIMIZE u ZORDER BY (d); VACUUM u; MSCK REPAIR TABLE u; FSCK REPAIR TABLE u; REORG TABLE u APPLY (PURGE); REFRESH TABLE u
=>

-- grants on everything, though a TABLE is no table here
GRANT CREATE CATALOG ON METASTORE TO `data team`; GRANT SELECT ON SHARE s TO RECIPIENT r; REVOKE EXECUTE ON FUNCTION f FROM x
=>

-- an index is read like a table
SELECT a FROM vector_search(index => 'main.s.t', query_text => 'x', num_results => 5)
=> t(a)

-- a table as an argument
SELECT * FROM ai_forecast(TABLE(u), horizon => '2025-01-01', time_col => 'e', value_col => 'a')
=> u(a,d,e)

-- with PARTITION BY after it
SELECT * FROM tf(TABLE(SELECT d, e FROM u) PARTITION BY d, 3)
=> f:tf u(d,e)

-- another system's text is not ours to read
SELECT * FROM remote_query('pg', database => 'x', query => 'SELECT * FROM main.s.t')
=> conn:pg

-- information_schema
SELECT table_name FROM main.information_schema.tables
=> main.information_schema.tables

-- functions: three parts, two parts, one part; a built-in wins
SELECT main.s.f(a), x.g(b), f(c), upper(b) FROM t
=> f:f f:main.x.g t(a,b,c)

-- delimited names
SELECT `a`, `T`.`B` FROM `main`.`s`.`t`
=> t(a,b)

-- both quotes make strings, raw ones end at once
SELECT "a", r'c\', 'it''s', a FROM t
=> t(a)

-- comments nest; semicolons inside strings and comments end nothing
SELECT a /* ; /* ; */ FROM u */ FROM t WHERE b = ';' -- ; SELECT d FROM u
=> t(a,b)

-- hints name no relation
SELECT /*+ BROADCAST(u), MERGE(emp) */ a FROM t
=> t(a)

-- but some name columns
SELECT /*+ REPARTITION(4, b) */ a FROM t
=> t(a,b)

-- a bad statement spoils only itself
SELECT a FROM t; SELECT FROM WHERE; SELECT d FROM u
=> t(a) u(d) ?syntax

-- virtual columns stand in no schema
SELECT _metadata.file_path, a FROM t
=> t(a)

-- masks and filters name functions
CREATE TABLE guarded (a INT MASK f USING COLUMNS (b), b STRING) WITH ROW FILTER main.x.g ON (a)
=> f:f f:main.x.g

-- a watermark looks at a column, and can give one more
SELECT a FROM STREAM(t) WATERMARK ts DELAY OF INTERVAL 10 MINUTES
=> t(a,ts)

SELECT a, seen FROM STREAM t WATERMARK main.x.g(b) AS seen DELAY OF INTERVAL 10 MINUTES
=> t(a,b) f:main.x.g

SELECT q.a, u.d FROM t WATERMARK ts DELAY OF INTERVAL 1 HOUR AS q JOIN u ON u.a = q.c
=> t(a,c,ts) u(a,d)

SELECT q.a FROM STREAM(t) WITH (SKIPCHANGECOMMITS) q WHERE q.b = 'x'
=> t(a,b)

-- what is told of a table is no row of it
SELECT max(version) FROM (DESCRIBE HISTORY t)
=>

SELECT h.version, u.d FROM (DESC DETAIL main.x.t) AS h JOIN u ON u.a = h.version
=> u(a,d)

SELECT * FROM (DESCRIBE HISTORY delta.`/Volumes/main/raw/land/x`)
=> rv:main.raw.land

SELECT * FROM (DESCRIBE HISTORY IDENTIFIER(:x))
=> ?dynamic-name
