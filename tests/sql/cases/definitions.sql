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
