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

-- what other systems would read is no SQL here
SELECT a FROM "main.s.t"
=> ?syntax

SELECT [a] FROM [main].[s].[t]
=> ?syntax

SELECT a FROM t LIMIT 5, 10
=> ?syntax

SELECT a FROM t FOR UPDATE
=> t(a) ?syntax

PRAGMA table_info(t)
=> ?syntax

REPLACE INTO dst VALUES (1, 'x')
=> ?unknown-statement

-- nor is a fence, a magic or a template
%sql SELECT a FROM t
=> ?syntax

SELECT a FROM {{ ref('t') }}
=> ?syntax

-- a natural join with columns that cannot be told may join on any
SELECT 1 FROM (SELECT inline(items) FROM t) q NATURAL JOIN u
=> t(items) u(a,d,e)

-- what is put together in a statement that cannot be read could be anything
SELECT FROM FROM IDENTIFIER(:p)
=> ?syntax
