# --- PIVOT
SELECT * FROM x PIVOT (sum(y) FOR a IN (1, 2))
SELECT * FROM (SELECT a, y, x FROM x) PIVOT (sum(y) AS s FOR a IN (1 AS one, 2 AS two))
SELECT * FROM (SELECT a, y FROM x) PIVOT (sum(y) AS s, max(y) AS m FOR a IN (1, 2))
SELECT * FROM (SELECT a, y, x, arr FROM x) PIVOT (sum(y) FOR (a, x) IN ((1, 2) AS p, (3, 4) AS q))
SELECT one FROM (SELECT a, y, x FROM x) PIVOT (sum(y) FOR a IN (1 AS one, 2 AS two))
SELECT q.x, q.one FROM (SELECT a, y, x FROM x) PIVOT (sum(y) FOR a IN (1 AS one, 2 AS two)) AS q
SELECT * FROM quarters PIVOT (sum(q1 + q2) FOR year IN (2023, 2024)) WHERE who = 'x'
SELECT k FROM (SELECT u.k, w.val, u.c FROM u JOIN w USING (k)) PIVOT (avg(val) FOR c IN ('a', 'b'))
WITH q AS (SELECT dept, salary, id FROM emp) SELECT * FROM q PIVOT (max(salary) FOR dept IN ('a', 'b'))
SELECT * FROM (SELECT region, status, amount FROM orders) PIVOT (count(*) FOR status IN ('new', 'done'))
SELECT region FROM (SELECT region, status, amount FROM orders) PIVOT (sum(amount) FOR status IN ('new', 'done')) WHERE new > 1
SELECT new FROM (SELECT region, status, note, amount FROM orders) PIVOT (sum(amount) FOR status IN ('new', 'done')) ORDER BY region
# --- UNPIVOT
SELECT * FROM quarters UNPIVOT (v FOR q IN (q1, q2, q3, q4))
SELECT id, v FROM quarters UNPIVOT (v FOR q IN (q1, q2))
SELECT q FROM quarters UNPIVOT INCLUDE NULLS (v FOR q IN (q1, q2))
SELECT z.v FROM quarters UNPIVOT EXCLUDE NULLS (v FOR q IN (q1, q2)) AS z
SELECT z.v, w.y FROM quarters UNPIVOT (v FOR q IN (q1, q2)) AS z JOIN w ON w.id = z.id
SELECT q1 FROM (SELECT id, q1 AS qq, q2 AS q1 FROM quarters) UNPIVOT (v FOR q IN (qq))
SELECT v FROM (SELECT id, q1, q2 FROM quarters) UNPIVOT (v FOR q IN (q1, q2)) WHERE id = 1
SELECT count(*) FROM quarters UNPIVOT (v FOR q IN (q1, q2))
SELECT v FROM quarters q UNPIVOT (v FOR n IN (q.q1, q.q2))
SELECT who, sum(v) FROM quarters UNPIVOT (v FOR n IN (q1, q2)) GROUP BY who
SELECT * FROM (SELECT who, q1, q2 FROM quarters) UNPIVOT (v FOR n IN (q1, q2)) PIVOT (sum(v) FOR n IN ('q1', 'q2'))
# --- higher-order functions and lambdas whose names shadow
SELECT transform(arr, a -> a + 1) FROM t
SELECT transform(arr, a -> a + b) FROM t
SELECT transform(arr, (a, b) -> a + b) FROM t
SELECT transform(arr, x -> x + a) FROM t
SELECT filter(arr, e -> e > a) FROM t
SELECT exists(arr, v -> v > 1), forall(arr, e -> e > v) FROM t
SELECT aggregate(arr, 0, (acc, e) -> acc + e + a) FROM t
SELECT aggregate(arr, a, (acc, e) -> acc + e, acc -> acc * b) FROM t
SELECT reduce(arr, b, (b, e) -> b + e) FROM t
SELECT zip_with(arr, array(a), (x, y) -> x + y + b) FROM t
SELECT map_filter(m, (k, v) -> v > a) FROM t
SELECT transform_values(m, (k, c) -> concat(k, c)), transform_keys(m, (k, v) -> concat(k, c)) FROM t
SELECT map_zip_with(m, m, (k, v1, v2) -> v1 + v2 + v) FROM t
SELECT transform(items, i -> i.a) FROM t
SELECT transform(items, a -> a.a + t.a) FROM t
SELECT transform(items, t -> t.x) FROM t
SELECT transform(items, s -> struct(s.a AS b, s.x AS a)) FROM t
SELECT transform(arr, a -> transform(arr, b -> a + b + c.a)) FROM (SELECT arr, s AS c, a FROM t)
SELECT array_sort(arr, (l, r) -> CASE WHEN l < r THEN -1 ELSE a END) FROM t
SELECT a FROM t WHERE exists(items, i -> i.a = b AND i.x = c)
SELECT filter(items, i -> i.sku = note) FROM orders
SELECT sum(aggregate(items, 0D, (acc, i) -> acc + i.qty * i.price)) FROM orders GROUP BY region
SELECT transform(x.arr, x -> x + y) FROM x
SELECT transform(x.arr, y -> y + x) FROM x
SELECT transform(x.arr, `y` -> `y` + x.`y`) FROM x
SELECT transform(x.arr, (e, i) -> i) FROM x
SELECT map_filter(props, (name, v) -> name = email) FROM customers
SELECT transform(tags, name -> upper(name)), name FROM customers
SELECT transform(tags, region -> concat(region, name)) FROM customers ORDER BY region
# --- keyword-like names as columns, quoting
SELECT `select`, `from` FROM kw
SELECT user FROM kw
SELECT kw.user, kw.date, kw.`current_date` FROM kw
SELECT date FROM kw
SELECT current_date FROM kw
SELECT current_date() FROM kw
SELECT current_user FROM kw
SELECT timestamp, date FROM kw
SELECT timestamp FROM kw WHERE date > '2020-01-01'
SELECT interval FROM kw
SELECT count FROM kw
SELECT count(count) FROM kw
SELECT `order`, `group` FROM kw ORDER BY `left`
SELECT value, key FROM kw
SELECT row FROM kw
SELECT `all` FROM kw
SELECT year, year(date), filter FROM kw
SELECT sum(value) FILTER (WHERE filter > 1) FROM kw
SELECT `values` FROM kw
SELECT count(*) FILTER (WHERE kw.filter = 2), max(kw.`interval`) FROM kw
SELECT date'2020-01-01', kw.date FROM kw
SELECT left(c, 2), right(c, 1) FROM t
SELECT `left` AS `right` FROM kw
SELECT key AS value FROM kw WHERE value = 1
SELECT a AS select_ FROM t
SELECT `a.b` FROM s2.`dot.ted`
SELECT a.b FROM s2.`dot.ted`
SELECT `dot.ted`.`a.b`, `dot.ted`.a.b FROM s2.`dot.ted`
SELECT s2.`dot.ted`.plain FROM s2.`dot.ted`
SELECT `sp ace`, `we``ird` FROM main.s2.`dot.ted`
SELECT `Über`, `über` FROM s2.`dot.ted`
SELECT d.`sp ace` FROM s2.`dot.ted` AS d JOIN t ON d.plain = t.a
SELECT * FROM s2.`dot.ted`
SELECT `first name` FROM `two words`
SELECT `two words`.id AS `a b`, `first name` AS id FROM `two words` ORDER BY id
SELECT `a b` FROM (SELECT id AS `a b`, `first name` FROM `two words`)
SELECT `x.y`.id FROM `two words` AS `x.y`
SELECT q.`a.b` FROM (SELECT a AS `a.b`, b AS a FROM t) q
SELECT q.a.b FROM (SELECT a AS `a.b`, s AS a FROM t) q
SELECT A, B FROM T WHERE C = 'x'
SELECT Q.A FROM (SELECT a FROM t) q
WITH Q AS (SELECT a FROM t) SELECT A FROM q
SELECT `A` FROM t AS `T` WHERE `t`.b = 1
# --- comments, strings and whitespace that hold SQL
SELECT a /* , b FROM u */ FROM t -- WHERE d = 1
SELECT a FROM t WHERE c = 'SELECT b FROM u'
SELECT a FROM t WHERE c = '-- no comment' AND b = 1
SELECT a FROM t WHERE c = '/*' AND v > 1 AND c <> '*/'
SELECT /* outer /* inner */ still */ a FROM t
SELECT a FROM t WHERE c = 'it''s' AND d IS NULL
SELECT a FROM t WHERE c = 'it\'s' AND d IS NULL
SELECT a FROM t WHERE c = "say \"b\" FROM u" AND b = 1
SELECT a FROM t WHERE c = r'\' AND d = r'\'
SELECT a FROM t WHERE c = '\\' AND v = 1
SELECT a -- b
  FROM t -- u
  WHERE v > 1
