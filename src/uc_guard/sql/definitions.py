"""Reads the statements that define, change and drop securables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from uc_guard.sql.cursor import Cursor, Misread, is_name
from uc_guard.sql.expressions import is_query_start, read_chain, read_expression, read_object_name
from uc_guard.sql.queries import read_query
from uc_guard.sql.resolve import Output, resolve, resolve_query
from uc_guard.sql.scope import Relation, Scope
from uc_guard.sql.session import TempView
from uc_guard.sql.targets import act, act_on, names_in, read_name, rest_is_plain, to_end
from uc_guard.sql.tokens import is_string

if TYPE_CHECKING:
    from uc_guard.sql.tree import Atoms, Chain
    from uc_guard.sql.walk import Walk

# Words to securable types, longest first.
_KINDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("EXTERNAL", "LOCATION"), "EXTERNAL_LOCATION"),
    (("STORAGE", "CREDENTIAL"), "STORAGE_CREDENTIAL"),
    (("SERVICE", "CREDENTIAL"), "CREDENTIAL"),
    (("MATERIALIZED", "VIEW"), "VIEW"),
    (("STREAMING", "TABLE"), "TABLE"),
    (("LIVE", "TABLE"), "TABLE"),
    (("EXTERNAL", "TABLE"), "TABLE"),
    (("EXTERNAL", "VOLUME"), "VOLUME"),
    (("FOREIGN", "CATALOG"), "CATALOG"),
    (("METRIC", "VIEW"), "VIEW"),
    (("BLOOMFILTER", "INDEX"), "INDEX"),
    (("TABLE",), "TABLE"),
    (("VIEW",), "VIEW"),
    (("FUNCTION",), "FUNCTION"),
    (("PROCEDURE",), "PROCEDURE"),
    (("VOLUME",), "VOLUME"),
    (("MODEL",), "FUNCTION"),
    (("SCHEMA",), "SCHEMA"),
    (("DATABASE",), "SCHEMA"),
    (("NAMESPACE",), "SCHEMA"),
    (("CATALOG",), "CATALOG"),
    (("CONNECTION",), "CONNECTION"),
    (("CREDENTIAL",), "CREDENTIAL"),
    (("SHARE",), "SHARE"),
    (("RECIPIENT",), "RECIPIENT"),
    (("PROVIDER",), "PROVIDER"),
    (("POLICY",), "POLICY"),
    (("FLOW",), "FLOW"),
    (("INDEX",), "INDEX"),
    (("SECRET", "SCOPE"), "SECRET_SCOPE"),
    (("METASTORE",), "METASTORE"),
    (("VARIABLE",), "VARIABLE"),
    (("VAR",), "VARIABLE"),
)


def read_kind(p: Cursor) -> str | None:
    """Read the type of securable that stands here; None where there is none that is known."""
    for words, kind in _KINDS:
        if p.up[p.i] == words[0] and p.take(*words):
            return kind
    return None


def read_create(p: Cursor, walk: Walk) -> None:
    """`CREATE ...` of anything, and `REPLACE TABLE`."""
    p.take("CREATE")
    p.take("OR")
    p.take("REPLACE") or p.take("REFRESH")
    p.take("GLOBAL")
    temporary = bool(p.take_any({"TEMP", "TEMPORARY", "LOCAL"}))
    p.take("PRIVATE")
    p.take("INCREMENTAL")
    kind = read_kind(p)
    if kind is None:
        walk.note("unknown-statement", p.text(p.i - 1, p.i + 6), names_in(p, walk, p.i, _end_of(p)))
        to_end(p)
        return
    p.take("IF", "NOT", "EXISTS")
    if kind in {"TABLE", "VIEW"}:
        _create_relation(p, walk, kind, temporary=temporary)
    elif kind in {"FUNCTION", "PROCEDURE"}:
        _create_routine(p, walk, kind, temporary=temporary)
    elif kind == "POLICY":
        _create_policy(p, walk)
    elif kind == "FLOW":
        _create_flow(p, walk)
    elif kind == "INDEX":
        if p.up[p.i] != "ON":
            p.name_part()
        p.need("ON")
        p.take("TABLE")
        act(p, walk, "ALTER", "TABLE")
        to_end(p)
    else:
        act(p, walk, "CREATE", kind)
        _locations(p, walk)


def _end_of(p: Cursor) -> int:
    start = p.i
    to_end(p)
    end, p.i = p.i, start
    return end


def _locations(p: Cursor, walk: Walk) -> None:
    """Step over the rest of a definition; a LOCATION is a path that the new securable governs."""
    while not p.at_end():
        if p.up[p.i] == "USING" and p.up[p.i + 1] == "SHARE":
            p.i += 2
            read_chain(p)
        elif p.up[p.i] == "LOCATION" and is_string(p.raw[p.i + 1]):
            p.i += 1
            walk.path(p.string(), write=True)
        elif p.up[p.i] == "SELECT":
            rest_is_plain(p, walk)
        else:
            p.i += 1


def _create_relation(p: Cursor, walk: Walk, kind: str, *, temporary: bool) -> None:
    start = p.i
    name, unknown = read_object_name(p)
    if unknown:
        walk.note(unknown.reason, unknown.text, None)
    elif start + 3 == p.i and len(name) == 2 and p.raw[start + 2][:2] in {"`/", "`s"} and "/" in name[1]:
        walk.path(p.raw[start + 2][1:-1], write=True)  # delta.`/path`
        name = ()
    full = None
    if name and not temporary:
        full = act_on(walk, name, "CREATE", kind)
    columns: tuple[str, ...] | None = None
    if p.up[p.i] == "(" and not is_query_start(p, p.i + 1):
        columns = _defined_columns(p, walk)
    output, tokens = _create_clauses(p, walk, temporary=temporary)
    if output is not None and columns is None and not output.is_open and "" not in output.names:
        columns = tuple(output.names)
    _remember(walk, name, full, columns, tokens, temporary=temporary)


def _remember(  # noqa: PLR0913 - one call
    walk: Walk, name: Chain, full: str | None, columns: tuple[str, ...] | None, tokens: tuple[str, ...], *, temporary: bool
) -> None:
    """Make what was defined known to the later statements of the session."""
    session = walk.session
    if temporary and name:
        view = TempView(tokens, columns, session.catalog, session.schema)
        walk.session = replace(session, temp_views={**session.temp_views, name[-1]: view})
    elif full is not None:
        walk.session = replace(session, relations={**session.relations, full: columns})


def _defined_columns(p: Cursor, walk: Walk) -> tuple[str, ...]:
    """Read `(a INT DEFAULT 1 MASK f, b STRING, CONSTRAINT ...)`; give the names of the columns."""
    p.need("(")
    names: list[str] = []
    while not p.take(")"):
        constraint = p.up[p.i] in {"CONSTRAINT", "PRIMARY", "FOREIGN", "CHECK", "UNIQUE", "PERIOD"} and not _is_column(p)
        if not constraint:
            names.append(p.name_part())
        while p.up[p.i] not in {",", ")", "", ";"}:
            _column_option(p, walk)
        if p.up[p.i] != ")":
            p.need(",")
    return tuple(names)


def _is_column(p: Cursor) -> bool:
    return p.up[p.i + 1] in {"INT", "STRING", "BIGINT", ",", ")", "DOUBLE", "DATE", "COMMENT", "BOOLEAN"}


def _column_option(p: Cursor, walk: Walk) -> None:
    word = p.up[p.i]
    if word == "MASK" and is_name(p.raw[p.i + 1]):
        p.i += 1
        _mask_function(p, walk)
    elif word == "(":
        p.skip_parens()
    elif word == "<":
        p.i += 1
    else:
        p.i += 1
        if word in {"<"}:
            return
        if p.up[p.i] == "<" or p.up[p.i] == "<>":
            _skip_type_arguments(p)


def _skip_type_arguments(p: Cursor) -> None:
    depth = 0
    while not p.at_end():
        token = p.up[p.i]
        depth += 1 if token == "<" else -len(token) if token in {">", ">>", ">>>"} else 0
        p.i += 1
        if depth <= 0:
            return


def _mask_function(p: Cursor, walk: Walk) -> None:
    """The function of a mask or row filter: whoever sets it needs EXECUTE on it."""
    name = read_name(p, walk)
    if name:
        walk.execute(name)


def _create_clauses(p: Cursor, walk: Walk, *, temporary: bool) -> tuple[Output | None, tuple[str, ...]]:
    """Read everything after the name and columns; give the output and the tokens of the query, if there is one."""
    while not p.at_end():
        word = p.up[p.i]
        if word == "LOCATION" and is_string(p.raw[p.i + 1]):
            p.i += 1
            walk.path(p.string(), write=True)
        elif word in {"LIKE", "CLONE"} and (is_name(p.raw[p.i + 1]) or p.up[p.i + 1] == "IDENTIFIER"):
            p.i += 1
            _copied(p, walk)
        elif word == "FILTER" and p.up[p.i - 1] == "ROW":
            p.i += 1
            _mask_function(p, walk)
        elif word == "AS" and p.raw[p.i + 1][:1] in {"$", "'", '"'}:
            p.i += 1
            walk.note("metric-view", p.text(p.i, p.i + 1), None)
            to_end(p)
        elif word == "FLOW" and p.up[p.i + 1] == "AUTO":
            rest_is_flow(p, walk)
        elif _starts_body(p):
            p.take("AS")
            start = p.i
            query = read_query(p)
            return resolve_query(walk, query, None), tuple(p.raw[start : p.i])
        elif word == "OPTIONS" and temporary and p.up[p.i + 1] == "(":
            _options_path(p, walk)
        elif word == "(":
            p.skip_parens()
        else:
            p.i += 1
    return None, ()


def _starts_body(p: Cursor) -> bool:
    word = p.up[p.i]
    if word == "AS":
        return is_query_start(p, p.i + 1) or p.up[p.i + 1] == "("
    if word in {"SELECT", "VALUES", "FROM"}:
        return is_query_start(p, p.i)
    if word == "(":
        return is_query_start(p, p.i + 1)
    return word == "WITH" and is_name(p.raw[p.i + 1]) and p.up[p.i + 2] in {"AS", "("} or p.up[p.i + 1] == "RECURSIVE"


def _options_path(p: Cursor, walk: Walk) -> None:
    """`OPTIONS (path '/a/b')` of a temporary view over files."""
    p.need("OPTIONS", "(")
    while not p.take(")"):
        key = p.raw[p.i].strip("'\"`").lower()
        p.i += 1
        p.take("=")
        if is_string(p.raw[p.i]):
            value = p.string()
            if key == "path":
                walk.path(value)
        if p.at_end():
            p.fail()


def _copied(p: Cursor, walk: Walk) -> None:
    """The source of CREATE TABLE LIKE and CLONE: read whole."""
    from uc_guard.sql.relations import read_relation  # noqa: PLC0415
    from uc_guard.sql.sources import read_chained  # noqa: PLC0415

    is_clone = p.up[p.i - 1] == "CLONE"
    if is_string(p.raw[p.i]):
        p.i += 1
        return
    node = read_relation(p)
    for relation in read_chained(walk, node, None):
        if is_clone:
            relation.touch_all()


def _create_routine(p: Cursor, walk: Walk, kind: str, *, temporary: bool) -> None:
    """A function or procedure: its body runs later with its owner's rights, who is the one that creates it."""
    start = p.i
    name = read_name(p, walk)
    if name is None:
        to_end(p)
        return
    if temporary:
        walk.session = replace(walk.session, temp_functions=walk.session.temp_functions | {name[-1]})
    else:
        full = act_on(walk, name, "CREATE", kind)
        if full and kind == "FUNCTION":
            walk.session = replace(walk.session, functions=walk.session.functions | {full})
    parameters: tuple[str, ...] = ()
    if p.up[p.i] == "(":
        parameters = _routine_parameters(p)
    if kind == "PROCEDURE":
        _skip_body(p, walk, start)
        return
    while not p.at_end():
        if p.take("RETURN"):
            _function_body(p, walk, name[-1], parameters)
            return
        if p.up[p.i] == "(":
            p.skip_parens()
        else:
            p.i += 1


