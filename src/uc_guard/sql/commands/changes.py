"""Reads the statements that change rows: INSERT, UPDATE, DELETE, MERGE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.sql.commands.targets import (
    forget_columns,
    read_options,
    write_target,
)
from uc_guard.sql.grammar.aliases import read_alias
from uc_guard.sql.grammar.constants import fold_text, is_literal
from uc_guard.sql.grammar.expressions import read_expression
from uc_guard.sql.grammar.pieces import is_query_start, read_chain, read_expressions
from uc_guard.sql.grammar.queries import read_query
from uc_guard.sql.grammar.relations import read_from, read_relation
from uc_guard.sql.grammar.selects import read_select
from uc_guard.sql.grammar.tree import Atoms, Cte, From, plain_query
from uc_guard.sql.resolve.columns import resolve
from uc_guard.sql.resolve.queries import define_ctes, resolve_query
from uc_guard.sql.resolve.scope import Relation, Scope, touch
from uc_guard.sql.resolve.sources import read_chained

if TYPE_CHECKING:
    from uc_guard.sql.grammar.cursor import Cursor
    from uc_guard.sql.resolve.walk import Walk

Ctes = tuple[Cte, ...]


def read_insert(p: Cursor, walk: Walk, ctes: Ctes = (), *, recursive: bool = False) -> None:
    """`INSERT INTO | OVERWRITE ...`."""
    query_part = _insert_head(p, walk)
    if query_part is None:
        return
    in_parens = p.up[p.i] == "(" and is_query_start(p, p.i + 1)
    query = read_query(p)
    if in_parens and not p.at_end():
        read_alias(p)
    kept, walk.local = walk.local, {**walk.local, "default": None}  # DEFAULT is a value where it is no column
    _resolve_with(walk, ctes, query, recursive=recursive)
    walk.local = kept


def read_multi_insert(p: Cursor, walk: Walk, ctes: Ctes = (), *, recursive: bool = False) -> bool:
    """`FROM t INSERT INTO a SELECT x INSERT INTO b SELECT y`; False where it is a plain query after all."""
    start = p.i
    p.need("FROM")
    source: From = read_from(p)
    if p.up[p.i] != "INSERT":
        p.i = start
        return False
    while p.up[p.i] == "INSERT":
        _insert_head(p, walk)
        select = read_select(p, source)
        _resolve_with(walk, ctes, read_query(p, select), recursive=recursive)
    return True


def _insert_head(p: Cursor, walk: Walk) -> bool | None:
    """Read everything before the query; None where nothing follows."""
    p.need("INSERT")
    evolves = p.take("WITH", "SCHEMA", "EVOLUTION")
    if not p.take("OVERWRITE"):
        p.need("INTO")
    elif p.up[p.i] == "DIRECTORY" or p.up[p.i : p.i + 2] == ["LOCAL", "DIRECTORY"]:
        _insert_directory(p, walk)
        return True
    p.take("TABLE")
    target = _written(p, walk, evolves=evolves)
    alias, _ = (None, ()) if p.up[p.i] in {"PARTITION", "BY", "IF", "REPLACE", "DEFAULT"} else _insert_alias(p)
    if alias:
        target.qualifier = (alias,)
    while True:
        if (p.up[p.i] == "WITH" and p.up[p.i + 1] == "(") or (p.up[p.i] == "PARTITION" and p.up[p.i + 1] == "("):
            p.i += 1
            p.skip_parens()
        elif p.take("IF", "NOT", "EXISTS") or p.take("BY", "NAME") or p.take("BY", "POSITION"):
            continue
        elif p.up[p.i] == "(" and not is_query_start(p, p.i + 1) and p.up[p.i + 1] != "(":
            p.names_in_parens()
        elif p.take("REPLACE"):
            _insert_replace(p, walk, target)
        elif p.take("DEFAULT", "VALUES"):
            return None
        else:
            return True


def _insert_alias(p: Cursor) -> tuple[str | None, tuple[str, ...]]:
    if p.up[p.i] in {"SELECT", "VALUES", "TABLE", "FROM", "WITH", "(", "MAP", "REDUCE"}:
        return None, ()
    if p.take("AS"):
        return p.name_part(), ()
    return (p.name_part(), ()) if p.at_name() else (None, ())


def _insert_replace(p: Cursor, walk: Walk, target: Relation) -> None:
    if p.take("USING"):
        p.names_in_parens()
        return
    if not p.take("ON"):
        p.need("WHERE")
    condition: Atoms = []
    p.before_query = True
    read_expression(p, condition)
    p.before_query = False
    # what else the condition names (the alias of the query that follows) stands only further on
    scope = Scope([target, Relation((), {}, is_open=True)], None)
    resolve(walk, condition, scope)
    flush(walk, target)


def _written(p: Cursor, walk: Walk, *, evolves: bool) -> Relation:
    """Read the target; where its schema may evolve, its columns are not known from then on."""
    target = write_target(p, walk) or Relation((), {}, is_open=True)
    if evolves:
        forget_columns(walk, walk.written)
    return target


def _insert_directory(p: Cursor, walk: Walk) -> None:
    local = p.take("LOCAL")
    p.need("DIRECTORY")
    if not local and is_literal(p):
        _write_path(walk, fold_text(p))
    while not p.at_end() and not (is_query_start(p, p.i) or (p.up[p.i] == "(" and is_query_start(p, p.i + 1))):
        if p.up[p.i] == "OPTIONS" and p.up[p.i + 1] == "(":
            p.i += 1
            for key, value in read_options(p):
                if key == "path":
                    _write_path(walk, value)
        else:
            p.i += 1


def _write_path(walk: Walk, path: str | None) -> None:
    if path is None:
        walk.note("dynamic-path", "INSERT OVERWRITE DIRECTORY", None)
    else:
        walk.path(path, write=True)


def read_update(p: Cursor, walk: Walk, ctes: Ctes = (), *, recursive: bool = False) -> None:
    """`UPDATE t SET a = 1 WHERE ...`."""
    p.need("UPDATE")
    target = _aliased_target(p, walk)
    p.need("SET")
    assigned: list[tuple[str, ...]] = []
    atoms: Atoms = []
    _read_assignments(p, assigned, atoms)
    if p.take("FROM"):  # not Spark; reading it keeps the tables
        source = read_from(p)
        more = read_chained(walk, source.relations[0], None)
        target_scope = [target, *more]
    else:
        target_scope = [target]
    if p.take("WHERE"):
        read_expression(p, atoms)
    _with_ctes(walk, ctes, recursive=recursive)
    _check_assigned(walk, assigned, target)
    resolve(walk, atoms, Scope(target_scope, None))
    flush(walk, target)


def read_delete(p: Cursor, walk: Walk, ctes: Ctes = (), *, recursive: bool = False) -> None:
    """`DELETE FROM t WHERE ...`."""
    p.need("DELETE", "FROM")
    target = _aliased_target(p, walk)
    atoms: Atoms = []
    if p.take("WHERE"):
        read_expression(p, atoms)
    _with_ctes(walk, ctes, recursive=recursive)
    resolve(walk, atoms, Scope([target], None))
    flush(walk, target)


def read_merge(p: Cursor, walk: Walk, ctes: Ctes = (), *, recursive: bool = False) -> None:
    """`MERGE INTO t USING s ON ... WHEN ...`."""
    p.need("MERGE")
    evolves = p.take("WITH", "SCHEMA", "EVOLUTION")
    p.need("INTO")
    target = _aliased_target(p, walk, evolves=evolves)
    p.need("USING")
    _with_ctes(walk, ctes, recursive=recursive)
    source_node = read_relation(p)
    sources = read_chained(walk, source_node, None)
    both = Scope([target, *sources], None)
    atoms: Atoms = []
    p.need("ON")
    read_expression(p, atoms)
    resolve(walk, atoms, both)
    while p.take("WHEN"):
        _merge_clause(p, walk, target, sources, evolves=evolves)
    flush(walk, target)


def _merge_clause(p: Cursor, walk: Walk, target: Relation, sources: list[Relation], *, evolves: bool) -> None:
    visible = [target, *sources]
    if p.take("NOT"):
        p.need("MATCHED")
        visible = sources
        if p.take("BY"):
            visible = sources if p.take("TARGET") else [target]
            if visible is not sources:
                p.need("SOURCE")
    else:
        p.need("MATCHED")
    scope = Scope(visible, None)
    atoms: Atoms = []
    if p.take("AND"):
        read_expression(p, atoms)
    p.need("THEN")
    if p.take("UPDATE"):
        p.need("SET")
        if p.take("*"):
            _star_assignment(p, walk, target, sources, evolves=evolves)
        else:
            assigned: list[tuple[str, ...]] = []
            _read_assignments(p, assigned, atoms)
            _check_assigned(walk, assigned, target)
    elif p.take("INSERT"):
        if p.take("*"):
            _star_assignment(p, walk, target, sources, evolves=evolves)
        else:
            _merge_insert(p, atoms)
    else:
        p.need("DELETE")
    resolve(walk, [atom for atom in atoms if atom != ("default",)], scope)


def _merge_insert(p: Cursor, atoms: Atoms) -> None:
    if p.up[p.i] == "(":
        p.names_in_parens()
    p.need("VALUES", "(")
    read_expressions(p, atoms)
    p.need(")")


def _star_assignment(p: Cursor, walk: Walk, target: Relation, sources: list[Relation], *, evolves: bool) -> None:
    """`UPDATE SET *`, `INSERT *`: every column of the target, from the source's column of that name.

    Where the schema evolves, what only the source has becomes a column of the target, too.
    """
    if p.up[p.i] == "EXCEPT" and p.up[p.i + 1] == "(":
        p.i += 1
        left_out = p.names_in_parens()
    else:
        left_out = ()
    if evolves or target.is_open or any(source.is_open for source in sources):
        for source in sources:
            source.touch_all(left_out)
        return
    for name in target.columns:
        if name not in left_out and not touch(sources, (name,)):
            walk.unresolved((name,), Scope(sources, None))


def _read_assignments(p: Cursor, assigned: list[tuple[str, ...]], atoms: Atoms) -> None:
    while True:
        assigned.append(read_chain(p))
        while p.up[p.i] == "[":  # an element of an array or map
            p.i += 1
            read_expression(p, atoms)
            p.need("]")
        p.need("=")
        value: Atoms = []
        read_expression(p, value)
        atoms.extend(atom for atom in value if atom != ("default",))
        if not p.take(","):
            return


def _check_assigned(walk: Walk, assigned: list[tuple[str, ...]], target: Relation) -> None:
    for chain in assigned:
        if not (target.is_open or any(part in target.columns for part in chain)):
            walk.unresolved(chain, Scope([target], None))


def _aliased_target(p: Cursor, walk: Walk, *, evolves: bool = False) -> Relation:
    target = _written(p, walk, evolves=evolves)
    if p.up[p.i] == "SET" or p.at_end():
        return target
    alias, _ = read_alias(p)
    if p.up[p.i] == "WITH" and p.up[p.i + 1] == "(":
        p.i += 1
        p.skip_parens()
    if alias:
        target.qualifier = (alias,)
    return target


def flush(walk: Walk, target: Relation) -> None:
    """Note the columns of the written table that the statement also read."""
    if target.read:
        name = walk.written
        if name:
            walk.read(name, walk.catalog.kind(name) or "TABLE").update(target.read)


def _with_ctes(walk: Walk, ctes: Ctes, *, recursive: bool) -> None:
    """Put CTEs that stand before a DML statement in force."""
    if ctes:
        define_ctes(walk, plain_query(None)._replace(ctes=ctes, recursive=recursive), None)


def _resolve_with(walk: Walk, ctes: Ctes, query: Any, *, recursive: bool) -> None:  # noqa: ANN401
    kept = walk.ctes
    _with_ctes(walk, ctes, recursive=recursive)
    resolve_query(walk, query, None)
    walk.ctes = kept
