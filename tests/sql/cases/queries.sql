-- Plain queries: columns, joins, windows, pivots, literals.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

SELECT a FROM t@v3
=> t(a)

SELECT a FROM t@20240101000000000 x JOIN u VERSION AS OF 2 y ON x.a = y.a
=> t(a) u(a)

SELECT a FROM t TIMESTAMP AS OF date_sub(current_date(), 1)
=> t(a)

SELECT d FROM STREAM u
=> u(d)

SELECT * EXCEPT (arr, st, m, ts, items, j) FROM t
=> t(a,b,c)

SELECT * EXCEPT (st.x) FROM t
=> t(a,arr,b,c,items,j,m,st,ts)

SELECT t.* EXCEPT (a), u.a FROM t JOIN u USING (a)
=> t(a,arr,b,c,items,j,m,st,ts) u(a)

SELECT * REPLACE (upper(b) AS b) FROM vw
=> vw(a,b)

SELECT st.x, st.y AS a FROM t ORDER BY x
=> t(st)

SELECT st.* FROM t
=> t(st)

SELECT s.t.a, main.s.t.b, t.st.x, main.s.t.st.y FROM t
=> t(a,b,st)

SELECT j:x.y[0]::int, j:['k'] FROM t
=> t(j)

SELECT a AS z, z + 1 AS w, w * 2 FROM t
=> t(a)

SELECT b AS a, a + 1 FROM t
=> t(a,b)

SELECT a, row_number() OVER w FROM t WINDOW w AS (PARTITION BY b ORDER BY c), unused AS (ORDER BY ts)
=> t(a,b,c)

SELECT a FROM t QUALIFY row_number() OVER (PARTITION BY b ORDER BY c DESC) = 1
=> t(a,b,c)

SELECT sum(a) FILTER (WHERE b = 'x'), percentile_cont(0.5) WITHIN GROUP (ORDER BY c) FROM t
=> t(a,b,c)

SELECT b, sum(a) FROM t GROUP BY ALL HAVING max(c) > 1 ORDER BY ALL
=> t(a,b,c)

SELECT b, c, count(*) FROM t GROUP BY GROUPING SETS ((b, c), (b), ())
=> t(b,c)

SELECT b, grouping_id(b, c) FROM t GROUP BY CUBE (b, c)
=> t(b,c)

SELECT a, nm, val FROM t UNPIVOT INCLUDE NULLS (val FOR nm IN (b AS bb, j))
=> t(a,b,j)

SELECT * FROM u UNPIVOT ((v1, v2) FOR nm IN ((a, e) AS ae))
=> u(a,d,e)

SELECT a FROM t LEFT SEMI JOIN u ON t.a = u.e
=> t(a) u(e)

SELECT * FROM u NATURAL JOIN dst
=> dst(a,b) u(a,d,e)

SELECT x.col1 FROM VALUES (1, 'a'), (2, 'b') AS x JOIN u ON x.col1 = u.e
=> u(e)

SELECT current_date, current_user, a FROM t WHERE ts > current_timestamp - INTERVAL 1 DAY
=> t(a,ts)

SELECT CAST(a AS STRUCT<x: INT, y: ARRAY<STRING>>), try_cast(b AS DECIMAL(10, 2)), c::string COLLATE UTF8_LCASE, a?::int FROM t
=> t(a,b,c)

SELECT CASE a WHEN 1 THEN b ELSE CASE WHEN c > 1 THEN j END END FROM t
=> t(a,b,c,j)

SELECT named_struct('a', a).a, struct(b AS x, c).x, map('k', j)['k'], array(a, c)[0] FROM t
=> t(a,b,c,j)

SELECT a FROM t TABLESAMPLE (10 PERCENT) REPEATABLE (3) JOIN u TABLESAMPLE (5 ROWS) ON t.a = u.a
=> t(a) u(a)

SELECT b LIKE ANY ('x', j), b ILIKE '%x', b NOT RLIKE j, b IS NOT DISTINCT FROM j, a BETWEEN c AND 3, NOT a IN (1, 2) FROM t
=> t(a,b,c,j)

SELECT `a`, `t`.`b` FROM `main`.`s`.`t` `t`
=> t(a,b)

SELECT /*+ BROADCAST(u) */ t.a FROM t JOIN u ON t.a = u.a
=> t(a) u(a)

SELECT main.s.t.a FROM t, u WHERE t.a = u.a;;
=> t(a) u(a)