def _routine_parameters(p: Cursor) -> tuple[str, ...]:
    p.need("(")
    names: list[str] = []
    while not p.take(")"):
        p.take_any({"IN", "OUT", "INOUT"})
        names.append(p.name_part())
        p.skip_until(frozenset({",", ")"}))
        if p.up[p.i] != ")":
            p.need(",")
    return tuple(names)


def _function_body(p: Cursor, walk: Walk, name: str, parameters: tuple[str, ...]) -> None:
    """`RETURN query` or `RETURN expression`: parameters look like columns, or like columns of the function."""
    given = Scope([Relation((name,), dict.fromkeys(parameters))], None)
    if is_query_start(p, p.i):
        resolve_query(walk, read_query(p), given)
        return
    atoms: Atoms = []
    read_expression(p, atoms)
    resolve(walk, atoms, given)


def _skip_body(p: Cursor, walk: Walk, start: int) -> None:
    """A procedure's body is checked when it is called: nothing of it is used now."""
    while not p.at_end() and p.up[p.i] != "BEGIN":
        p.i += 1
    if p.up[p.i] == "BEGIN":
        skip_block(p)
    if not p.at_end():
        walk.note("procedure-body", p.text(start, p.i + 3), names_in(p, walk, start))
        to_end(p)


def skip_block(p: Cursor) -> None:
    """Step over a BEGIN ... END block."""
    depth = 0
    while p.i < p.end:
        word, before, after = p.up[p.i], p.up[p.i - 1], p.up[p.i + 1]
        if word in {"BEGIN", "CASE"} and before != "END":
            depth += 1
        elif word in {"IF", "LOOP", "WHILE", "FOR", "REPEAT"} and before in {";", "THEN", "ELSE", "DO", ":", "BEGIN", "LOOP"}:
            depth += after != "("
            depth += after == "(" and word in {"IF", "WHILE"}
        elif word == "END":
            depth -= 1
            if depth == 0:
                p.i += 1
                return
        p.i += 1
    raise Misread("syntax", p.text(max(0, p.end - 5), p.end))


