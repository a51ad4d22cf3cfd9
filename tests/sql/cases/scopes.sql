-- Who sees which name: CTEs, sub-queries, laterals.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

SELECT x.k FROM tf(TABLE(SELECT a FROM t WHERE b = 'x')) AS x(k)
=> t(a,b) f:tf

SELECT * FROM remote_query('myconn', query => 'select 1')
=> conn:myconn

SELECT transform(arr, a -> a + c), aggregate(arr, 0, (acc, y) -> acc + y + length(b)), exists(arr, q -> q > 1) FROM t
=> t(arr,b,c)

SELECT b, c FROM t GROUP BY b, c WITH ROLLUP
=> t(b,c)

SELECT * FROM (SELECT a, b, c FROM t) PIVOT (sum(c) AS s, max(a) AS mx FOR b IN ('x' AS xx, 'y'))
=> t(a,b,c)

SELECT xx_s FROM (SELECT b, c FROM t) PIVOT (sum(c) AS s, max(c) AS mx FOR b IN ('x' AS xx, 'y'))
=> t(b,c)

WITH RECURSIVE r(n, up) AS (SELECT id, mgr FROM emp WHERE mgr IS NULL UNION ALL SELECT e.id, e.mgr FROM emp e JOIN r ON e.mgr = r.n) SELECT n FROM r
=> emp(id,mgr)

WITH RECURSIVE r MAX RECURSION LEVEL 10 AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r JOIN u ON n = e
=> u(a,d,e)

WITH t AS (SELECT a FROM t) SELECT * FROM t
=> t(a)

WITH u AS (SELECT 1 AS a), w AS (SELECT a FROM u) SELECT * FROM w, main.s.u
=> u(a,d,e)

SELECT a, (WITH q AS (SELECT max(e) AS mx FROM u WHERE u.a = t.a) SELECT mx FROM q) FROM t
=> t(a) u(a,e)

SELECT * FROM u WHERE (a, d) IN (SELECT a, b FROM t) AND EXISTS (SELECT 1 FROM emp WHERE emp.id = e)
=> emp(id) t(a,b) u(a,d,e)

SELECT u.d FROM t JOIN u ON t.a = u.a AND EXISTS (SELECT 1 FROM emp WHERE id = t.a)
=> emp(id) t(a) u(a,d)

SELECT x, p, v FROM t, LATERAL posexplode(arr) AS q(p, v), LATERAL (SELECT max(e) AS x FROM u WHERE u.a = t.a)
=> t(a,arr) u(a,e)

SELECT col.sku FROM (SELECT explode(items) FROM t)
=> t(items)

SELECT key, value FROM (SELECT explode(m) FROM t)
=> t(m)

VALUES (1), ((SELECT max(a) FROM t))
=> t(a)

(SELECT a FROM t) UNION (SELECT e FROM u ORDER BY d LIMIT 1) ORDER BY a
=> t(a) u(d,e)

SELECT a FROM t UNION ALL SELECT e FROM u INTERSECT SELECT id FROM emp EXCEPT SELECT mgr FROM emp
=> emp(id,mgr) t(a) u(e)

SELECT (SELECT max(q.e) FROM u q WHERE q.a = t.a AND q.d = (SELECT name FROM emp WHERE id = t.c)) FROM t
=> emp(id,name) t(a,c) u(a,d,e)

SELECT a FROM t -- comment ; SELECT d FROM u
=> t(a)

SELECT 'FROM u; SELECT', "u.a", r'\', a FROM t; SELECT e FROM u
=> t(a) u(e)

SELECT a FROM t ORDER BY (SELECT max(e) FROM u), c NULLS FIRST
=> t(a,c) u(e)

SELECT a FROM t LIMIT (SELECT max(e) FROM u)
=> t(a) u(e)

SELECT sal FROM emp WHERE EXISTS (SELECT * FROM (SELECT * FROM (SELECT a AS k, e AS id, d AS s FROM u) PIVOT (sum(id) FOR k IN (1 AS p1))) AS x WHERE x.s > id)
=> emp(id,sal) u(a,d,e)
