-- SQL scripting.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

BEGIN DECLARE x INT DEFAULT 1; WHILE x < 3 DO SET x = x + 1; INSERT INTO dst SELECT a, b FROM t WHERE a = x; END WHILE; END
=> !dst t(a,b)

BEGIN FOR r AS SELECT a AS z FROM t DO INSERT INTO dst VALUES (r.z, 'x'); END FOR; END
=> !dst t(a)

BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN INSERT INTO dst VALUES (1,'x'); END; SELECT a FROM t; END
=> !dst t(a)

BEGIN IF EXISTS (SELECT 1 FROM u WHERE e > 1) THEN DELETE FROM dst WHERE a = 1; ELSEIF (SELECT max(a) FROM t) > 1 THEN SELECT 1; ELSE UPDATE dst SET b = 'y'; END IF; END
=> !dst dst(a) t(a) u(e)

lbl: BEGIN SELECT a FROM t; END lbl
=> t(a)

BEGIN CASE WHEN 1 = 1 THEN SELECT a FROM t; ELSE SELECT d FROM u; END CASE; END
=> t(a) u(d)

BEGIN REPEAT SELECT a FROM t; UNTIL (SELECT count(*) FROM u) > 1 END REPEAT; LOOP SELECT b FROM t; LEAVE x; END LOOP; END
=> t(a,b) u()

BEGIN DECLARE q STRING DEFAULT 'SELECT a FROM t'; IF rand() > 0.5 THEN SET q = 'SELECT d FROM u'; END IF; EXECUTE IMMEDIATE q; END
=> ?dynamic-statement

BEGIN DECLARE q STRING DEFAULT 'SELECT a FROM t'; IF rand() > 0.5 THEN SET q = 'SELECT d FROM u'; EXECUTE IMMEDIATE q; ELSE EXECUTE IMMEDIATE q; END IF; END
=> t(a) u(d)

BEGIN DECLARE q STRING DEFAULT 'SELECT a FROM t'; LOOP EXECUTE IMMEDIATE q; SET q = 'SELECT d FROM u'; END LOOP; END
=> ?dynamic-statement

BEGIN IF rand() > 0.5 THEN USE x; END IF; SELECT * FROM t; END
=> ?no-namespace