def _create_policy(p: Cursor, walk: Walk) -> None:
    """`CREATE POLICY n ON SCHEMA c.s ROW FILTER f ...`: MANAGE on the scope, EXECUTE on the function."""
    p.name_part()
    _policy_scope(p, walk)
    while not p.at_end():
        if p.take("ROW", "FILTER") or p.take("COLUMN", "MASK"):
            _mask_function(p, walk)
        else:
            p.i += 1


def _policy_scope(p: Cursor, walk: Walk) -> None:
    p.need("ON")
    kind = read_kind(p) or "TABLE"
    if kind == "METASTORE":
        return
    act(p, walk, "MANAGE", kind)


def _create_flow(p: Cursor, walk: Walk) -> None:
    p.name_part()
    rest_is_flow(p, walk)


def rest_is_flow(p: Cursor, walk: Walk) -> None:
    """A pipeline's flow: it writes its target and reads its source when the pipeline runs."""
    start = p.i
    walk.note("pipeline-flow", p.text(start, min(p.end, start + 30)), names_in(p, walk, start, _end_of(p)))
    to_end(p)


# ---- ALTER, DROP, COMMENT


def read_alter(p: Cursor, walk: Walk) -> None:
    """`ALTER ...` of anything."""
    p.need("ALTER")
    kind = read_kind(p)
    if kind is None:
        walk.note("unknown-statement", p.text(p.i - 1, p.i + 6), names_in(p, walk, p.i, _end_of(p)))
        to_end(p)
        return
    if kind == "METASTORE":
        to_end(p)
        return
    full = act(p, walk, "ALTER", kind)
    if kind == "VIEW" and (is_query_start(p, p.i) or p.up[p.i] == "AS" and is_query_start(p, p.i + 1) or p.up[p.i] == "("):
        p.take("AS")
        resolve_query(walk, read_query(p), None)
        return
    while not p.at_end():
        _alter_clause(p, walk, full)


