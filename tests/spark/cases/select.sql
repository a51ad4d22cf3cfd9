# One statement a line; an indented line goes on with the one above. `#view name = query` and `#param name = literal` stand for the statement below them.
# --- names that clash: table, column, field, alias
SELECT a FROM a
SELECT a.a FROM a
SELECT a.t FROM a
SELECT t.a FROM a
SELECT a.t.a FROM a
SELECT s.a.t.a FROM s.a
SELECT main.s.a.t.a FROM main.s.a
SELECT s FROM s
SELECT s.s FROM s
SELECT s.s.s FROM s
SELECT s.s.s.a FROM s.s
SELECT s.a FROM s
SELECT s.t FROM s
SELECT s.s.t FROM s
SELECT t FROM s
SELECT a.k FROM a AS s, s AS a WHERE s.k = a.k
SELECT t.t FROM a AS t
SELECT t.x FROM a AS t
SELECT t.k FROM a AS t
SELECT t.t.x, t.a FROM a t
SELECT u.t FROM u
SELECT t.t FROM u t
SELECT t.a, u.t FROM t, u WHERE t.a = u.a
SELECT x.x FROM x
SELECT x FROM x AS y
SELECT y.y FROM x AS y
SELECT arr[x] FROM x
SELECT x.arr[y] FROM x
SELECT t.m['a'], t.m.b FROM t
SELECT t.s.a, s.b.c, t.s.b.x AS a FROM t
SELECT s.s FROM s.s
SELECT items.a, items.x FROM t
SELECT items[0].a, items.x[0] FROM t
SELECT s2.t.z FROM s2.t
SELECT t.z FROM s2.t, t AS x WHERE x.a = t.b
SELECT main.s.t.a, main.s2.t.z FROM main.s.t, main.s2.t
SELECT s.t.a, s2.t.a FROM s.t JOIN s2.t ON s.t.b = s2.t.b
SELECT other.s.t.o, main.s.t.b FROM other.s.t, main.s.t
SELECT T.A, t.B FROM T
SELECT a AS b, b AS a FROM t
SELECT a AS b, b AS a FROM t ORDER BY a
SELECT a AS b, b AS c FROM t ORDER BY b, t.b
SELECT a b, b c, c a FROM t WHERE a > 1 ORDER BY a
SELECT a + b AS a FROM t ORDER BY a
SELECT a AS x FROM t ORDER BY x, d
SELECT a AS x FROM t GROUP BY x
SELECT a + 1 AS b FROM t GROUP BY a
SELECT b AS a FROM u GROUP BY b
SELECT a AS b, count(*) FROM t GROUP BY a HAVING b > 1
SELECT max(a) AS a FROM t HAVING a > 1
SELECT b, max(a) AS a FROM t GROUP BY b HAVING max(a) > 1
SELECT a AS x, max(b) FROM t GROUP BY a ORDER BY x, max(v)
SELECT a FROM t GROUP BY a ORDER BY count(b), max(length(c))
SELECT a AS dd FROM t SORT BY d
SELECT a FROM t DISTRIBUTE BY b SORT BY c
SELECT a FROM t CLUSTER BY d
SELECT a, b FROM t ORDER BY 2 LIMIT 3 OFFSET 1
SELECT a, b FROM t GROUP BY 1, 2
SELECT a, b, count(*) FROM t GROUP BY ALL
SELECT a + b, count(*), max(v) FROM t GROUP BY ALL ORDER BY ALL
SELECT a, count(*) FROM t WHERE d > DATE'2024-01-01' GROUP BY ALL HAVING count(c) > 1
SELECT DISTINCT a, b FROM t
SELECT DISTINCT a FROM t ORDER BY a
SELECT ALL a FROM t
SELECT a, a, a AS a FROM t
SELECT a, b AS a FROM t
SELECT q.b FROM (SELECT a, b, a AS c FROM t) q
SELECT q.c FROM (SELECT a, b, a AS c FROM t) q
SELECT c FROM (SELECT a AS c, c AS a FROM t) WHERE a = 'x'
SELECT c FROM (SELECT a AS b, b AS c FROM (SELECT b AS a, a AS b FROM u))
# --- stars
SELECT * FROM u
SELECT u.* FROM u
SELECT s.u.* FROM u
SELECT main.s.u.* FROM u
SELECT t.* FROM t, u
SELECT u.*, t.a FROM t, u
SELECT t.* FROM u t
SELECT t.* FROM a t
SELECT a.t.* FROM a
SELECT t.* FROM a
SELECT s.* FROM t
SELECT t.s.* FROM t
SELECT s.b.* FROM t
SELECT t.s.b.* FROM t
SELECT s.* FROM s
SELECT s.s.* FROM s
SELECT * EXCEPT (a) FROM u
SELECT * EXCEPT (a, b, x) FROM u
SELECT u.* EXCEPT (c) FROM u JOIN w ON u.k = w.k
SELECT * EXCEPT (u.a, w.k) FROM u JOIN w ON u.k = w.k
SELECT * EXCEPT (s.a, s.b.x) FROM t
SELECT s.* EXCEPT (b) FROM t
SELECT *, a + 1 AS a1 FROM u
SELECT a, * FROM u
SELECT *, * FROM u
SELECT * FROM u WHERE u.a IN (SELECT * FROM (SELECT k FROM w))
SELECT q.* FROM (SELECT a, b FROM t) q
SELECT q.* FROM (SELECT * EXCEPT (c) FROM u) q
SELECT * FROM (SELECT * FROM (SELECT * FROM x))
SELECT x FROM (SELECT * FROM x)
SELECT x FROM (SELECT *, a AS b FROM x) ORDER BY y
SELECT count(*) FROM u
SELECT count(1) FROM u
SELECT count(DISTINCT *) FROM u
SELECT count(DISTINCT a, b) FROM u
SELECT count(*), count(u.a) FROM u
SELECT count(*) FROM t, u WHERE t.a = u.k
SELECT struct(*) FROM u
SELECT struct(u.*) AS r FROM u
SELECT to_json(struct(*)) FROM x
SELECT named_struct('q', struct(x.*)) FROM x
SELECT array(u.a, u.b), concat_ws(',', *) FROM u
SELECT hash(*) FROM u
SELECT hash(w.*), u.a FROM u JOIN w USING (k)
SELECT coalesce(*) FROM (SELECT a, b FROM t)
SELECT greatest(* EXCEPT (t, c)) FROM u
SELECT 1 FROM u
SELECT 1
SELECT current_date()
SELECT 'a' FROM t WHERE true
SELECT NULL AS a FROM t
SELECT a FROM (SELECT 1 AS a, b FROM t)
SELECT 1 FROM t ORDER BY a
SELECT 1 FROM t GROUP BY a
SELECT * FROM u WHERE 1 = 0
SELECT a FROM t LIMIT 1 + 2 OFFSET 1 + 1
SELECT a FROM t LIMIT ALL
TABLE u
TABLE s.u ORDER BY a LIMIT 3
(SELECT a FROM t)
((SELECT a FROM t) UNION (SELECT a FROM u)) ORDER BY 1
FROM u SELECT a
FROM u SELECT a WHERE b = 1
FROM u JOIN w ON u.k = w.k SELECT w.y
FROM (SELECT a, b FROM t) q SELECT q.a
# --- lateral column aliases
SELECT a AS x, x + 1 AS y, y + b AS z FROM t
SELECT a + 1 AS b, b + 1 AS q FROM t
SELECT s AS p, p.a, p.b.c FROM t
SELECT a AS n1, sum(b) AS n2, n1 + n2 AS n3 FROM t GROUP BY a
SELECT a AS n1, sum(b) AS n2, n1 + n2 AS n3 FROM t GROUP BY a HAVING n3 > 1
SELECT a AS n1, n1 AS n2 FROM t ORDER BY n2
SELECT arr AS z, z[0] AS z0, transform(z, e -> e + z0) FROM t
SELECT m AS mm, mm.k FROM t
SELECT a AS x, u.x FROM u
SELECT a AS x, x FROM u
SELECT c AS a, a AS q FROM u
# --- filters, predicates, functions
SELECT a FROM t WHERE b BETWEEN 1 AND v
SELECT a FROM t WHERE c LIKE 'x%' AND d IS NOT NULL OR NOT (b = 1)
SELECT a FROM t WHERE c RLIKE 'x' OR c ILIKE ANY ('a', 'b')
SELECT a FROM t WHERE (a, b) IN ((1, 2), (3, 4))
SELECT a FROM t WHERE a IS DISTINCT FROM b AND d <=> current_date
SELECT CASE WHEN a > 1 THEN b WHEN c = 'x' THEN v ELSE length(c) END FROM t
SELECT CASE a WHEN b THEN c END FROM t
SELECT if(a > 1, b, v), nvl(c, 'x'), nullif(a, b) FROM t
SELECT CAST(a AS STRING), c::date, TRY_CAST(v AS INT), a::string || c FROM t
SELECT EXTRACT(YEAR FROM d), EXTRACT(HOUR FROM ts), date_part('day', d) FROM t
SELECT position('a' IN c), substring(c FROM 1 FOR 2), trim(BOTH 'x' FROM c), overlay(c PLACING 'b' FROM a FOR b) FROM t
SELECT timestampadd(DAY, a, ts), datediff(MONTH, d, ts), date_trunc('day', ts), timestampdiff(YEAR, d, current_date) FROM t
SELECT DATE'2020-01-01', TIMESTAMP'2020-01-01 00:00:00', X'1F', 1L, 2.0BD, 1e3D, 'a' 'b', r'\d', "double quoted" FROM t
SELECT "a" FROM t
SELECT "a", 'b', `c` FROM t
SELECT c FROM t WHERE c = "d"
SELECT arr[a] FROM t
SELECT items[a].x, s.b.c, m[c] FROM t
SELECT named_struct('a', b, 'c', d).a FROM t
SELECT struct(a, b AS q).q FROM t
SELECT map('a', a, c, b) FROM t
SELECT array(a, b)[0], sort_array(arr) FROM t
SELECT (SELECT 1) + a FROM t
SELECT a FROM t WHERE NOT EXISTS (SELECT 1 WHERE t.b = 2)
SELECT sum(a) FILTER (WHERE b > 1), count(*) FILTER (WHERE c = 'x') FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC), mode() WITHIN GROUP (ORDER BY b) FROM t
SELECT listagg(c, ',') WITHIN GROUP (ORDER BY d) FROM t
SELECT collect_list(DISTINCT a), any_value(b), first(c, true), last(d) IGNORE NULLS FROM t
SELECT max_by(a, b), min_by(c, v), count_if(d IS NULL), bool_or(a > 1) FROM t
SELECT sum(DISTINCT a) FILTER (WHERE v > 1) FROM t GROUP BY b
SELECT grouping(a), grouping_id(a, b) FROM t GROUP BY a, b WITH CUBE
SELECT a, b FROM t GROUP BY GROUPING SETS ((a), (b), ())
SELECT a, sum(v) FROM t GROUP BY a, ROLLUP (b, c)
SELECT a, sum(v) FROM t GROUP BY CUBE (a, (b, c)), GROUPING SETS ((d), ())
SELECT b, sum(v) FROM t GROUP BY a, b, c GROUPING SETS ((a, b), (b, c))
SELECT a + b, sum(v) FROM t GROUP BY ROLLUP (a + b, c)
SELECT a AS g, count(*) FROM t GROUP BY ROLLUP (g, b)
SELECT max(a) FROM t HAVING count(b) > 1
SELECT 1 FROM t HAVING max(a) > 1
# --- windows
SELECT sum(a) OVER (PARTITION BY b ORDER BY c) FROM t
SELECT rank() OVER (ORDER BY d DESC NULLS LAST), row_number() OVER (PARTITION BY s.a ORDER BY m['x']) FROM t
SELECT sum(a) OVER w1, avg(a) OVER w2 FROM t WINDOW w1 AS (PARTITION BY b), w2 AS (ORDER BY c)
SELECT sum(a) OVER w1 FROM t WINDOW w1 AS (PARTITION BY b), w2 AS (ORDER BY v)
SELECT lag(a, 1, b) OVER (ORDER BY d), lead(c) IGNORE NULLS OVER (ORDER BY ts) FROM t
SELECT sum(a) OVER (ORDER BY b ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t
SELECT sum(a) OVER (ORDER BY ts RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW) FROM t
SELECT sum(sum(a)) OVER (PARTITION BY b) FROM t GROUP BY b, c
SELECT b FROM (SELECT b, row_number() OVER (PARTITION BY a ORDER BY v) rn FROM t) WHERE rn = 1
SELECT b FROM (SELECT b, row_number() OVER (PARTITION BY a ORDER BY v) rn FROM t)
SELECT count(*) OVER () FROM t
SELECT w.id, max(w.val) OVER w FROM w WINDOW w AS (PARTITION BY w.k)
SELECT sum(a) OVER (x) FROM t WINDOW x AS (PARTITION BY b)
SELECT max(a) OVER (PARTITION BY CASE WHEN b > 1 THEN c END) FROM t
SELECT max(struct(a, b)) OVER (PARTITION BY c).b FROM t
SELECT window.start, count(*) FROM t GROUP BY window(ts, '1 hour')
SELECT session_window(ts, '5 minutes') AS w, c, count(*) FROM t GROUP BY session_window(ts, '5 minutes'), c
SELECT w.start, w.`end` FROM (SELECT window(ts, '1 hour') AS w FROM t GROUP BY 1)
SELECT a + 1 AS nn, nn + b AS mm FROM t WHERE c = 'x'
SELECT a AS n1, n1 + 1 AS n2, sum(b) OVER (PARTITION BY c) AS n3 FROM t
SELECT user, session_user, current_catalog(), current_schema() FROM t
SELECT sum(v) FROM t GROUP BY GROUPING SETS (a, b, (c, d)) HAVING max(ts) IS NULL
SELECT d + INTERVAL 1 DAY, ts - INTERVAL '1' HOUR, make_interval(0, 0, 0, a) FROM t
SELECT a['b'], arr[aa], m[c] FROM (SELECT m AS a, arr, m, s, c, a AS aa FROM t) WHERE aa > 1
SELECT count(*) FROM t GROUP BY GROUPING SETS (())
# --- QUALIFY, TRANSFORM, spellings of time travel
SELECT a, row_number() OVER (PARTITION BY b ORDER BY x) AS rn FROM u QUALIFY rn = 1
SELECT a FROM u QUALIFY row_number() OVER (PARTITION BY b ORDER BY x) = 1
SELECT a AS z, sum(k) OVER w AS s FROM u WHERE c = 'x' WINDOW w AS (PARTITION BY b) QUALIFY s > 1
SELECT a FROM (SELECT * FROM u QUALIFY rank() OVER (PARTITION BY k ORDER BY x) = 1)
SELECT TRANSFORM(a, b) USING 'cat' AS (p, q) FROM u WHERE x > 1
SELECT TRANSFORM(*) USING 'cat' FROM u
SELECT p FROM (SELECT TRANSFORM(a, concat(c, t)) USING 'cat' AS (p, q) FROM u)
FROM u MAP a, b USING 'cat' AS (p, q)
SELECT a FROM u@v1
SELECT a FROM u FOR SYSTEM_VERSION AS OF 3
SELECT a FROM u FOR SYSTEM_TIME AS OF '2024-01-01'
SELECT GROUPING__ID FROM u GROUP BY a, b WITH CUBE
SELECT a FROM (u)
SELECT a FROM ((u JOIN w USING (k)))
SELECT max(a) keep FROM u
SELECT EXISTS (SELECT 1 FROM u) FROM t
SELECT a FROM t WHERE (SELECT v) > 1
SELECT sum(a) OVER (ORDER BY b ROWS BETWEEN 1 + 1 PRECEDING AND 2 FOLLOWING) FROM u
SELECT v.value FROM events, LATERAL variant_explode(parse_json(payload)) AS v
