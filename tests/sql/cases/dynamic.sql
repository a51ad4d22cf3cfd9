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
