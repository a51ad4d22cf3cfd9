-- INSERT, UPDATE, DELETE, MERGE.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

BEGIN TRANSACTION; UPDATE dst SET b = 'x' WHERE a = 1; COMMIT
=> !dst dst(a)

MERGE WITH SCHEMA EVOLUTION INTO dst USING t AS src ON dst.a = src.a WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *
=> !dst dst(a) t(a,arr,b,c,items,j,m,st,ts)

MERGE INTO dst d USING (SELECT a, b FROM t) s ON d.a = s.a WHEN MATCHED AND s.b = 'x' THEN DELETE WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.b)
=> !dst dst(a) t(a,b)

INSERT INTO dst REPLACE WHERE a = 1 SELECT a, b FROM t
=> !dst dst(a) t(a,b)

INSERT INTO dst REPLACE USING (a) SELECT a, b FROM t
=> !dst t(a,b)

INSERT INTO TABLE dst AS d REPLACE ON d.a = s.a (SELECT a, b FROM t) AS s
=> !dst dst(a) t(a,b)

INSERT INTO dst BY NAME SELECT a, b FROM t
=> !dst t(a,b)

INSERT OVERWRITE dst (a, b) TABLE t
=> !dst t(a,arr,b,c,items,j,m,st,ts)

INSERT INTO dst TABLE u
=> !dst u(a,d,e)

FROM t INSERT INTO dst SELECT a, b WHERE c > 1 INSERT INTO u SELECT a, b, 1
=> !dst !u t(a,b,c)

WITH x AS (SELECT a, b FROM t) INSERT INTO dst SELECT * FROM x
=> !dst t(a,b)

INSERT INTO dst WITH x AS (SELECT a, b FROM t) SELECT * FROM x
=> !dst t(a,b)

WITH x AS (SELECT a FROM t) DELETE FROM dst WHERE a IN (SELECT a FROM x)
=> !dst dst(a) t(a)

EXPLAIN FORMATTED INSERT INTO dst SELECT a, b FROM t
=> !dst t(a,b)

UPDATE dst AS d SET b = (SELECT max(b) FROM t WHERE t.a = d.a), a = DEFAULT WHERE d.a IN (SELECT e FROM u)
=> !dst dst(a) t(a,b) u(e)

TRUNCATE TABLE dst
=> !dst

-- where the schema evolves, every column of the source can become one of the target
MERGE WITH SCHEMA EVOLUTION INTO dst USING u ON dst.a = u.a WHEN NOT MATCHED THEN INSERT *
=> !dst dst(a) u(a,d,e)

MERGE WITH SCHEMA EVOLUTION INTO dst USING u ON dst.a = u.a WHEN MATCHED THEN UPDATE SET * EXCEPT (e)
=> !dst dst(a) u(a,d)

-- a path in a parameter
INSERT OVERWRITE DIRECTORY :x USING csv SELECT a FROM t
=> t(a) ?dynamic-path

INSERT OVERWRITE DIRECTORY USING csv OPTIONS (header secret('k', 'k'), path :x) SELECT a FROM t
=> t(a) ?dynamic-path

INSERT OVERWRITE DIRECTORY USING csv OPTIONS ('path' = '/Volumes/main/raw/land/x', 'header' = 'true') SELECT a FROM t
=> t(a) wv:main.raw.land

-- DEFAULT is a value
INSERT INTO dst VALUES (2, DEFAULT)
=> !dst

INSERT INTO dst SELECT a, DEFAULT FROM u
=> !dst u(a)

WITH q AS (SELECT a FROM u) FROM q INSERT INTO dst SELECT a, 'x' INSERT INTO main.x.t SELECT a, 'y'
=> !dst !main.x.t u(a)
