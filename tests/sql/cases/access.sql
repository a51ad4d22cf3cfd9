-- Granting, revoking and calling.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

CALL main.s.p(1, x => (SELECT max(a) FROM t))
=> t(a) f:p

GRANT SELECT, MODIFY ON SCHEMA main.s TO `some group`
=>

GRANT USE CATALOG ON CATALOG main TO x
=>

REVOKE ALL PRIVILEGES ON EXTERNAL LOCATION loc FROM `a@b.c`
=>

GRANT READ VOLUME ON VOLUME main.raw.land TO x
=>

GRANT SELECT (a) ON TABLE t TO x
=>

DENY SELECT ON TABLE t TO x
=>
