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
