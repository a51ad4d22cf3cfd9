# --- columns whose names only the types tell: stars over structs, generators, made structs
SELECT city FROM (SELECT address.* FROM customers)
SELECT lat FROM (SELECT address.geo.* FROM customers)
SELECT geo.lat FROM (SELECT address.* FROM customers) WHERE zip = 'x'
SELECT a FROM (SELECT s.* FROM t)
SELECT a FROM (SELECT s.*, v FROM t)
SELECT b.c FROM (SELECT s.* FROM t)
SELECT a FROM (SELECT s.* EXCEPT (b) FROM t)
SELECT c FROM (SELECT s.b.* FROM t)
SELECT c FROM (SELECT s.b.* EXCEPT (x), a FROM t)
SELECT q.a FROM (SELECT t.s.* FROM t) q
SELECT a.x FROM (SELECT t AS a FROM a)
SELECT x FROM (SELECT t.* FROM a)
SELECT x FROM (SELECT a.t.* FROM a)
SELECT k FROM u WHERE EXISTS (SELECT 1 FROM (SELECT s.* FROM t) q WHERE a = k)
SELECT b FROM u WHERE EXISTS (SELECT 1 FROM (SELECT address.* FROM customers) q WHERE city = t)
SELECT z.* FROM t LATERAL VIEW explode(items) q AS z
SELECT i.* FROM (SELECT explode(items) AS i, id FROM orders)
SELECT sku FROM (SELECT i.* FROM (SELECT explode(items) AS i, id FROM orders))
SELECT sku FROM (SELECT i.* FROM orders LATERAL VIEW explode(items) q AS i) WHERE qty > 1
SELECT q.sku, q.price FROM (SELECT i.* FROM orders LATERAL VIEW explode(items) q AS i) q
SELECT r.a FROM (SELECT struct(a, b) AS r FROM t)
SELECT a FROM (SELECT r.* FROM (SELECT struct(a, b) AS r, v FROM t))
SELECT p FROM (SELECT r.* FROM (SELECT struct(a AS p, b AS a) AS r, v FROM t))
SELECT p FROM (SELECT r.* FROM (SELECT named_struct('p', a, 'q', b) AS r, v FROM t)) WHERE q > 1
SELECT id FROM (SELECT j.* FROM (SELECT from_json(payload, 'id INT, z STRING') AS j, id AS other FROM events))
SELECT z FROM (SELECT j.*, id AS own FROM (SELECT from_json(payload, 'id INT, z STRING') AS j, id FROM events)) WHERE own = 1
SELECT j.z.y FROM (SELECT from_json(payload, 'id INT, z STRUCT<y: INT>') AS j FROM events)
SELECT x FROM (SELECT inline(filter(items, i -> i.a > 1)) FROM t)
SELECT id FROM (SELECT inline(array(struct(a AS id, c AS y))) FROM t)
SELECT id FROM (SELECT inline(transform(items, i -> struct(i.sku AS id, i.qty AS n))) FROM orders)
SELECT n FROM (SELECT inline(transform(items, i -> named_struct('id', i.sku, 'n', note))) FROM orders)
SELECT i.key, i.value FROM (SELECT explode(map_entries(m)) AS i FROM t)
SELECT key FROM (SELECT inline(map_entries(m)) FROM t)
SELECT arr FROM (SELECT inline(arrays_zip(arr, items)) FROM t)
SELECT z.arr, z.items.x FROM t LATERAL VIEW explode(arrays_zip(arr, items)) q AS z
SELECT c.id FROM (SELECT collect_list(struct(id, name)) AS l FROM emp) LATERAL VIEW explode(l) q AS c
SELECT c.id FROM (SELECT dept, collect_list(struct(id, name)) AS l FROM emp GROUP BY dept) LATERAL VIEW explode(l) q AS c WHERE dept = 'x'
SELECT l.id FROM (SELECT collect_set(named_struct('id', mgr_id)) AS l FROM emp)
SELECT m.name FROM (SELECT max_by(struct(id, name), salary) AS m FROM emp GROUP BY dept)
SELECT first_value.id FROM (SELECT first(struct(id, name)) AS first_value FROM emp)
SELECT value FROM (SELECT posexplode(m) FROM t)
SELECT pos, key FROM (SELECT posexplode(m) FROM t)
SELECT e.value FROM (SELECT payload FROM events), LATERAL variant_explode(parse_json(payload)) AS e
SELECT window.start FROM (SELECT window(ts, '1 hour'), count(*) AS n FROM t GROUP BY window(ts, '1 hour'))
SELECT w.start, n FROM (SELECT window(ts, '1 hour') AS w, count(*) AS n FROM t GROUP BY 1)
# --- names that Spark makes up
SELECT `max(a)` FROM (SELECT max(a) FROM t)
SELECT `count(1)` FROM (SELECT count(*) FROM t)
SELECT `(a + b)` FROM (SELECT a + b, c FROM t)
SELECT `sum(a)`, b FROM (SELECT sum(a), b FROM t GROUP BY b)
SELECT q.`max(a)` FROM (SELECT max(a), min(b) FROM t) q
SELECT a FROM (SELECT (a), (b) FROM t)
SELECT a FROM (SELECT s.a, b FROM t)
SELECT c FROM (SELECT s.b.c, a FROM t)
SELECT a FROM (SELECT items.a, b FROM t)
SELECT k FROM (SELECT m.k, b FROM t)
SELECT a FROM (SELECT v:a, id FROM docs)
SELECT b FROM (SELECT v:a.b, id FROM docs)
SELECT a FROM (SELECT body.a, id FROM docs)
SELECT a FROM (SELECT t.a, u.k FROM t JOIN u ON t.a = u.a)
SELECT `1`, a FROM (SELECT 1, a, b FROM t)
SELECT `x`, a FROM (SELECT 'x', a FROM t)
SELECT col1, col2 FROM (VALUES (1, 2)) JOIN t ON t.a = col1
SELECT `f(a)` FROM (SELECT abs(a) AS `f(a)` FROM t)
WITH q AS (SELECT max(salary), dept FROM emp GROUP BY dept) SELECT `max(salary)` FROM q
SELECT `scalarsubquery()` FROM (SELECT (SELECT max(id) FROM emp), a FROM t)
SELECT user FROM (SELECT user, id FROM kw CROSS JOIN w)
SELECT * FROM (SELECT max(a), b FROM t GROUP BY b) WHERE `max(a)` > 1
SELECT a FROM (SELECT CAST(a AS STRING), b FROM t)
SELECT `upper(c)` FROM (SELECT upper(c), lower(c) FROM t)
SELECT `CASE WHEN (a > 1) THEN b END` FROM (SELECT CASE WHEN a > 1 THEN b END, c FROM t)
SELECT one_y FROM (SELECT a, y, x FROM x) PIVOT (sum(y) AS y, max(x) AS x FOR a IN (1 AS one))
SELECT `1_s` FROM (SELECT a, y, x FROM x) PIVOT (sum(y) AS s, max(x) AS m FOR a IN (1, 2))
SELECT `{1, 2}` FROM (SELECT a, y, x FROM x) PIVOT (sum(y) FOR (a, x) IN ((1, 2), (3, 4)))
SELECT `new`, `done` FROM (SELECT region, status, amount FROM orders) PIVOT (sum(amount) FOR status IN ('new', 'done'))
