-- Names and statements that are spelled by constants, parameters and variables.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

INSERT INTO IDENTIFIER(:n) SELECT a, b, c FROM IDENTIFIER('main.s.' || :p)
=> !u t(a,b,c)

CREATE TABLE IDENTIFIER('main.s.new') AS SELECT a FROM t
=> t(a)

SELECT IDENTIFIER('f')(a) FROM t
=> t(a) f:f

SELECT IDENTIFIER('t.a') FROM t
=> t(a)

SELECT * FROM IDENTIFIER(:unknown)
=> ?dynamic-name

EXECUTE IMMEDIATE 'SELECT a FROM t WHERE b = ?' USING 'x'
=> t(a,b)

EXECUTE IMMEDIATE 'SELECT a FROM IDENTIFIER(:tab)' USING 'u' AS tab
=> u(a)

EXECUTE IMMEDIATE some_variable
=> ?dynamic-statement ?unknown-column

DECLARE q = 'SELECT a FROM t'; EXECUTE IMMEDIATE q; SET VAR q = 'SELECT d FROM u'; EXECUTE IMMEDIATE q
=> t(a) u(d)

SET VAR x = (SELECT max(a) FROM t)
=> t(a)

DECLARE x INT; SELECT a FROM t WHERE e2 = x
=> t(a) ?unknown-column

SET CATALOG other; USE s; SELECT q FROM t
=> other.s.t(q)

USE IDENTIFIER('main.x'); SELECT k FROM t
=> main.x.t(k)

SELECT session.v, system.session.w, a FROM t
=> t(a)

SELECT ?, :x, a FROM t WHERE b = :y LIMIT :lim OFFSET ?
=> t(a,b)

SET x = (SELECT max(a) FROM t)
=> ?unread-query

-- one text after another is one text
SELECT * FROM IDENTIFIER('main.' 's.u')
=> u(a,d,e)

SELECT * FROM IDENTIFIER('main.s.' :p)
=> t(a,arr,b,c,items,j,m,st,ts)

SELECT * FROM IDENTIFIER('t' :unknown)
=> ?dynamic-name

DROP TABLE IDENTIFIER('dst' :unknown)
=> ?dynamic-name

SELECT IDENTIFIER('f' :unknown)(1)
=> ?dynamic-name

COPY INTO dst FROM '/Volumes/main/raw/la' 'nd' FILEFORMAT = CSV
=> !dst rv:main.raw.land

COPY INTO dst FROM '/Volumes/main/raw/la' :unknown FILEFORMAT = CSV
=> !dst ?dynamic-path

LIST 's3://b/' :unknown
=> ?dynamic-path

INSERT OVERWRITE DIRECTORY 's3://b/' :unknown USING csv SELECT a FROM t
=> t(a) ?dynamic-path

-- the first part of a name alone
SELECT q FROM IDENTIFIER('other').s.t
=> other.s.t(q)

TRUNCATE TABLE IDENTIFIER('other').s.t
=> !other.s.t

CREATE TABLE n SHALLOW CLONE IDENTIFIER('other').s.t
=> other.s.t(q)

DROP TABLE IDENTIFIER(:unknown).s.t
=> ?dynamic-name

-- a list in parentheses, or an argument
EXECUTE IMMEDIATE 'SELECT d FROM IDENTIFIER(:x)' USING ('u') AS x
=> u(d)

EXECUTE IMMEDIATE 'SELECT d FROM IDENTIFIER(:x) WHERE e = :y' USING ('u' AS x, (1 + 2) AS y)
=> u(d,e)

EXECUTE IMMEDIATE 'SELECT a FROM t WHERE c = ?' USING (1 + 2) * 3
=> t(a,c)
