-- CREATE, ALTER, DROP, COMMENT and policies.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

CREATE OR REPLACE TABLE n SHALLOW CLONE t VERSION AS OF 3
=> t(a,arr,b,c,items,j,m,st,ts)

CREATE TABLE n DEEP CLONE main.s.u
=> u(a,d,e)

CREATE TABLE n (a INT MASK f, b STRING DEFAULT 'select' COMMENT 'from t', CONSTRAINT pk PRIMARY KEY (a)) WITH ROW FILTER main.x.g ON (a) AS SELECT a, b FROM t
=> t(a,b) f:f f:main.x.g

CREATE MATERIALIZED VIEW mv AS SELECT a, sum(c) s FROM t GROUP BY a
=> t(a,c)

CREATE VIEW main.s.nv AS SELECT * FROM vw; SELECT a FROM main.s.nv
=> vw(a,b) nv(a)

CREATE FUNCTION main.s.newf(x INT) RETURNS INT RETURN (SELECT max(a) FROM t WHERE c > x); SELECT newf(1)
=> t(a,c) f:newf

CREATE FUNCTION main.s.pyf(x INT) RETURNS INT LANGUAGE PYTHON AS $$ return x + "FROM t" $$
=>

CREATE PROCEDURE p2(IN x INT) LANGUAGE SQL SQL SECURITY INVOKER AS BEGIN SELECT a FROM t; IF x > 1 THEN DELETE FROM dst; END IF; END
=>

ALTER TABLE t ALTER COLUMN b SET MASK f USING COLUMNS (a)
=> f:f

ALTER TABLE t SET ROW FILTER main.x.g ON (a, b)
=> f:main.x.g

ALTER TABLE t DROP ROW FILTER
=>

ALTER TABLE t SET TAGS ('a' = 'b')
=>

CREATE POLICY hide ON SCHEMA main.s ROW FILTER f TO agents EXCEPT admins FOR TABLES MATCH COLUMNS has_tag('x') AS c USING COLUMNS (c)
=> f:f

UNDROP TABLE main.s.t
=>

COMMENT ON TABLE t IS 'select a from u'
=>

DROP TABLE IF EXISTS dst
=>

CREATE TABLE IF NOT EXISTS u AS SELECT 1 AS zz; SELECT * FROM u
=> u(a,d,e)

CREATE TABLE delta.`s3://b/new` AS SELECT a FROM t
=> t(a) wf:s3://b/new

CREATE TABLE n (a INT) USING csv OPTIONS (header 'true', path 's3://b/in')
=> wf:s3://b/in

CREATE EXTERNAL VOLUME main.raw.more LOCATION 's3://b/more'
=>

-- a metric view is one however it is made
ALTER VIEW vw AS $$ version: 1.1 $$
=> ?metric-view

ALTER VIEW vw WITH SCHEMA COMPENSATION
=>

ALTER VIEW vw AS (SELECT d FROM u)
=> u(d)

ALTER VIEW vw AS WITH schema AS (SELECT d FROM u) SELECT * FROM schema
=> u(d)

-- masks of columns that are added or changed
ALTER TABLE t ADD COLUMN z STRING MASK f
=> f:f

ALTER TABLE t ADD COLUMNS (y INT, z STRING MASK main.x.g USING COLUMNS (a))
=> f:main.x.g

ALTER TABLE t REPLACE COLUMNS (a INT MASK f)
=> f:f

-- a column can be called so
ALTER TABLE t ADD COLUMNS (mask STRING, x STRUCT<mask: STRING, b: INT>)
=>

ALTER TABLE t CHANGE COLUMN mask mask STRING
=>

ALTER TABLE t RENAME COLUMN mask TO shown
=>

ALTER TABLE t RENAME COLUMN shown TO mask
=>

-- defaults of parameters are worked out when the function is called
CREATE FUNCTION h(x INT DEFAULT f(1), y DECIMAL(10, 2)) RETURNS INT RETURN x
=> f:f

-- packages can lie in volumes
CREATE FUNCTION h(x INT) RETURNS INT LANGUAGE PYTHON ENVIRONMENT (dependencies = '["a==1", "/Volumes/main/raw/land/x.whl"]') AS $$ return x $$
=> rv:main.raw.land

-- the body of a procedure runs later
CREATE PROCEDURE np() LANGUAGE SQL AS BEGIN INSERT INTO dst SELECT a, b FROM t; END
=>

-- a schema may be called like a table
CREATE SCHEMA t
=>

DROP SCHEMA u
=>

CREATE TABLE n USING csv OPTIONS (path :x)
=> ?dynamic-path