SELECT a --
  , b
  FROM t
SELECT 'a;b', a FROM t
SELECT a FROM t;
SELECT
  a
  ,b FROM/**/t/**/WHERE/**/c='x'
SELECT a.`k`FROM a
SELECT-a FROM t
SELECT 1a FROM (SELECT a AS 1a FROM t)
SELECT a FROM t WHERE v>1.e1
SELECT t.`a`.`b` FROM (SELECT s AS a, a AS b FROM t) t
SELECT `a` `b`, `b` `a` FROM `t`
SELECT a FROM t WHERE c = 'a' 'b' "c"
SELECT a FROM t WHERE c = X'41' OR c = 'x' COLLATE UTF8_LCASE
# --- persistent views, functions of the estate
SELECT a FROM vw
SELECT * FROM vw
SELECT vw.cc, t.c FROM vw JOIN t ON vw.a = t.a
SELECT * FROM vw JOIN vj ON vw.a = vj.k
SELECT v.cc FROM main.s.vw AS v
SELECT count(*) FROM vj
WITH vw AS (SELECT k FROM vj) SELECT * FROM vw
SELECT f(a) FROM t
SELECT s.f(a), main.s2.f(b), other.s.h(c) FROM t
SELECT f(a) AS a FROM t WHERE g(b, c) > 1 ORDER BY s2.only_fn(d)
SELECT f(f(g(a, 1), 2)) FROM t
SELECT f((SELECT max(k) FROM u)) FROM t
SELECT t.a FROM t JOIN u ON f(t.a, u.k) = 1
SELECT `f`(1), `s`.`f`(`a`) FROM t
SELECT transform(arr, e -> f(e, a)) FROM t
SELECT f() FROM t
SELECT sum(f(a)) OVER (PARTITION BY g(b)) FROM t
SELECT abs(a), builtin.upper(c) FROM t
SELECT system.builtin.abs(a) FROM t
# --- temporary views
#view tv = SELECT a, b FROM t WHERE c IS NOT NULL
SELECT a FROM tv
#view tv = SELECT a, b FROM t WHERE c IS NOT NULL
SELECT * FROM tv JOIN u USING (a)
#view tv = SELECT * FROM u
SELECT k FROM tv WHERE x > 1
#view t = SELECT k AS a, x FROM u
SELECT a FROM t
#view tv = SELECT k AS a, x FROM u
WITH tv AS (SELECT a FROM t) SELECT a FROM tv
#view tv = SELECT a, count(*) AS n FROM t GROUP BY a
SELECT n FROM tv
#view tv = SELECT a, f(b) AS n FROM t
SELECT n FROM tv WHERE a = 1
#view tv = SELECT cc, k FROM vw JOIN vj ON vw.a = vj.k
SELECT cc FROM tv
#view tv = WITH q AS (SELECT a, b FROM t) SELECT a AS z FROM q
SELECT z FROM tv
#view tv = SELECT id FROM w
SELECT a FROM x WHERE a IN (SELECT id FROM tv)
#view tv = SELECT k FROM u
INSERT INTO dst (a) SELECT k FROM tv
#view tv = SELECT explode(arr) AS e, a FROM x
SELECT e FROM tv
#view tv = SELECT a FROM t UNION ALL SELECT k FROM u
SELECT * FROM tv
SELECT q FROM quarters UNPIVOT (v FOR q IN (q1 AS aa, q2 AS bb))
SELECT q, f, l FROM quarters UNPIVOT ((f, l) FOR q IN ((q1, q2) AS h1, (q3, q4) AS h2))
SELECT p.one FROM (SELECT a, y, x FROM x) PIVOT (sum(y) FOR a IN (1 AS one, 2 AS two)) AS p
