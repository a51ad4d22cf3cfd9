# --- who hides whom: local columns, then aliases of the same list, then the query outside
SELECT a FROM x WHERE EXISTS (SELECT salary AS y, y + 1 AS z FROM emp)
SELECT a FROM x WHERE EXISTS (SELECT max(id) AS y FROM emp HAVING y > 1)
SELECT a FROM x WHERE EXISTS (SELECT max(id) AS m FROM emp GROUP BY dept HAVING m > 1)
SELECT a FROM x WHERE EXISTS (SELECT max(id) AS m FROM emp GROUP BY dept HAVING max(salary) > y)
SELECT a FROM x WHERE EXISTS (SELECT salary AS y FROM emp WHERE y = 3)
SELECT a FROM x WHERE a IN (SELECT salary AS y FROM emp ORDER BY y LIMIT 1)
SELECT a FROM x WHERE a IN (SELECT id FROM emp WHERE y = salary)
SELECT a FROM x WHERE EXISTS (SELECT 1 FROM w SEMI JOIN u USING (k) WHERE w.val = y)
SELECT id FROM s2.only2 WHERE EXISTS (SELECT 1 FROM w SEMI JOIN emp ON w.id = emp.id WHERE p = 1)
SELECT b FROM s2.t WHERE EXISTS (SELECT 1 FROM w SEMI JOIN u USING (k) WHERE z = 1)
SELECT b FROM s2.t WHERE EXISTS (SELECT 1 FROM w ANTI JOIN u USING (k) WHERE b = 1)
SELECT b FROM s2.t WHERE EXISTS (SELECT 1 FROM w SEMI JOIN u ON w.k = u.k AND z = u.b)
SELECT b FROM s2.t WHERE EXISTS (SELECT * FROM w SEMI JOIN u USING (k))
SELECT salary FROM emp WHERE EXISTS (SELECT 1 FROM x LATERAL VIEW explode(arr) q AS id WHERE id = mgr_id)
SELECT salary FROM emp WHERE EXISTS (SELECT 1 FROM x LATERAL VIEW explode(arr) q AS e WHERE e = id)
SELECT salary FROM emp WHERE EXISTS (SELECT 1 FROM x, LATERAL (SELECT y AS id) q WHERE q.id = mgr_id)
SELECT salary FROM emp WHERE mgr_id = (SELECT max(id) FROM (SELECT y AS id FROM x))
SELECT salary FROM emp e WHERE EXISTS (SELECT 1 FROM x e WHERE e.a = e.y)
SELECT salary FROM emp e WHERE EXISTS (SELECT 1 FROM (SELECT a AS id FROM x) e WHERE e.id = mgr_id)
SELECT salary FROM emp WHERE id IN (SELECT u.k FROM u JOIN w USING (k) WHERE k = mgr_id)
SELECT (SELECT max(k) FROM u JOIN w USING (k) WHERE k = id) FROM emp
SELECT (SELECT max(u.k) FROM u NATURAL JOIN w WHERE x = mgr_id) FROM emp
SELECT transform(arr, y -> y + a), (SELECT max(id) FROM emp WHERE mgr_id = y) FROM x
SELECT id FROM emp WHERE EXISTS (SELECT filter(arr, id -> id > 3) FROM x)
SELECT id FROM emp WHERE EXISTS (SELECT 1 FROM x WHERE exists(arr, e -> e > y) AND x.a = mgr_id)
SELECT dept FROM emp GROUP BY dept HAVING EXISTS (SELECT 1 FROM orders WHERE region = dept)
SELECT dept, max(salary) AS m FROM emp GROUP BY dept HAVING max(salary) > (SELECT avg(amount) FROM orders WHERE region = dept)
SELECT dept FROM emp GROUP BY dept HAVING dept IN (SELECT region FROM orders WHERE orders.status = dept)
SELECT id FROM emp WHERE EXISTS (WITH q AS (SELECT note FROM orders WHERE customer_id = 3) SELECT 1 FROM q WHERE q.note = emp.name)
SELECT id FROM emp WHERE EXISTS (SELECT 1 FROM (SELECT a, y FROM x WHERE x.a = 3) q WHERE q.y = salary)
SELECT id FROM emp o WHERE salary > (SELECT avg(i.salary) FROM emp i WHERE i.dept = o.dept AND i.id IN (SELECT a FROM x WHERE x.y = i.mgr_id))
# --- which table a name is: CTE, temporary view, table; and where a CTE ends
SELECT * FROM (WITH w AS (SELECT a FROM t) SELECT * FROM w) z JOIN w ON w.id = z.a
(WITH w AS (SELECT a FROM t) SELECT * FROM w) UNION ALL SELECT id FROM w
WITH w AS (SELECT a AS id FROM t) SELECT id FROM w UNION ALL SELECT id FROM s.w
WITH w AS (SELECT a AS id FROM t) SELECT w.id, z.val FROM w JOIN s.w AS z ON z.id = w.id
WITH w AS (SELECT a AS id FROM t) SELECT z.id FROM main.s.w AS z
WITH w AS (SELECT id FROM w) SELECT id FROM w
WITH w AS (SELECT id FROM w), x AS (SELECT id AS x FROM w) SELECT x FROM x
WITH x AS (SELECT id AS x FROM w), w AS (SELECT x AS id FROM x) SELECT id FROM w
WITH q AS (SELECT * FROM w), w AS (SELECT a FROM t) SELECT q.id, w.a FROM q, w
WITH q AS (WITH w AS (SELECT a AS id FROM t) SELECT id FROM w), r AS (SELECT val FROM w) SELECT * FROM q, r
WITH a AS (SELECT a FROM t) SELECT a.a, b.b FROM a JOIN (WITH a AS (SELECT b FROM u) SELECT b FROM a) b ON a.a = b.b
WITH a AS (SELECT a FROM t) SELECT (WITH a AS (SELECT max(k) AS a FROM u) SELECT a FROM a), a.a FROM a
WITH a AS (WITH a AS (WITH a AS (SELECT val FROM w) SELECT val AS a FROM a) SELECT a FROM a) SELECT a FROM a
WITH `Q` AS (SELECT a FROM t) SELECT a FROM q
WITH q AS (SELECT a FROM t), r AS (SELECT * FROM q), z AS (SELECT r.a, q.a AS b FROM r CROSS JOIN q) SELECT b FROM z
WITH q(a, b) AS (SELECT b, a FROM t) SELECT a FROM q
WITH q(a, b) AS (SELECT b, a FROM t), r(b, a) AS (SELECT * FROM q) SELECT a FROM r
WITH q AS (SELECT k FROM u UNION ALL SELECT id FROM w) SELECT count(*) FROM q
WITH q AS (SELECT DISTINCT k, x FROM u) SELECT k FROM q
WITH q AS (SELECT k, max(x) AS m FROM u GROUP BY k) SELECT k FROM q WHERE m > 1
WITH q AS (SELECT *, row_number() OVER (PARTITION BY k ORDER BY x) AS rn FROM u) SELECT a FROM q WHERE rn = 1
WITH q AS (SELECT *, row_number() OVER (PARTITION BY k ORDER BY x) AS rn FROM u) SELECT * EXCEPT (rn) FROM q WHERE rn = 1
WITH q AS (SELECT explode(arr) AS e, a FROM x), r AS (SELECT e FROM q) SELECT count(e) FROM r
WITH q AS (SELECT * FROM u JOIN w USING (k, x)) SELECT q.k, q.y FROM q
WITH q AS (SELECT u.*, w.val FROM u LEFT JOIN w USING (k)) SELECT val FROM q WHERE k = 1
WITH q AS (SELECT struct(*) AS r FROM u) SELECT r.a FROM q
WITH q AS (SELECT named_struct('a', a, 'b', t) AS r FROM u) SELECT r.b FROM q
#view tv = SELECT a FROM t
WITH t AS (SELECT k AS a FROM u) SELECT * FROM tv
#view tv = SELECT a FROM t
WITH tv AS (SELECT k AS z FROM u) SELECT z FROM tv
#view tv = SELECT a FROM t
WITH q AS (SELECT * FROM tv), t AS (SELECT 1 AS one) SELECT q.a, t.one FROM q, t
#view w = SELECT a AS id FROM t
SELECT w.id, z.val FROM w JOIN s.w AS z ON z.id = w.id
#view w = SELECT a AS id FROM t
INSERT INTO dst (a) SELECT id FROM w
#view u = SELECT * FROM s.u WHERE k > 1
SELECT a FROM u
#view u = SELECT a, b AS c FROM s.u WHERE k > 1
MERGE INTO dst USING u ON dst.a = u.a WHEN MATCHED THEN UPDATE SET b = u.c
WITH t AS (SELECT a, b, c AS cc FROM s.t) SELECT vw.cc FROM vw JOIN t USING (a)
# --- three-part names against aliases of the same words
SELECT main.s.a FROM (SELECT s FROM t) AS main
SELECT s.s.a FROM (SELECT s FROM t) AS s
SELECT t.a FROM s.t AS q, s2.t
SELECT t.z, q.v FROM s.t AS q JOIN s2.t ON q.a = t.a
SELECT main.s.t.a, other.s.t.o FROM main.s.t JOIN other.s.t ON main.s.t.b = other.s.t.a
SELECT s.t.v, s2.t.z FROM s.t, s2.t
SELECT t.v, o FROM s.t, other.s.t AS y WHERE y.a = t.b
SELECT s.a.t.x FROM s.a
SELECT s.k FROM s.a, s.s
SELECT x.y FROM s.x AS y, w AS x
SELECT y.y, x.y FROM s.x AS y, w AS x
# --- writes: which side an unqualified name is on
MERGE INTO dst USING u ON dst.a = u.a WHEN NOT MATCHED THEN INSERT (a, b) VALUES (a, b)
MERGE INTO dst USING u ON dst.a = u.a WHEN NOT MATCHED AND k > 1 THEN INSERT (a) VALUES (b)
MERGE INTO dst USING u ON dst.a = u.a WHEN NOT MATCHED BY SOURCE AND k > 1 THEN UPDATE SET b = a
MERGE INTO dst USING u ON dst.a = u.a WHEN NOT MATCHED BY SOURCE AND c = 'x' THEN DELETE
MERGE INTO dst USING u ON dst.a = u.a WHEN MATCHED AND x > 1 THEN UPDATE SET b = x, c = t
MERGE INTO dst USING w ON dst.k = id WHEN MATCHED THEN UPDATE SET a = val, b = b + 1
MERGE INTO dst USING w ON a = id AND c = y WHEN MATCHED THEN DELETE
MERGE INTO t USING (SELECT id AS a, named_struct('a', k, 'b', named_struct('c', y, 'x', val)) AS s FROM w) src ON t.a = src.a WHEN MATCHED THEN UPDATE SET s = src.s
MERGE INTO dst USING u ON dst.a = u.a WHEN NOT MATCHED THEN INSERT (k, a) VALUES (u.x, (SELECT max(id) FROM w WHERE w.val = u.k))
MERGE INTO dst USING u ON dst.a = u.a WHEN MATCHED AND EXISTS (SELECT 1 FROM emp WHERE emp.id = dst.k AND emp.mgr_id = u.x) THEN DELETE
INSERT INTO dst (a) SELECT dst.a FROM u AS dst
INSERT INTO dst (a, b) SELECT b, a FROM (SELECT a, b, count(*) AS n FROM u GROUP BY a, b)
INSERT INTO dst (c, k) SELECT DISTINCT t, x FROM u WHERE NOT EXISTS (SELECT 1 FROM dst WHERE dst.k = u.x)
INSERT INTO dst (a) SELECT a FROM u WHERE a NOT IN (SELECT a FROM dst)
INSERT OVERWRITE dst (a, k) SELECT dst.a, w.k FROM dst JOIN w ON dst.k = w.k
UPDATE dst AS a SET a = a.b
UPDATE dst AS k SET k = k.a, b = k
UPDATE dst SET a = b WHERE k = (SELECT max(k) FROM u WHERE u.a = dst.a AND b > 1)
UPDATE dst SET a = 1 WHERE EXISTS (SELECT 1 FROM emp WHERE id = k)
DELETE FROM dst WHERE k IN (SELECT id FROM emp WHERE name = c)
DELETE FROM dst AS u WHERE EXISTS (SELECT 1 FROM s.u AS dst WHERE dst.k = u.k)
DELETE FROM dst WHERE dst.a = (SELECT max(dst.id) FROM w AS dst)
# --- windows by name, rarer
SELECT rank() OVER w1, max(v) OVER w2 FROM t WINDOW w1 AS (PARTITION BY b ORDER BY c), w2 AS w1
SELECT rank() OVER w1 FROM t WINDOW w1 AS (PARTITION BY b ORDER BY c), w2 AS w1
SELECT sum(a) OVER b FROM t WINDOW b AS (PARTITION BY c)
SELECT sum(a) OVER (b) FROM t WINDOW b AS (PARTITION BY c)
SELECT sum(q.s) OVER () FROM (SELECT sum(a) OVER (PARTITION BY b) AS s, c FROM t) q
SELECT sum(max(a)) OVER (ORDER BY min(b)) FROM t GROUP BY c
SELECT a, count(*) OVER (PARTITION BY z) FROM (SELECT a, b AS z FROM t)
SELECT a AS z, sum(b) OVER (PARTITION BY a) AS a2 FROM t ORDER BY a2, z
# --- PIVOT and UNPIVOT whose names come back
SELECT a FROM (SELECT a, y, x FROM x) PIVOT (sum(y) FOR x IN (1 AS y, 2 AS x))
SELECT y FROM (SELECT a, y, x FROM x) PIVOT (sum(y) FOR x IN (1 AS y, 2 AS x))
SELECT q1 FROM quarters UNPIVOT (q1 FOR q2 IN (q1, q2))
SELECT q2, id FROM quarters UNPIVOT (q1 FOR q2 IN (q1, q2))
SELECT q3 FROM quarters UNPIVOT (v FOR n IN (q1, q2))
SELECT who, p1 FROM (SELECT who, n, v FROM quarters UNPIVOT (v FOR n IN (q1, q2))) PIVOT (sum(v) FOR n IN ('q1' AS p1, 'q2' AS p2))
WITH q AS (SELECT * FROM quarters UNPIVOT (v FOR n IN (q1, q2))) SELECT v FROM q
WITH q AS (SELECT id, year, q1 FROM quarters) SELECT * FROM q PIVOT (sum(q1) FOR year IN (2023 AS a, 2024 AS b)) JOIN w USING (id)
SELECT k.* FROM (SELECT * FROM (SELECT a, y, x FROM x) PIVOT (sum(y) FOR a IN (1 AS one))) k