SELECT a FROM (t JOIN u USING (a)) x
=> t(a) u(a)

SELECT x.a, x.d FROM (t CROSS JOIN u AS q(a1, d, e)) AS x
=> t(a) u(d)

SELECT count(t.*), count(DISTINCT u.*), count(*) FROM t, u
=> t(a,arr,b,c,items,j,m,st,ts) u(a,d,e)

SELECT to_json(struct(*)) FROM u
=> u(a,d,e)

SELECT MAP_FROM_ENTRIES(COLLECT_LIST(STRUCT(d, e))) FROM u
=> u(d,e)

SELECT x FROM (FROM t MAP a, b USING 'cat' AS x, y)
=> t(a,b)

SELECT a FROM t CLUSTER BY b
=> t(a,b)

SELECT a FROM t DISTRIBUTE BY b SORT BY c
=> t(a,b,c)

SELECT * FROM range(10) AS r(id) JOIN u ON r.id = u.e
=> u(a,d,e)

SELECT sum(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t
=> t(a,b,c)

SELECT first(a) IGNORE NULLS, last(b, true), any_value(c) RESPECT NULLS FROM t
=> t(a,b,c)

SELECT x FROM t, LATERAL JSON_TABLE(j, '$[*]' COLUMNS (x INT PATH '$.x', ord FOR ORDINALITY))
=> t(j)

SELECT x FROM t, UNNEST(arr) AS q(x)
=> t(arr)

SELECT t.a FROM t LEFT ASOF JOIN u MATCH_CONDITION (t.c >= u.e) ON t.a = u.a
=> t(a,c) u(a,e)

SELECT t.a FROM t JOIN u APPROX NEAREST 3 BY DISTANCE abs(t.c - u.e)
=> t(a,c) u(e)

SELECT a FROM t WHERE is_account_group_member('x') AND secret('s', 'k') = b
=> t(a,b)

SELECT a FROM t WHERE a = 1 AND b = 'it''s' OR b = "x\"y"
=> t(a,b)

SELECT * FROM main.information_schema.table_privileges WHERE grantee = 'x'
=> main.information_schema.table_privileges

SELECT s.a FROM t JOIN u AS s USING (a)
=> t(a) u(a)

SELECT order.a FROM t order JOIN u group ON order.a = group.a
=> t(a) u(a)

-- DISTINCT comes after the groups are filtered
SELECT DISTINCT a FROM t GROUP BY a HAVING sum(b) FILTER (WHERE c > 1) > 3
=> t(a,b,c)

-- new names for columns, by their places
SELECT q.e FROM (FROM u CROSS JOIN dst) AS q(a, b, c, e, f)
=> dst(a) u()

SELECT q.a FROM (u CROSS JOIN dst) AS q(a, b, c, e, f)
=> dst() u(a)

WITH q(a, b, c, e, f) AS (FROM u CROSS JOIN dst) SELECT f FROM q
=> dst(b) u()

-- where the places do not tell, all of it
SELECT q.x FROM (u JOIN dst USING (a)) AS q(x, y, z, w)
=> dst(a,b) u(a,d,e)

SELECT q.* FROM (FROM u CROSS JOIN dst) AS q
=> dst(a,b) u(a,d,e)

FROM u CROSS JOIN dst |> AS q |> SELECT *
=> dst(a,b) u(a,d,e)

-- the relation may have such a column, or a struct is called like it
SELECT st.x FROM t, LATERAL tf(t.a) AS st
=> t(a,st) f:tf

-- what stands beside a table is asked for functions and queries, too
SELECT a FROM t TIMESTAMP AS OF f(3)
=> t(a) f:f

SELECT a FROM t FOR SYSTEM_TIME AS OF (SELECT max(d) FROM u)
=> t(a) u(d)

SELECT * FROM tf(TABLE(dst) PARTITION BY main.x.g(a) ORDER BY f(b))
=> dst(a,b) f:f f:main.x.g f:tf

-- a table keeps its name behind PIVOT, and its columns beside UNPIVOT of others
SELECT t.b FROM t PIVOT (sum(c) FOR a IN (1))
=> t(a,arr,b,c,items,j,m,st,ts)

SELECT u.e FROM dst JOIN u ON dst.a = u.a UNPIVOT (v FOR n IN (dst.b, u.d))
=> dst(a,b) u(a,d,e)