def _alter_clause(p: Cursor, walk: Walk, full: str | None) -> None:
    word = p.up[p.i]
    if word == "LOCATION" and is_string(p.raw[p.i + 1]):
        p.i += 1
        walk.path(p.string(), write=True)
    elif word == "MASK" and p.up[p.i - 1] == "SET" or (word == "FILTER" and p.up[p.i - 1] == "ROW" and is_name(p.raw[p.i + 1])):
        p.i += 1
        if p.at_name():
            _mask_function(p, walk)
    elif word in {"ADD", "REMOVE"} and p.up[p.i + 1] in {"TABLE", "VIEW", "SCHEMA", "VOLUME", "MODEL"}:
        p.i += 1  # ALTER SHARE s ADD TABLE t
        kind = read_kind(p) or "TABLE"
        if full is None or p.at_name():
            act(p, walk, "MANAGE", kind)
    elif word == "TO" and p.up[p.i - 1] == "RENAME" and is_name(p.raw[p.i + 1]) and full:
        p.i += 1
        read_object_name(p)
        walk.session = replace(walk.session, relations={**walk.session.relations, full: None})
    elif word == "SELECT":
        rest_is_plain(p, walk)
    elif word in {"TAGS", "TAG"} and p.up[p.i - 1] in {"SET", "UNSET"}:
        p.i += 1
        if full:
            walk.use("APPLY_TAG", "TABLE", full)
    else:
        p.i += 1


