-- Looking at metadata, and looking after tables.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

SHOW GRANTS `x` ON TABLE t
=>

EXPLAIN SELECT a FROM t
=> t(a)

DESCRIBE QUERY SELECT a FROM t
=> t(a)

DESC SELECT a FROM t
=> t(a)

DESCRIBE DETAIL t
=>

DESCRIBE HISTORY main.s.t LIMIT 1
=>

DESCRIBE TABLE EXTENDED t b
=>

DESCRIBE FUNCTION EXTENDED f
=>

SHOW TABLES IN main.s LIKE 'x*'
=>

SHOW COLUMNS IN t
=>

SHOW CREATE TABLE vw
=>

REFRESH MATERIALIZED VIEW main.s.vw
=>

OPTIMIZE t WHERE a > 1 ZORDER BY (b, c)
=>

VACUUM t RETAIN 100 HOURS
=>

ANALYZE TABLE t COMPUTE STATISTICS FOR COLUMNS a, b
=>

RESTORE TABLE t TO VERSION AS OF 3
=>

UNCACHE TABLE IF EXISTS t
=>

DESCRIBE (SELECT a FROM t)
=> t(a)

OPTIMIZE t WHERE a IN (SELECT e FROM u)
=> ?unread-query

OPTIMIZE t WHERE a = 1 ZORDER BY (b)
=>

VACUUM t USING INVENTORY u RETAIN 168 HOURS
=> u(a,d,e)

UNDROP TABLE WITH ID 'x'
=> ?dynamic-name
