-- Pipe syntax.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

TABLE t |> WHERE a > 1 |> SELECT b |> AS q |> JOIN u ON q.b = u.d |> AGGREGATE count(*) AS n GROUP BY u.e
=> t(a,b) u(d,e)

FROM t |> EXTEND a + 1 AS z |> SET b = upper(b) |> DROP c, arr, st, m, ts, items, j
=> t(a,b)

FROM t |> SELECT a, b |> PIVOT (max(a) FOR b IN ('x', 'y')) |> ORDER BY x |> LIMIT 3
=> t(a,b)

FROM u |> UNION ALL TABLE u |> SELECT a
=> u(a,d,e)

FROM t |> WHERE a IN (SELECT e FROM u) |> SELECT c
=> t(a,c) u(e)
