# --- pipe operators
FROM t |> SELECT a
FROM t |> SELECT a, b |> SELECT b
FROM t |> WHERE c = 'x' |> SELECT a
FROM t |> SELECT a, b AS q |> WHERE q > 1 |> SELECT a
FROM u |> EXTEND a + 1 AS y |> SELECT y, k
FROM u |> EXTEND a + 1 AS y |> SELECT y
FROM u |> SET a = b + 1 |> SELECT a
FROM u |> SET a = b + 1, x = a |> SELECT x
FROM u |> DROP c, t |> SELECT a
FROM u |> DROP c, t
FROM u |> AS q |> SELECT q.a
FROM u |> AS q |> JOIN w ON q.k = w.k |> SELECT w.y, q.a
FROM u |> JOIN w USING (k) |> SELECT y
FROM u |> LEFT JOIN w ON u.k = w.k |> SELECT u.a
FROM u |> AGGREGATE sum(a)
FROM u |> AGGREGATE sum(a) AS s GROUP BY b
FROM u |> AGGREGATE GROUP BY b, c
FROM u |> AGGREGATE sum(a) AS s, count(*) AS n GROUP BY b AS bb |> WHERE s > 1 |> SELECT bb
FROM u |> ORDER BY x |> LIMIT 3 |> SELECT a
FROM u |> SELECT a |> ORDER BY a |> LIMIT 3 OFFSET 1
FROM u |> SELECT a, k |> UNION ALL SELECT id, val FROM w
FROM u |> SELECT a |> INTERSECT (SELECT id FROM w) |> EXCEPT (SELECT a FROM x)
FROM x |> PIVOT (sum(y) FOR a IN (1, 2))
FROM x |> SELECT a, y |> PIVOT (sum(y) FOR a IN (1, 2))
FROM quarters |> UNPIVOT (v FOR q IN (q1, q2)) |> SELECT v, who
FROM x |> TABLESAMPLE (10 PERCENT) |> SELECT y
SELECT a, b FROM t |> WHERE a > 1
SELECT a, b, c FROM t |> WHERE a > 1 |> SELECT b
TABLE u |> SELECT a
TABLE u |> WHERE k > 1 |> EXTEND (SELECT max(val) FROM w WHERE w.k = u.k) AS m |> SELECT m
(SELECT a, k FROM u) |> WHERE EXISTS (SELECT 1 FROM w WHERE w.k = k) |> SELECT a
VALUES (1, 2) |> SELECT col1
WITH q AS (FROM u |> SELECT a, b) SELECT a FROM q
SELECT a FROM x WHERE a IN (FROM u |> WHERE k > 1 |> SELECT b)
FROM u |> SELECT a, sum(x) OVER (PARTITION BY b) AS s |> WHERE s > 2
FROM u |> SELECT *, a + b AS ab |> WHERE ab > 1 |> SELECT c
FROM u |> SELECT * EXCEPT (c) |> SELECT a
FROM u |> JOIN (FROM w |> WHERE val > 1 |> SELECT k, y) AS q ON q.k = u.k |> SELECT y
FROM u |> CROSS JOIN w |> AGGREGATE count(*) AS n
FROM t |> SELECT a AS b, b AS a |> WHERE a = 1 |> SELECT b
INSERT INTO dst (a) FROM u |> WHERE b = 1 |> SELECT k
FROM (SELECT a, b FROM t) AS q |> AGGREGATE max(q.a) AS m |> SELECT m + 1
FROM u |> EXTEND a AS a2, a2 + b AS a3 |> DROP a2 |> SELECT a3
FROM u |> AS p |> EXTEND p.k AS kk |> AS q |> SELECT q.kk, q.x
FROM x |> WHERE y > 1 |> SELECT x, arr |> SELECT explode(arr) AS e
FROM x |> JOIN LATERAL (SELECT salary FROM emp WHERE emp.id = x.a) l |> SELECT salary
FROM x |> EXTEND explode(arr) AS e |> SELECT e
SELECT sum(a) AS s FROM t GROUP BY b |> WHERE s > 1
FROM t |> SELECT a |> WHERE a > 1 |> AGGREGATE count(*) AS n |> EXTEND n + 1 AS m
FROM t |> AS q |> WHERE q.v > 1 |> SET v = q.a |> SELECT v
FROM t |> DROP a |> AS q |> SELECT b |> ORDER BY b
FROM emp |> AGGREGATE sum(salary) AS salary GROUP BY dept |> ORDER BY salary |> SELECT dept
FROM emp |> LEFT JOIN orders ON emp.id = orders.id |> WHERE orders.note = 'x' |> AGGREGATE count(orders.amount) AS c GROUP BY emp.dept
FROM emp |> SELECT id |> UNION SELECT id FROM w |> JOIN customers USING (id) |> SELECT name
