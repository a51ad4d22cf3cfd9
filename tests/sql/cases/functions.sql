-- Calls of functions, table functions, lambdas.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

SELECT * FROM table_changes('main.s.u', 1, 5) WHERE _change_type = 'insert'
=> u(a,d,e)

SELECT a, _commit_version FROM table_changes('u', 1) AS ch
=> u(a)

SELECT count(*) FROM STREAM(u)
=> u()

SELECT f(a), main.x.g(b), upper(c) FROM t
=> t(a,b,c) f:f f:main.x.g

SELECT * FROM tf(TABLE(u) PARTITION BY d ORDER BY e, 1)
=> u(a,d,e) f:tf

SELECT * FROM ai_forecast(TABLE(main.s.u), horizon => '2024', time_col => 'e', value_col => 'a')
=> u(a,d,e)

SELECT * FROM vector_search(index => 'main.s.u', query_text => 'x', num_results => 3)
=> u(a,d,e)

SELECT a, search_score FROM vector_search(index => 'main.s.u', query_text => 'x')
=> u(a)

SELECT ai_query('endpoint', b) FROM t
=> t(b)

SELECT k.x, sku FROM t LATERAL VIEW OUTER explode(arr) k AS x LATERAL VIEW inline(items)
=> t(arr,items)

SELECT explode(items).sku FROM t
=> t(items)

SELECT extract(YEAR FROM ts), date_trunc('month', ts), dateadd(DAY, a, ts), datediff(MONTH, ts, now()), trim(BOTH 'x' FROM b), substring(b FROM 1 FOR 2), position('x' IN b), overlay(b PLACING 'x' FROM 2), timestampdiff(HOUR, ts, ts) FROM t
=> t(a,b,ts)

SELECT TRANSFORM(a, b) USING 'cat' AS (x INT, y) FROM t WHERE c > 1
=> t(a,b,c)

SELECT stack(2, a, b) AS (x, y) FROM t
=> t(a,b)

SELECT inline(items) AS (p, q) FROM t ORDER BY p
=> t(items)

SELECT http_request(conn => 'c1', method => 'GET', path => '/x'), a FROM t
=> t(a) conn:c1
