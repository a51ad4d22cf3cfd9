# --- every kind of join
SELECT t.a FROM t JOIN u ON t.a = u.a
SELECT t.a FROM t INNER JOIN u ON t.a = u.a AND u.x > t.b
SELECT t.a FROM t LEFT JOIN u ON t.a = u.a
SELECT t.a FROM t LEFT OUTER JOIN u ON t.a = u.a LEFT JOIN w ON w.k = u.k
SELECT u.x FROM t RIGHT JOIN u ON t.a = u.a
SELECT t.a, u.x FROM t FULL OUTER JOIN u ON t.a = u.a
SELECT a FROM t LEFT SEMI JOIN u ON t.a = u.a
SELECT * FROM x LEFT SEMI JOIN u ON x.a = u.a
SELECT * FROM x SEMI JOIN u USING (a)
SELECT a FROM t LEFT ANTI JOIN u ON t.a = u.a AND u.x IS NOT NULL
SELECT * FROM x ANTI JOIN u USING (a)
SELECT * FROM x CROSS JOIN u
SELECT x.x FROM x CROSS JOIN u ON x.a = u.a
SELECT x.y FROM x, u, w WHERE x.a = u.a AND u.k = w.k
SELECT x.y FROM x JOIN (u JOIN w ON u.k = w.k) ON x.a = u.a
SELECT x.y FROM (x JOIN u ON x.a = u.a) JOIN w ON w.k = u.k
SELECT q.y FROM (x JOIN w ON x.x = w.x) AS q(a, b, c, d, y, e, f, g, h, i)
SELECT count(*) FROM x JOIN u
SELECT x.y FROM x JOIN u ON true
SELECT x1.x, x2.y FROM x x1 JOIN x x2 ON x1.a = x2.x
SELECT x1.* FROM x x1 JOIN x x2 ON x1.a = x2.x
SELECT e.name, m.name FROM emp e LEFT JOIN emp m ON e.mgr_id = m.id
SELECT m.salary FROM emp e JOIN emp m ON e.mgr_id = m.id JOIN emp b ON m.mgr_id = b.id WHERE b.dept = 'x'
# --- USING and NATURAL
SELECT * FROM x JOIN u USING (a)
SELECT a FROM x JOIN u USING (a)
SELECT x.a FROM x JOIN u USING (a)
SELECT u.a FROM x JOIN u USING (a)
SELECT u.a FROM x LEFT JOIN u USING (a)
SELECT a FROM x FULL JOIN u USING (a)
SELECT y FROM x JOIN u USING (a, x)
SELECT x.* FROM x JOIN u USING (a)
SELECT u.* FROM x JOIN u USING (a)
SELECT u.* EXCEPT (a) FROM x JOIN u USING (a)
SELECT * EXCEPT (a) FROM x JOIN u USING (a)
SELECT a FROM t JOIN u USING (a) JOIN x USING (a)
SELECT t.b FROM t JOIN u USING (a) JOIN x USING (x)
SELECT k FROM u JOIN w USING (k) JOIN a USING (k)
SELECT count(*) FROM u JOIN w USING (k)
SELECT * FROM u NATURAL JOIN w
SELECT u.a FROM u NATURAL JOIN w
SELECT k FROM u NATURAL LEFT JOIN w
SELECT k FROM u NATURAL RIGHT OUTER JOIN w
SELECT k FROM u NATURAL FULL JOIN w
SELECT count(*) FROM u NATURAL JOIN w
SELECT salary FROM emp NATURAL JOIN other.s.t
SELECT q.b FROM (SELECT * FROM t NATURAL JOIN u) q
SELECT q.b FROM (SELECT a, b FROM t) q NATURAL JOIN (SELECT b, x FROM u) r
SELECT r.x FROM (SELECT a, b FROM t) q JOIN (SELECT b, x FROM u) r USING (b)
WITH c1 AS (SELECT a, k FROM u), c2 AS (SELECT k, y FROM w) SELECT y FROM c1 JOIN c2 USING (k)
WITH c1 AS (SELECT * FROM u), c2 AS (SELECT * FROM w) SELECT y FROM c1 NATURAL JOIN c2
SELECT name, amount FROM customers JOIN orders USING (id, region)
SELECT o.* FROM orders o JOIN customers c USING (region) WHERE c.name = 'x'
SELECT 1 FROM orders o JOIN customers c USING (region)
SELECT id FROM orders JOIN customers USING (id) ORDER BY orders.amount, customers.name
SELECT k, count(*) FROM u JOIN w USING (k) GROUP BY k
SELECT k, count(*) FROM u FULL JOIN w USING (k) GROUP BY k HAVING max(u.x) > min(w.x)
SELECT a FROM x JOIN u USING (a) WHERE a > 1 AND u.b = 2
# --- LATERAL joins, LATERAL VIEW, table functions
SELECT l2.q FROM x, LATERAL (SELECT a + y AS p) l1, LATERAL (SELECT l1.p + x.x AS q) l2
SELECT l.id FROM emp e, LATERAL (SELECT id FROM orders WHERE customer_id = e.id ORDER BY amount LIMIT 1) l
SELECT l.id FROM emp e, LATERAL (SELECT id FROM orders WHERE customer_id = mgr_id) l
SELECT a, e FROM t LATERAL VIEW explode(arr) AS e
SELECT a, e FROM t LATERAL VIEW OUTER explode(arr) z AS e
SELECT a, kk, vv FROM t LATERAL VIEW explode(m) z AS kk, vv WHERE vv > b
SELECT i.sku, p.key FROM orders LATERAL VIEW explode(items) z AS i LATERAL VIEW posexplode(split(note, ',')) p AS pos, key
SELECT z.x FROM t LATERAL VIEW inline(items) z
SELECT z.x, z.a FROM t LATERAL VIEW inline(items) z AS a, x
SELECT t.a FROM t LATERAL VIEW explode(arr) a AS b
SELECT b FROM t LATERAL VIEW explode(items.a) z AS q
SELECT tag FROM customers LATERAL VIEW explode(tags) AS tag WHERE tag = region
SELECT e2 FROM events LATERAL VIEW explode(props) z AS k1, v1 LATERAL VIEW explode(v1) y AS e2
SELECT x.x, e.col FROM x, LATERAL explode(x.arr) AS e
SELECT x.x, e.v FROM x, LATERAL explode(arr) AS e(v)
SELECT x.x, v FROM x LEFT JOIN LATERAL explode(arr) AS e(v) ON v = y
SELECT v FROM x, explode(array(1, 2)) AS e(v)
SELECT * FROM x JOIN LATERAL posexplode(arr) AS p(i, v) ON p.i = x.y
SELECT e.sku FROM orders o, LATERAL inline(o.items) AS e
SELECT e.sku FROM orders o, LATERAL inline(items) AS e(sku, n, p) WHERE e.n > 1
SELECT explode(arr), a FROM t
SELECT explode(arr) AS e, e + 1 FROM x
SELECT explode(m) AS (k1, v1), c FROM t
SELECT inline(items) FROM t
SELECT posexplode_outer(arr) FROM t
SELECT stack(2, a, b, x, k) AS (p, q) FROM u
SELECT json_tuple(payload, 'a', 'b') AS (p, q), id FROM events
SELECT g.p FROM events, LATERAL json_tuple(payload, 'a') AS g(p)
SELECT id + 1 FROM range(10)
SELECT r.id, w.y FROM range(1, 5) AS r JOIN w ON w.id = r.id
SELECT n FROM range(3) AS r(n), x WHERE x.x = n
SELECT * FROM explode(array(1, 2)) AS e(a), x WHERE x.a = e.a
SELECT * FROM stack(1, 2, 3)
SELECT a FROM t, LATERAL (SELECT max(v) AS mm FROM (SELECT e AS v FROM LATERAL explode(t.arr) AS q(e)))
SELECT p FROM x, LATERAL (SELECT a AS p UNION ALL SELECT y)
SELECT sequence(a, b), e FROM u LATERAL VIEW explode(sequence(x, k)) z AS e
SELECT * FROM x TABLESAMPLE (10 PERCENT)
SELECT x.y FROM x TABLESAMPLE (3 ROWS) AS s JOIN x ON x.a = s.a
SELECT a FROM t TABLESAMPLE (BUCKET 1 OUT OF 3) REPEATABLE (7) q WHERE q.b = 1
SELECT /*+ BROADCAST(u) */ t.a FROM t JOIN u ON t.a = u.a
SELECT /*+ MERGE(t), REPARTITION(3, b) */ a FROM t
SELECT /*+ REPARTITION(3, a), COALESCE(2) */ b FROM u
SELECT * FROM t VERSION AS OF 3
SELECT a FROM t TIMESTAMP AS OF '2024-01-01'
SELECT q.a FROM t FOR VERSION AS OF 1 AS q
SELECT t1.a FROM t VERSION AS OF 1 t1 JOIN t VERSION AS OF 2 t2 ON t1.a = t2.b
SELECT a FROM t TIMESTAMP AS OF current_date() - INTERVAL 1 DAY
# --- renaming lists
SELECT p FROM x AS y(p, q, r, s)
SELECT q FROM (SELECT a, b FROM t) AS z(p, q)
SELECT z.p FROM (x) AS z(p, q, r, s)
SELECT * FROM x AS y(p, q, r, s) JOIN u ON y.s = u.a
SELECT a FROM x AS y(a, b, c, d)
SELECT y.x FROM x AS y(y, x, z, a)
SELECT c1 FROM (VALUES (1, 2)) AS v(c1, c2), x WHERE x.a = v.c2
SELECT v.a, x.a FROM VALUES (1, 2) AS v(a, b) JOIN x ON x.y = v.b
SELECT * FROM (VALUES (1), (2))
VALUES (1, 'a'), (2, 'b')
SELECT col1 FROM VALUES (1, 2)
SELECT (SELECT max(col1) FROM VALUES (1), (2)) FROM t WHERE a = 1
# --- lateral subqueries over tables whose columns do not hide the outer name
SELECT x.a, l.name FROM x, LATERAL (SELECT name FROM emp WHERE emp.id = x.a) l
SELECT x.a, dept FROM x JOIN LATERAL (SELECT emp.dept, emp.id FROM emp WHERE emp.mgr_id = x.y) ON true
SELECT x.a FROM x LEFT JOIN LATERAL (SELECT emp.dept, emp.id FROM emp WHERE emp.mgr_id = x.y) l ON l.id = x.x
SELECT x.a, l.* FROM x, LATERAL (SELECT x.y + emp.salary AS s FROM emp) l
SELECT k FROM u JOIN w USING (k) JOIN emp ON emp.id = u.k
SELECT id FROM orders NATURAL LEFT JOIN customers NATURAL JOIN emp
SELECT (SELECT max(k) FROM u JOIN w USING (k) WHERE u.a = emp.id) FROM emp
SELECT t.a FROM t LATERAL VIEW explode(arr) a AS z
SELECT y, emp.name FROM x RIGHT JOIN emp ON x.a = emp.id
SELECT a, x, u.a FROM t RIGHT JOIN u USING (a)
SELECT l.n FROM emp e LEFT JOIN LATERAL (SELECT count(*) AS n, max(o.amount) AS m FROM orders o WHERE o.customer_id = e.id AND o.region = e.dept) l
SELECT l.m FROM emp e LEFT JOIN LATERAL (SELECT count(*) AS n, max(o.amount) AS m FROM orders o WHERE o.customer_id = e.id AND o.region = e.dept) l
SELECT e.id FROM emp e, LATERAL (SELECT q.id FROM (SELECT id, customer_id FROM orders WHERE note = e.name) q WHERE q.customer_id = e.mgr_id) l