def read_drop(p: Cursor, walk: Walk, action: str = "DROP") -> None:
    """`DROP ...` and `UNDROP ...` of anything."""
    p.i += 1
    temporary = bool(p.take_any({"TEMP", "TEMPORARY"}))
    kind = read_kind(p)
    if kind is None:
        walk.note("unknown-statement", p.text(p.i - 1, p.i + 6), names_in(p, walk, p.i, _end_of(p)))
        to_end(p)
        return
    p.take("IF", "EXISTS")
    if kind in {"INDEX", "POLICY"}:
        if p.up[p.i] != "ON":
            p.name_part()
        p.need("ON")
        act(p, walk, "MANAGE", read_kind(p) or "TABLE")
        to_end(p)
        return
    if temporary or kind == "VARIABLE":
        _drop_temporary(p, walk, kind)
    elif p.take("WITH", "ID"):
        p.string()
    else:
        _drop_named(p, walk, action, kind)
    to_end(p)


def _drop_named(p: Cursor, walk: Walk, action: str, kind: str) -> None:
    start = p.i
    name = read_name(p, walk)
    if name is None:
        return
    session = walk.session
    if kind in {"VIEW", "TABLE"} and len(name) == 1 and name[0] in session.temp_views:
        views = {key: view for key, view in session.temp_views.items() if key != name[0]}
        walk.session = replace(session, temp_views=views)
        walk.views.pop(name[0], None)
        return
    p.i = start
    full = act(p, walk, action, kind)
    if full is not None and full in session.relations:
        relations = {key: columns for key, columns in session.relations.items() if key != full}
        walk.session = replace(walk.session, relations=relations)


def _drop_temporary(p: Cursor, walk: Walk, kind: str) -> None:
    name = read_name(p, walk)
    if name is None:
        return
    session = walk.session
    if kind == "VARIABLE":
        kept = {key: value for key, value in session.variables.items() if key != name[-1]}
        walk.session = replace(session, variables=kept)
    elif kind == "FUNCTION":
        walk.session = replace(session, temp_functions=session.temp_functions - {name[-1]})
    else:
        views = {key: view for key, view in session.temp_views.items() if key != name[-1]}
        walk.session = replace(session, temp_views=views)


def read_comment(p: Cursor, walk: Walk) -> None:
    """`COMMENT ON TABLE t IS '...'`."""
    p.need("COMMENT", "ON")
    if p.take("COLUMN"):
        name = read_name(p, walk)
        if name and len(name) > 1:
            act_on(walk, name[:-1], "ALTER", "TABLE")
    else:
        act(p, walk, "ALTER", read_kind(p) or "TABLE")
    to_end(p)
