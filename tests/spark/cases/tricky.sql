# --- what a dotted name stands for: alias, column, field, in that order
SELECT q.a FROM (SELECT s AS q, b AS a FROM t) x
SELECT t.a FROM (SELECT s AS t FROM t)
SELECT t.a FROM (SELECT s AS t, b AS a FROM t) AS t
SELECT u.a FROM (SELECT s AS u FROM t) z, u
SELECT u.a FROM (SELECT s AS u FROM t) z
SELECT z.u.a FROM (SELECT s AS u FROM t) z, u
SELECT emp.id, orders.mgr_id FROM orders AS emp JOIN emp AS orders ON emp.id = orders.id
WITH q AS (SELECT s AS a FROM t) SELECT a.a, q.a.b.c FROM q
WITH a AS (SELECT s AS a, b FROM t) SELECT a.a.a FROM a
WITH a AS (SELECT s AS a, b FROM t) SELECT a.a FROM a
WITH a AS (SELECT s AS b, b AS a FROM t) SELECT a.b.a FROM a
SELECT x.x FROM x JOIN (SELECT k AS y, val FROM w) AS q ON q.y = x.x
SELECT x.* FROM x JOIN (SELECT k AS z FROM u) AS y ON y.z = x.x
SELECT s.a.k FROM s.a
SELECT a.s FROM s.a
SELECT s.s.k, s.k FROM s.s
SELECT k.k FROM (SELECT k FROM u) k
SELECT k.a FROM (SELECT s AS k, a FROM t) k
SELECT k.k.a FROM (SELECT s AS k, a FROM t) k
SELECT id.id FROM (SELECT named_struct('id', id, 'v', val) AS id FROM w)
SELECT id.v FROM (SELECT named_struct('id', id, 'v', val) AS id FROM w) WHERE id.id > 1
SELECT m.a, m['a'], m[c] FROM t
SELECT props.a, props['b'] FROM customers
SELECT address.geo.lat FROM customers WHERE address.city = name
SELECT c.address.geo.lat FROM customers c
SELECT customers.address.geo.* FROM customers
SELECT items.price, items[0].sku, items.qty[1] FROM orders
SELECT t.s.b.c AS t FROM t ORDER BY t
SELECT s AS z FROM t ORDER BY z.a
SELECT s AS t FROM t ORDER BY t.a
SELECT b AS z, s AS q FROM t ORDER BY q.b.x, z
# --- alias against column in ORDER BY, GROUP BY, HAVING and beside it
SELECT b AS a FROM t ORDER BY a
SELECT b AS a FROM t ORDER BY a + 1
SELECT b AS a FROM t ORDER BY t.a
SELECT b AS a FROM t ORDER BY abs(t.a) + a
SELECT b AS a FROM t WHERE a = 1
SELECT b AS a, a AS q FROM t ORDER BY a
SELECT b AS a, a AS c, c AS d FROM t
SELECT 'a' AS a, a AS z FROM t
SELECT a AS v, v AS z FROM t
SELECT sum(a) AS s, max(s.a) FROM t
SELECT max(a) AS b FROM t GROUP BY b
SELECT max(a) AS b FROM t GROUP BY b ORDER BY b
SELECT max(a) AS b FROM t GROUP BY b HAVING b > 1
SELECT max(a) AS b FROM t GROUP BY b HAVING t.b > 1
SELECT b AS a, count(*) AS n FROM t GROUP BY a, b
SELECT b AS a, count(*) AS n FROM t GROUP BY a, b HAVING a > 1
SELECT b AS a, count(*) AS n FROM t GROUP BY t.b ORDER BY a
SELECT max(a) AS a FROM t GROUP BY b ORDER BY a
SELECT max(a) AS a FROM t GROUP BY b ORDER BY max(t.a)
SELECT max(a) AS m FROM t GROUP BY b ORDER BY b
SELECT max(a) AS m FROM t GROUP BY b, c ORDER BY c, m
SELECT length(c) AS c FROM t GROUP BY length(c)
SELECT length(c) AS c FROM t GROUP BY c
SELECT a + b AS c FROM t GROUP BY a + b ORDER BY c
SELECT a + b AS z FROM t GROUP BY z ORDER BY z
SELECT d AS year, count(*) AS day FROM events AS t(i, u, k, s, p, r, d) GROUP BY year
SELECT DISTINCT b AS a FROM t ORDER BY a
SELECT *, a + 1 AS n, n * 2 AS m FROM x
SELECT a AS x, sum(y) AS y FROM x GROUP BY ALL
SELECT x.arr AS z, z[0] AS y, x.y AS w FROM x
SELECT y AS x, x + 1 AS z FROM w AS x(i, k, y1, v, y, a)
# --- date parts are no columns
SELECT datediff(DAY, ts, current_date) FROM events
SELECT EXTRACT(DAY FROM ts), date_trunc('day', ts) FROM events
SELECT timestampadd(DAY, id, ts), dateadd(DAY, 1, ts) FROM events
SELECT ts + INTERVAL 1 DAY, INTERVAL '1' DAY FROM events
SELECT day(ts) FROM events
SELECT day, day(day) FROM events
SELECT EXTRACT(YEAR FROM date) FROM kw
SELECT timestampdiff(YEAR, timestamp, timestamp) FROM kw
SELECT date_part('year', date), year FROM kw
SELECT INTERVAL '1-2' YEAR TO MONTH, INTERVAL 3 HOURS 2 MINUTES FROM kw
SELECT CAST(`value` AS INTERVAL DAY), CAST(date AS TIMESTAMP) FROM kw
SELECT trim(LEADING user FROM current_user) FROM kw
SELECT substring(user FROM 2 FOR `left`) FROM kw
SELECT cast(date AS date), date::date, date(date) FROM kw
SELECT count(DISTINCT date) AS date FROM kw GROUP BY year ORDER BY year
SELECT date_format(ts, 'yyyy'), to_date(payload, 'x') FROM events WHERE day > DATE '2024-01-01'
SELECT grouping(year) AS year FROM kw GROUP BY CUBE (year)
# --- derived tables, unnamed and named alike
SELECT * FROM (SELECT a FROM t) JOIN (SELECT k FROM u)
SELECT a, k FROM (SELECT a FROM t) JOIN (SELECT k FROM u) ON a = k
SELECT q.a FROM (SELECT a, b FROM t) q JOIN (SELECT a, x FROM u) r ON q.a = r.a
SELECT r.* FROM (SELECT a, b FROM t) q JOIN (SELECT a, x FROM u) r ON q.a = r.a
SELECT t.a FROM (SELECT b AS a FROM t) t
SELECT u.a FROM (SELECT b AS a FROM t) u
SELECT * FROM (SELECT u.a FROM t AS u) t JOIN u ON t.a = u.k
SELECT a FROM (SELECT * FROM (SELECT a, b AS c, c AS d FROM t) WHERE d = 'x')
SELECT d FROM (SELECT * EXCEPT (c) FROM (SELECT a, b AS c, c AS d FROM t))
SELECT z FROM (SELECT *, a + b AS z FROM u)
SELECT a FROM (SELECT *, a + b AS z FROM u)
SELECT a FROM (SELECT u.*, w.val FROM u LEFT JOIN w ON u.k = w.k)
SELECT val FROM (SELECT u.*, w.val FROM u LEFT JOIN w ON u.k = w.k)
SELECT k FROM (SELECT * FROM u JOIN w USING (k)) WHERE val > 1
SELECT q.k FROM (SELECT * EXCEPT (u.x) FROM u JOIN w USING (k)) q WHERE q.x > 1
SELECT q.k FROM (SELECT * EXCEPT (w.x) FROM u JOIN w USING (k)) q WHERE q.x > 1
SELECT a, rn FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY x) AS rn FROM u) WHERE rn = 1
SELECT n FROM (SELECT dept, count(*) AS n FROM emp GROUP BY dept) WHERE dept = 'x'
SELECT n FROM (SELECT dept, count(*) AS n FROM emp GROUP BY dept)
SELECT dept FROM (SELECT dept, name, count(*) AS n FROM emp GROUP BY GROUPING SETS ((dept), (name)))
SELECT 1 FROM (SELECT a FROM t ORDER BY b LIMIT 1)
SELECT count(*) FROM (SELECT * FROM t WHERE a = 1) x JOIN (SELECT * FROM u) y ON x.b = y.k
SELECT count(*) FROM (SELECT DISTINCT region FROM orders)
SELECT count(DISTINCT o.region) FROM orders o
SELECT sum(c) FROM (SELECT count(*) AS c FROM orders GROUP BY region, status)
# --- generators whose names are those of columns
SELECT t.a FROM t LATERAL VIEW explode(arr) t AS z
SELECT z FROM t LATERAL VIEW explode(arr) t AS z
SELECT stack(2, a, b) AS a FROM u
SELECT b FROM (SELECT stack(2, a, c, b, t) AS (b, a) FROM u)
SELECT e.v FROM orders LATERAL VIEW explode(items) e0 AS i LATERAL VIEW explode(array(i.sku, note)) e AS v
SELECT i.qty FROM orders o LATERAL VIEW explode(o.items) e AS i WHERE i.sku = o.note
SELECT arr FROM t LATERAL VIEW explode(m) e AS key, arr2 WHERE key = c
SELECT e.key FROM t LATERAL VIEW explode(m) e
SELECT id, x.y FROM x LATERAL VIEW explode(arr) q AS id
SELECT x.x FROM x LATERAL VIEW explode(arr) q AS x
SELECT q.x FROM x LATERAL VIEW explode(arr) q AS x
SELECT sum(e) FROM x LATERAL VIEW explode(arr) q AS e GROUP BY a
SELECT * FROM x LATERAL VIEW explode(arr) q AS e
SELECT q.* FROM x LATERAL VIEW explode(arr) q AS e
SELECT count(*) FROM x LATERAL VIEW explode(arr) q AS e
SELECT a FROM x WHERE a IN (SELECT e FROM w LATERAL VIEW explode(arr) q AS e)
SELECT e FROM (SELECT explode(arr) AS e, a FROM x) WHERE e > 1
SELECT a FROM (SELECT explode(arr) AS e, a FROM x)
SELECT explode(filter(arr, e -> e > y)) FROM x
SELECT explode(map(c, a)) FROM t
SELECT col FROM (SELECT explode(arr) FROM x)
SELECT pos, col FROM (SELECT posexplode(arr) FROM x)
SELECT value FROM (SELECT explode(m) FROM t)
SELECT key FROM (SELECT explode(m) FROM t)
SELECT a FROM (SELECT inline(items) FROM t)
SELECT x FROM (SELECT inline(items) FROM t) WHERE a = 1
SELECT sku FROM (SELECT inline(items) FROM orders)
SELECT c0 FROM (SELECT json_tuple(payload, 'x') FROM events)
SELECT x.a, q.e FROM x LEFT JOIN LATERAL explode(x.arr) AS q(e) ON q.e > x.y
SELECT e FROM x, LATERAL (SELECT explode(x.arr) AS e)
SELECT explode(collection => arr) FROM x
SELECT mask(c, upperChar => 'Q', lowerChar => 'q') FROM t
SELECT mask(str => c, otherChar => 'o') FROM t
# --- subqueries in every corner
SELECT a FROM t WHERE a IN (1, (SELECT max(k) FROM u))
SELECT (SELECT max(a) FROM t) IN (SELECT k FROM u)
SELECT (SELECT max(salary) FROM emp) > y FROM x
SELECT if(EXISTS (SELECT 1 FROM emp WHERE emp.id = x.a), x.y, 0) FROM x
SELECT max((SELECT max(salary) FROM emp WHERE emp.id = x.a)) FROM x GROUP BY y
SELECT coalesce((SELECT name FROM emp WHERE emp.id = x.a LIMIT 1), 'none') FROM x
SELECT sum(y) OVER (PARTITION BY (SELECT max(salary) FROM emp)) FROM x
SELECT array(1, 2)[(SELECT min(salary) FROM emp)] FROM x
SELECT struct((SELECT max(salary) FROM emp) AS m, a).m FROM x
SELECT named_struct('k', EXISTS (SELECT * FROM emp)) FROM x
SELECT a FROM x WHERE y = (SELECT count(*) FROM (SELECT DISTINCT dept FROM emp WHERE mgr_id = x.a))
SELECT a FROM x WHERE (SELECT max(id) FROM emp WHERE dept = (SELECT min(region) FROM orders WHERE orders.id = emp.mgr_id)) = y
SELECT a FROM x WHERE EXISTS (SELECT 1 FROM emp GROUP BY dept HAVING count(*) > 1)
SELECT a FROM x WHERE EXISTS (SELECT dept, count(*) FROM emp WHERE mgr_id = x.y GROUP BY dept)
SELECT a FROM x x1 WHERE NOT EXISTS (SELECT * FROM x WHERE x.a = x1.a AND x.y > x1.y)
SELECT a FROM x WHERE a IN (SELECT id FROM emp WHERE salary IN (SELECT val FROM w WHERE w.y = emp.name))
SELECT a FROM x JOIN emp ON x.a = emp.id WHERE EXISTS (SELECT 1 FROM orders WHERE note = name AND region = dept)
SELECT x FROM x WHERE x IN (SELECT x.y FROM emp)
SELECT a FROM x WHERE a NOT IN (SELECT id FROM emp WHERE id IS NOT NULL) AND y IN (SELECT mgr_id FROM emp)
SELECT a FROM x WHERE (a, y) NOT IN (SELECT id, mgr_id FROM emp WHERE dept = 'x')
SELECT CASE (SELECT max(salary) FROM emp) WHEN a THEN y END FROM x
SELECT a, count(*) FROM x GROUP BY a ORDER BY (SELECT max(salary) FROM emp)
WITH q AS (SELECT id, dept FROM emp) SELECT a FROM x WHERE EXISTS (SELECT 1 FROM q WHERE q.id = a)
WITH q AS (SELECT id, dept FROM emp) SELECT (SELECT first(dept) FROM q WHERE q.id = x.a) AS dd FROM x
WITH q AS (SELECT id, (SELECT max(amount) FROM orders WHERE orders.customer_id = emp.id) AS best, dept FROM emp) SELECT id FROM q
WITH q AS (SELECT id, (SELECT max(amount) FROM orders WHERE orders.customer_id = emp.id) AS best, dept FROM emp) SELECT best FROM q
WITH q AS (SELECT id FROM emp), r AS (SELECT a FROM x WHERE a IN (SELECT id FROM q)) SELECT count(*) FROM r
SELECT q.z FROM (SELECT (SELECT max(val) FROM w WHERE w.id = emp.id) AS z, name FROM emp) q WHERE q.name = 'x'
SELECT 1 WHERE EXISTS (SELECT * FROM emp)
SELECT 1 WHERE 1 IN (SELECT id FROM emp)
SELECT (SELECT max(id) FROM emp) AS a, (SELECT min(id) FROM w) AS b
VALUES (1), (2) ORDER BY (SELECT max(id) FROM emp)
# --- casts, types, collations and odd literals
SELECT CAST(s AS STRUCT<a: INT, b: STRUCT<c: STRING, x: INT>>) FROM t
SELECT from_json(payload, 'a INT, b STRING').a FROM events
SELECT from_json(payload, 'STRUCT<user_id: INT>').user_id FROM events
SELECT get_json_object(payload, '$.kind') FROM events
SELECT CAST(NULL AS MAP<STRING, ARRAY<INT>>), a FROM t
SELECT c COLLATE UNICODE_CI FROM t WHERE c COLLATE UTF8_LCASE = 'x'
SELECT 1Y, 2S, 3L, 4.0F, 5.0D, 6BD, .5, 1e3, -a FROM t
SELECT ~a, !(b = 1), a & b | 3 ^ 2, a % 2, a DIV b, c || 'x' FROM t
SELECT a <=> b, a <> v, a != b, a == b FROM t
SELECT c LIKE 'x' ESCAPE '!', c NOT LIKE ALL ('a%', 'b%'), c NOT IN ('x') FROM t
SELECT date '2024-01-01' - d, timestamp_ntz '2024-01-01 00:00:00' FROM t
SELECT d IS NOT NULL, a IS NOT DISTINCT FROM b, (a > 1) IS TRUE, (b > 1) IS NOT UNKNOWN FROM t
SELECT 'tab\tnew\nline', '\u0041', '100%', 'a\_b' FROM t WHERE c = ''
SELECT a FROM t WHERE c = '{{x}}' AND c <> '${y}' AND c <> ':p' AND c <> '?'
SELECT a FROM t WHERE c = "it's" AND c <> 'say "x"' AND d IS NULL
SELECT a, 'FROM u JOIN w' AS `FROM u`, "x -- y" AS z FROM t
SELECT '/* ' AS a, b, ' */' AS c FROM u
SELECT `a` /* `b` */, -- `c`
  `k` FROM u
SELECT try_cast(c AS INT) + 1, try_divide(a, b), assert_true(v > 1) FROM t
SELECT a FROM t WHERE a = 1 AND/*b = 2 AND*/v = 3
SELECT (a), ((b)), (((a + v))) FROM t
SELECT ROW FROM kw
SELECT array(a, b, CAST(v AS INT)), map(c, a)['x'], named_struct('a', a, 'b', s.b.x) FROM t
SELECT sequence(a, b, 2)[0], slice(arr, a, 2), arr[b - 1] FROM t
SELECT variant_get(parse_json(payload), '$.id', 'int') FROM events
SELECT sum(a) / count(*) OVER () FROM t GROUP BY b, a
SELECT to_variant_object(s), schema_of_variant(parse_json(c)) FROM t
