-- What cannot be understood is said, never dropped.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

SELECT a FROM t WHERE a > ALL (SELECT e FROM u)
=> t(a) u(e) ?unknown-function

SELECT nosuch(a) FROM t
=> t(a) ?unknown-function

SELECT a FROM nosuch.s.t
=> ?unknown-table

SELECT zz FROM t
=> t() ?unknown-column

SELECT a FROM `t
=> ?syntax

SELEC a FROM t
=> ?syntax

SELECT a FROM t WHERE (b = 'x'
=> ?syntax

SELECT a, FROM t
=> ?syntax

SELECT x FROM (MAP a, b USING 'cat' AS x, y FROM t)
=> ?syntax

SELECT * FROM JSON_TABLE(j, '$' COLUMNS (x INT PATH '$.x'))
=> ?unknown-column

SELECT name "Full Name" FROM emp
=> ?syntax ?unknown-column
