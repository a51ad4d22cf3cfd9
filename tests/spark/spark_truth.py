"""What a statement uses, read off Catalyst's analysed plan (the JSON that PlanDump.java gives)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

Node = dict[str, Any]

# Nodes that Catalyst itself slips in below these carry attributes through; the text has an alias in between.
_TAKES_PASS_THROUGH = {"Project", "Aggregate", "Filter", "Expand", "Window", "Generate", "Join", "LateralJoin"}
_POSITIONAL = {"Union", "Intersect", "Except", "UnionLoop"}
_WHOLE_ROW = {"Intersect", "Except", "Distinct", "Deduplicate", "ScriptTransformation"}


@dataclass(frozen=True, slots=True)
class Truth:
    """What Spark says that one statement uses; names are lower case and dotted.

    Attributes:
        reads: Table or view -> columns that contribute to the result (the least an extractor may say).
        referenced: Table or view -> columns that the text refers to (the most).
        scanned: Table -> columns that the optimiser's scans read; None where the optimiser was not asked.
        writes: Tables that are written.
        functions: Functions of the estate that are called.
    """

    reads: dict[str, frozenset[str]]
    referenced: dict[str, frozenset[str]]
    scanned: dict[str, frozenset[str]] | None
    writes: frozenset[str]
    functions: frozenset[str]


def truth(leaves: list[Node], *, pipes: bool = False) -> Truth:
    """What the leaf statements use together; `pipes`: the text has pipe operators, which lay projections bare."""
    reads: dict[str, set[str]] = defaultdict(set)
    referenced: dict[str, set[str]] = defaultdict(set)
    scanned: dict[str, set[str]] | None = defaultdict(set)
    writes: set[str] = set()
    functions: set[str] = set()
    for leaf in leaves:
        plan = leaf["analysed"]
        _Need(plan, reads).root()
        _Reference(plan, referenced, pipes=pipes).root()
        writes |= {dotted(_leaf(n["target"])["table"]) for n in _nodes(plan) if "target" in n}
        functions |= {f for n in _nodes(plan) for e in _expressions(n) for f in e.get("functions", ())}
        scanned = _scanned(leaf, scanned)
    return Truth(
        {k: frozenset(v) for k, v in reads.items()},
        {k: frozenset(v) for k, v in referenced.items()},
        None if scanned is None else {k: frozenset(v) for k, v in scanned.items()},
        frozenset(writes),
        frozenset(functions),
    )


def dotted(parts: list[str]) -> str:
    """One name of its parts, as `Use.name` spells it."""
    quoted = ("`" + p.replace("`", "``") + "`" if "." in p or "`" in p else p for p in parts)
    return ".".join(quoted).lower()


def _scanned(leaf: Node, into: dict[str, set[str]] | None) -> dict[str, set[str]] | None:
    if into is None or "optimised" not in leaf:
        return None
    for plan in leaf["optimised"]:
        for node in _nodes(plan):
            if "table" in node and not node.get("view"):
                into[dotted(node["table"])] |= set(node["names"])
    return into


def _expressions(node: Node) -> list[Node]:
    rows = [e for row in node.get("rows", ()) for e in row]
    return [*node.get("list", ()), *node.get("always", ()), *node.get("keys", ()), *rows]


def _nodes(plan: Node) -> list[Node]:
    """Every node of the plan, those of subqueries too."""
    found, stack = [], [plan]
    while stack:
        node = stack.pop()
        found.append(node)
        stack += node["below"]
        stack += [node["target"]] if "target" in node else []
        stack += [s["plan"] for e in _expressions(node) for s in e.get("subs", ())]
    return found


def _leaf(plan: Node) -> Node:
    """The table or view itself, below its aliases."""
    while "table" not in plan and len(plan["below"]) == 1:
        plan = plan["below"][0]
    return plan


def _is_target(command: Node, plan: Node) -> bool:
    """Whether a plan below a command is its target, which nobody reads by its being there."""
    return "target" in command and "table" in _leaf(plan) and _leaf(plan)["out"] == _leaf(command["target"])["out"]


@dataclass(slots=True)
class _Need:
    """Columns still needed when outputs that nobody asks for are dropped from the root down."""

    plan: Node
    into: dict[str, set[str]]
    definitions: dict[int, Node] = field(default_factory=dict)
    loops: dict[int, Node] = field(default_factory=dict)
    wanted: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    changed: bool = True

    def root(self) -> None:
        for node in _nodes(self.plan):
            if node["kind"] == "CTERelationDef":
                self.definitions[node["cte"]] = node["below"][0]
            elif node["kind"] == "UnionLoop":
                self.loops[node["loop"]] = node
        while self.changed:  # positions that a CTE must give grow until nothing is new
            self.changed = False
            self.need(self.plan, set(self.plan["out"]))

    def need(self, node: Node, asked: set[int]) -> set[int]:
        """Mark what `node` needs to give `asked`; gives the ids that it takes from outside itself."""
        kind = node["kind"]
        if "table" in node:
            return self.leaf(node, asked)
        if kind in ("CTERelationRef", "UnionLoopRef"):
            return self.by_position(node, asked)
        if kind == "WithCTE":
            return self.with_cte(node, asked)
        if kind == "UnionLoop":
            asked = set(node["out"])
        if kind in _POSITIONAL:
            return self.set_operation(node, asked)
        if node.get("command"):
            return self.command(node)
        here, outside = self.own(node, asked)
        if kind in ("Project", "Aggregate") or kind == "Expand":
            below = here
        else:
            below = here | asked | ({i for c in node["below"] for i in c["out"]} if kind in _WHOLE_ROW else set())
        return outside | self.children(node, below)

    def children(self, node: Node, below: set[int]) -> set[int]:
        outside: set[int] = set()
        for child in node["below"]:
            wanted = below if len(node["below"]) == 1 else below & set(child["out"])
            outside |= self.need(child, wanted)
        made = {i for child in node["below"] for i in child["out"]}
        return (outside | below) - made - set(node["out"])

    def own(self, node: Node, asked: set[int]) -> tuple[set[int], set[int]]:
        """Ids that the node's living expressions name: of its children, and of the plans around it."""
        living = list(node.get("always", ()))
        listed = [e for e in node.get("list", ()) if e.get("id") in asked or "id" not in e]
        living += listed
        if listed or not node.get("list"):
            living += node.get("keys", ())
        for row in node.get("rows", ()):
            living += [e for e, i in zip(row, node["out"], strict=True) if i in asked]
        here: set[int] = set()
        outside: set[int] = set()
        for expression in living:
            here |= set(expression["refs"])
            outside |= set(expression.get("outer", ()))
            for sub in expression.get("subs", ()):
                here |= self.subquery(sub, asked)
        return here, outside

    def subquery(self, sub: Node, asked: set[int]) -> set[int]:
        """Ids that a subquery takes from around it; some of them from further out, which the caller's `made` sorts."""
        plan = sub["plan"]
        if sub["kind"] == "Exists":
            return self.need(plan, set())
        if sub["kind"] == "LateralSubquery":
            return self.need(plan, asked & set(plan["out"]))
        return self.need(plan, set(plan["out"]))

    def set_operation(self, node: Node, asked: set[int]) -> set[int]:
        outside: set[int] = set()
        whole = node["kind"] in _WHOLE_ROW
        at = [n for n, i in enumerate(node["out"]) if whole or i in asked]
        for child in node["below"]:
            outside |= self.need(child, {child["out"][n] for n in at})
        return outside

    def with_cte(self, node: Node, asked: set[int]) -> set[int]:
        definitions = [c for c in node["below"] if c["kind"] == "CTERelationDef"]
        outside = self.need(next(c for c in node["below"] if c["kind"] != "CTERelationDef"), asked)
        for definition in reversed(definitions):
            body = definition["below"][0]
            outside |= self.need(body, {body["out"][n] for n in self.wanted[definition["cte"]]})
        return outside

    def by_position(self, node: Node, asked: set[int]) -> set[int]:
        if node["kind"] == "UnionLoopRef":
            return set()
        at = {n for n, i in enumerate(node["out"]) if i in asked}
        if not at <= self.wanted[node["cte"]]:
            self.wanted[node["cte"]] |= at
            self.changed = True
        return set()

    def command(self, node: Node) -> set[int]:
        here, _ = self.own(node, set())
        for child in node["below"]:
            target = _is_target(node, child)
            merging = node["kind"] in ("MergeIntoTable", "UpdateTable", "DeleteFromTable")
            asked = here & set(child["out"]) if target or merging else set(child["out"])
            if not target or asked:
                self.need(child, asked | here)
        return set()

    def leaf(self, node: Node, asked: set[int]) -> set[int]:
        self.into[dotted(node["table"])] |= {n for n, i in zip(node["names"], node["out"], strict=False) if i in asked}
        return set()


