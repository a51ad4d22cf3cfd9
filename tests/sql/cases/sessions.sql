-- What one statement leaves for the next.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

CREATE TEMPORARY TABLE tt AS SELECT a FROM t; SELECT * FROM tt; INSERT INTO tt SELECT e FROM u
=> t(a) u(e)

CREATE TEMP VIEW tv (z) AS SELECT a FROM t; SELECT z FROM tv JOIN u ON z = e
=> t(a) u(e)

CACHE TABLE ct AS SELECT a FROM t; SELECT * FROM ct
=> t(a)

CACHE SELECT a FROM t WHERE b = 'x'
=> t(a,b)

CACHE LAZY TABLE u
=> u(a,d,e)

USE CATALOG other; SELECT q FROM s.t
=> other.s.t(q)

USE SCHEMA x; SELECT k FROM t
=> main.x.t(k)

-- columns that were added or renamed since are not those that the table was made with
CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN z INT; SELECT * FROM n
=> n

CREATE OR REPLACE TABLE u (a INT); ALTER TABLE u RENAME COLUMN a TO z; SELECT z FROM u
=> u

CREATE TABLE n (a INT); ALTER TABLE n SET TBLPROPERTIES ('k' = 'v'); SELECT * FROM n
=> n(a)

CREATE TABLE n (a INT); MERGE WITH SCHEMA EVOLUTION INTO n USING u ON n.a = u.a WHEN MATCHED THEN UPDATE SET *; SELECT * FROM n
=> !n n u(a,d,e)

CREATE TABLE n (a INT); INSERT WITH SCHEMA EVOLUTION INTO n BY NAME SELECT d FROM u; SELECT * FROM n
=> !n n u(d)

CREATE TABLE n AS SELECT a FROM t; ALTER TABLE n RENAME TO n2; SELECT a FROM n2
=> n2(a) t(a)

-- what is temporary hides a table of its name, for the second reader too
CREATE TEMP TABLE u AS SELECT a FROM t; SELECT a FROM u; DROP TABLE session.u; SELECT d FROM u
=> t(a) u(d)
