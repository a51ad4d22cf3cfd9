# --- keywords as aliases and names, wherever the grammar lets them stand
SELECT order.a FROM t order
SELECT a FROM t window WHERE window.b = 1
SELECT group.a FROM t group JOIN u having ON group.a = having.a
SELECT limit.a FROM t limit
SELECT values.a FROM t values
SELECT a FROM t AS select
SELECT a AS from FROM t
SELECT case.a FROM t AS case
SELECT exists.a FROM t AS exists
SELECT filter, a FROM (SELECT a AS filter, b AS a FROM t)
SELECT set FROM (SELECT a AS set, b FROM t)
SELECT a AS order FROM t ORDER BY order
SELECT struct.a FROM (SELECT s AS struct, a FROM t)
SELECT current_timestamp FROM (SELECT a AS current_timestamp, b FROM t)
SELECT `cast`, extract, position FROM (SELECT a AS `cast`, b AS extract, c AS position FROM t)
SELECT first, last(last) FROM (SELECT a AS first, b AS last FROM t) GROUP BY first
SELECT table.a FROM t AS table
SELECT view.a, schema.k FROM t view, u schema WHERE view.a = schema.a
SELECT rows.a FROM t rows
SELECT pivot.a FROM t pivot
SELECT a AS unpivot, b AS pivot FROM t ORDER BY unpivot
SELECT with.a FROM t AS with
SELECT by.a FROM t by ORDER BY by.b
SELECT as.a FROM t AS as
SELECT using.a FROM t AS `using` JOIN u USING (a) WHERE `using`.b = 1
SELECT end.a FROM t end
SELECT CASE WHEN end.a > 1 THEN end.b END FROM t end
SELECT not.a FROM t AS not
SELECT a.end, a.case FROM (SELECT a AS end, b AS case FROM t) a
SELECT sets, cube FROM (SELECT a AS sets, b AS cube FROM t) GROUP BY sets, cube
SELECT max(rollup) FROM (SELECT a AS rollup, b AS x FROM t) GROUP BY ROLLUP (x)
SELECT over FROM (SELECT a AS over FROM t)
SELECT a over FROM t
SELECT sum(a) over () FROM t
SELECT a partition FROM t
SELECT within, ignore FROM (SELECT a AS within, b AS ignore FROM t)
SELECT a FROM t TABLESAMPLE (1 ROWS) version
SELECT version.a FROM t version
SELECT timestamp.a FROM t AS timestamp
SELECT identifier FROM (SELECT a AS identifier FROM t)
SELECT array, map FROM (SELECT arr AS array, m AS map FROM t)
SELECT array[0], map['x'] FROM (SELECT arr AS array, m AS map FROM t)
SELECT true, false, null FROM t
SELECT `true` FROM (SELECT a AS `true`, b FROM t)
# --- dereferences of every base
SELECT (s).a, ((s)).b.c FROM t
SELECT (SELECT max(s) FROM t).a
SELECT (SELECT struct(max(a) AS m, min(b) AS n) FROM t).m FROM u
SELECT items[0].x, items[a].a, element_at(items, 1).x FROM t
SELECT map('k', s)['k'].b.c FROM t
SELECT map('k', s).k.b.c FROM t
SELECT array(s)[0].b.x, array(s).a[0] FROM t
SELECT CASE WHEN a > 1 THEN s END.b.c FROM t
SELECT coalesce(s, s).a FROM t
SELECT (a, b AS q).q, (a AS p, v).p FROM t
SELECT struct(a AS b, b AS a).b FROM t
SELECT named_struct('a', struct(b AS c)).a.c FROM t
SELECT first(s).a, max(s).b.c FROM t
SELECT first(items)[0].a FROM t GROUP BY c
SELECT transform(items, i -> i.a)[0], filter(items, i -> i.a > 1)[0].x FROM t
SELECT props['a'][0], props.a[1] FROM events
SELECT address.geo.lat + address['geo']['lon'] FROM customers
SELECT struct(t.*).a FROM t
SELECT struct(u.*).k FROM u
SELECT CAST(s AS STRING), to_json(s.b) FROM t
SELECT from_json(to_json(s), 'a INT').a FROM t
SELECT arrays_zip(arr, items).items[0].x FROM t
SELECT map_from_arrays(arr, arr)[a] FROM t
SELECT map_entries(m)[0].key, map_keys(m)[0] FROM t
# --- variants
SELECT v:a FROM docs
SELECT v:a.b, v:items[0].x, v:a::int FROM docs
SELECT d.v:a.id, d.id FROM docs d WHERE v:kind::string = a
SELECT docs.v:['a b'], body.v:a FROM docs
SELECT body.a FROM docs WHERE v:body.v::int > 1
SELECT variant_get(v, '$.a', 'int'), try_variant_get(body.v, '$.id', 'int') FROM docs
SELECT e.value:a FROM docs, LATERAL variant_explode(v) AS e
SELECT e.key FROM docs, LATERAL variant_explode(body.v) AS e WHERE e.pos > id
SELECT q.v:x.y FROM (SELECT v, id FROM docs) q
SELECT v:id AS id FROM docs ORDER BY id::int
# --- operators and predicates in their rarer spellings
SELECT a << 1, b >> 2, a >>> b, a ^ b, ~v::int FROM t
SELECT c NOT RLIKE 'x', c NOT ILIKE SOME ('a', d::string) FROM t
SELECT a IS NOT DISTINCT FROM b, NOT a <=> v FROM t
SELECT a BETWEEN b AND v AND c = 'x' OR d > current_date FROM t
SELECT - - a, + b, -(v) FROM t
SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM emp) AND NOT a IN (SELECT id FROM emp)
SELECT a FROM t WHERE (a) IN ((SELECT max(id) FROM emp), b)
SELECT a FROM t WHERE (a, b) IN ((1, 2), (b, a))
SELECT TIMESTAMPADD(HOUR, a, ts), DATE_ADD(DAY, b, d), DATE_DIFF(WEEK, d, ts) FROM t
SELECT date_add(d, a), date_sub(d, b), datediff(d, ts) FROM t
SELECT FIRST(a IGNORE NULLS), LAST(b), ANY_VALUE(c IGNORE NULLS) FROM t
SELECT nth_value(a, 2) IGNORE NULLS OVER (PARTITION BY b ORDER BY c) FROM t
SELECT approx_percentile(a, array(0.5, 0.9), 100), percentile(b, 0.5) FROM t
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY v) FILTER (WHERE a > 1) OVER (PARTITION BY c) FROM t
SELECT string_agg(DISTINCT c) FROM t
SELECT a FROM t WHERE c LIKE concat('%', d, '%') ESCAPE '/'
SELECT EXTRACT(MONTH FROM d + INTERVAL 1 MONTH), EXTRACT(SECONDS FROM ts) FROM t
SELECT OVERLAY(c PLACING 'x' FROM a), SUBSTR(c, a, b), POSITION('x', c, a) FROM t
SELECT TRIM(TRAILING FROM c), LTRIM('x', c), BTRIM(c) FROM t
SELECT CEIL(v, 1), FLOOR(v), CONV(c, 10, 16), a::decimal(10, 2)::string FROM t
# --- grouping in all its forms
SELECT a, b, sum(v) FROM t GROUP BY GROUPING SETS (ROLLUP (a, b), CUBE (c))
SELECT a, sum(v) FROM t GROUP BY GROUPING SETS ((a, b), GROUPING SETS ((a), ()))
SELECT a, sum(v) FROM t GROUP BY a, GROUPING SETS ((b), (c))
SELECT a, sum(v) FROM t GROUP BY ROLLUP ((a, b), c)
SELECT a, b, sum(v) FROM t GROUP BY a, b WITH ROLLUP
SELECT s.a, sum(v) FROM t GROUP BY s.a
SELECT s.a AS z, sum(v) FROM t GROUP BY z HAVING z > 1
SELECT m['x'], sum(v) FROM t GROUP BY m['x']
SELECT sum(v) FROM t GROUP BY CASE WHEN a > 1 THEN b END
SELECT 1 AS one, sum(v) FROM t GROUP BY one, a
SELECT a, grouping_id() FROM t GROUP BY CUBE (a, b)
SELECT a, b FROM t GROUP BY 1, b
SELECT a, count(*) FROM t GROUP BY 1 ORDER BY 2, 1
SELECT count(*) AS n FROM t GROUP BY a, b HAVING n > 1
SELECT a, (SELECT max(id) FROM emp) AS m, count(*) FROM t GROUP BY ALL
SELECT a + 1 AS z, b, count(DISTINCT c) FROM t GROUP BY ALL HAVING count(DISTINCT d) > 1
# --- FROM clauses that put things in unusual places
SELECT u.a, w.y FROM u UNPIVOT (v FOR n IN (b, x)) JOIN w ON w.k = u.k
SELECT a FROM (t)
SELECT q.a FROM (t) q
SELECT q.a FROM (t AS z) AS q
SELECT q.a, q.y FROM (u JOIN w USING (k, x)) AS q
SELECT * FROM (u JOIN w USING (k, x)) AS q
SELECT q.y FROM (u CROSS JOIN (SELECT y FROM w)) q
SELECT a FROM (((SELECT a, b FROM t)))
SELECT a FROM ((SELECT a FROM t) UNION ALL (SELECT k FROM u)) q
SELECT t.a, e FROM t JOIN u ON t.a = u.a LATERAL VIEW explode(arr) q AS e
SELECT e FROM t, u LATERAL VIEW explode(array(t.a, u.k)) q AS e
SELECT t.a FROM t, LATERAL explode(arr) q(e), LATERAL explode(array(e, b)) r(f) WHERE f > 1
SELECT l.z FROM t, LATERAL (SELECT a + b AS z) l
SELECT l.z FROM t CROSS JOIN LATERAL (SELECT a + b AS z, v) l
SELECT l.* FROM t LEFT JOIN LATERAL (SELECT v AS z) l ON l.z > t.a
SELECT * FROM x, LATERAL (SELECT * FROM emp WHERE emp.id = x.a) l
SELECT * FROM x, LATERAL (SELECT name FROM emp WHERE emp.id = a ORDER BY salary LIMIT 1)
SELECT count(*) FROM x, LATERAL (SELECT * FROM emp WHERE emp.id = x.a) l
SELECT x.y FROM x, LATERAL (SELECT id FROM emp WHERE mgr_id = x.a UNION ALL SELECT k FROM w WHERE w.val = 3) l
SELECT l.n FROM x, LATERAL (SELECT count(*) AS n FROM emp JOIN orders USING (id) WHERE emp.mgr_id = x.a AND orders.note = 'x') l
SELECT l2.r FROM x, LATERAL (SELECT id, name FROM emp WHERE mgr_id = x.a) l1, LATERAL (SELECT region AS r FROM customers WHERE customers.id = l1.id AND customers.name = l1.name) l2
SELECT p.* FROM (SELECT a, y, x FROM x) q PIVOT (max(y) AS m, min(y) AS n FOR a IN (1 AS one)) p
SELECT one_m FROM (SELECT a, y, x FROM x) PIVOT (max(y) AS m, min(y) AS n FOR a IN (1 AS one))
SELECT one_m FROM (SELECT a, y, x, arr FROM x) PIVOT (max(y + x) AS m, count(DISTINCT y) AS n FOR a IN (1 AS one)) WHERE size(arr) > 1
SELECT * FROM x PIVOT (count(*) FOR (a, y) IN ((1, 2), (3, 4)))
SELECT j.id, v FROM quarters UNPIVOT (v FOR q IN (q1, q2)) AS j WHERE j.q = 'q1' AND year = 2024
SELECT j.id FROM quarters UNPIVOT (v FOR q IN (q1, q2)) AS j
SELECT (SELECT sum(v) FROM quarters UNPIVOT (v FOR q IN (q1, q2)) AS j WHERE j.id = emp.id) FROM emp
SELECT e FROM (SELECT a, arr FROM x) LATERAL VIEW explode(arr) z AS e WHERE a = 1
SELECT z.* FROM x LATERAL VIEW posexplode(arr) z AS p, e
SELECT z.p, z2.k2 FROM t LATERAL VIEW posexplode(arr) z AS p, e LATERAL VIEW OUTER explode(m) z2 AS k2, v2 WHERE v2 = e
VALUES (1, 2) AS v(a, b)
SELECT * FROM VALUES (1, 2), (3, 4) AS v(a, b)
SELECT v.* FROM VALUES (1, 2), (3, 4) v(a, b), u WHERE u.a = v.b
SELECT v.b FROM (VALUES (1, 2), (3, 4) AS z(a, b)) v
SELECT t.a FROM t JOIN (VALUES (1, 'x')) AS v(a, b) USING (a)
SELECT * FROM (SELECT 1 AS a) JOIN dst USING (a)
# --- unions whose sides differ
SELECT a FROM (SELECT a, k FROM u UNION ALL SELECT z, b FROM s2.t) WHERE k = 1
SELECT k FROM (SELECT a, k FROM u UNION ALL SELECT z, b FROM s2.t)
SELECT count(*) FROM (SELECT a, k FROM u EXCEPT SELECT z, b FROM s2.t)
SELECT n FROM (SELECT a AS n, count(*) AS c FROM u GROUP BY a UNION ALL SELECT z, max(b) FROM s2.t GROUP BY z)
SELECT c FROM (SELECT a AS n, count(*) AS c FROM u GROUP BY a UNION ALL SELECT z, max(b) FROM s2.t GROUP BY z)
(SELECT a FROM u EXCEPT SELECT z FROM s2.t) UNION ALL (SELECT id FROM w INTERSECT SELECT salary FROM emp) ORDER BY a LIMIT 2
WITH q AS (SELECT a, k FROM u UNION ALL SELECT z, b FROM s2.t) SELECT q1.a FROM q q1 JOIN q q2 ON q1.a = q2.k
SELECT * FROM (SELECT s FROM t UNION ALL SELECT named_struct('a', a, 'b', named_struct('c', t, 'x', k)) FROM u) WHERE s.a > 1
SELECT s.b.c FROM (SELECT s FROM t UNION ALL SELECT named_struct('a', a, 'b', named_struct('c', t, 'x', k)) FROM u)