@dataclass(slots=True)
class _Reference:
    """Columns that the text's expressions name, whether or not anything comes of them."""

    plan: Node
    into: dict[str, set[str]]
    pipes: bool
    ids: set[int] = field(default_factory=set)

    def root(self) -> None:
        self.whole(self.plan)
        self.visit(self.plan, None)
        self.through_positions()
        reading = self.plan
        for node in _nodes(self.plan):
            if "table" not in node:
                continue
            named = {n for n, i in zip(node["names"], node["out"], strict=False) if i in self.ids}
            if named or not _is_target(reading, node):
                self.into[dotted(node["table"])] |= named

    def whole(self, plan: Node) -> None:
        """A plan whose output somebody takes whole."""
        if not plan.get("command"):
            self.ids |= set(plan["out"])
        elif plan["kind"] not in ("MergeIntoTable", "UpdateTable", "DeleteFromTable"):
            for child in plan["below"]:
                if not _is_target(plan, child):
                    self.ids |= set(child["out"])

    def visit(self, node: Node, above: Node | None) -> None:
        passing = self.passes_through(node, above)
        if not (node["kind"] == "Expand" and "spark_grouping_id" in node["names"]):
            for e in _expressions(node):
                if not (passing and e.get("bare")):
                    self.ids |= set(e["refs"]) | set(e.get("outer", ()))
                for sub in e.get("subs", ()):
                    self.visit(sub["plan"], None)
                    if sub["kind"] not in ("Exists", "LateralSubquery") or self.pipes:  # a pipe ends in a star unsaid
                        self.ids |= set(sub["plan"]["out"])
        for child in node["below"]:
            self.visit(child, node)

    def passes_through(self, node: Node, above: Node | None) -> bool:
        if node["kind"] != "Project" or above is None:
            return False
        return bool(node.get("hidden")) or (not self.pipes and above["kind"] in _TAKES_PASS_THROUGH)

    def through_positions(self) -> None:
        """Names of a CTE's or a set operation's output stand for what its bodies give at the same place."""
        nodes = _nodes(self.plan)
        definitions = {n["cte"]: n["below"][0] for n in nodes if n["kind"] == "CTERelationDef"}
        links = [
            (n["out"], definitions[n["cte"]]["out"])
            for n in nodes
            if n["kind"] == "CTERelationRef" and n["cte"] in definitions
        ]
        links += [(n["out"], c["out"]) for n in nodes if n["kind"] in _POSITIONAL for c in n["below"]]
        before = -1
        while before != len(self.ids):
            before = len(self.ids)
            for mine, theirs in links:
                self.ids |= {t for m, t in zip(mine, theirs, strict=False) if m in self.ids}
