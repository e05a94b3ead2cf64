"""Small edits of Python source, each the kind of slip that a person makes about an entry.

An edit replaces one expression of a module. The kinds are those of single bits (a field moved by a
place, a name dropped from a mask, another field read) and of single lines (a test turned round,
an operand dropped, a helper that returns what it was given).
"""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = {"has_all": "has_any", "has_any": "has_all", "has_none": "has_any"}
CHANGES = {"put": "clear", "clear": "put"}
JOINS = {"both": "either", "either": "both"}
FIRST_ONLY = ("put", "clear", "xor", "with_bits", "add_bits")
GIVEN = ("entry", "swp", "prot", "pgprot", "a", "old")
LARGEST = 63


@frozen
class Edit:
    """One expression in the place of another; ``index`` is the place among the module's nodes."""

    module: str
    line: int
    kind: str
    was: str
    now: str
    index: int
    node: ast.expr

    def __str__(self) -> str:
        """Show the place and what changed."""
        return f"{self.module}:{self.line} {self.kind}: {self.was} -> {self.now}"

    def applied(self, source: str) -> str:
        """Return the source of the module with the edit."""
        tree = ast.parse(source)
        old = list(ast.walk(tree))[self.index]
        for parent in ast.walk(tree):
            for name, value in ast.iter_fields(parent):
                if value is old:
                    setattr(parent, name, self.node)
                elif isinstance(value, list) and any(one is old for one in value):
                    value[:] = [self.node if one is old else one for one in value]
        return ast.unparse(ast.fix_missing_locations(tree))


def edits(module: str, source: str) -> Iterator[Edit]:
    """Yield every edit of a module, in the order of its nodes."""
    tree = ast.parse(source)
    names = sorted({one for node in ast.walk(tree) for one in _asked(node)})
    returns = {id(node.value): node for node in ast.walk(tree) if isinstance(node, ast.Return)}
    inside = _functions(tree)
    for index, node in enumerate(ast.walk(tree)):
        found = list(_of_node(node, names))
        if id(node) in returns and index in inside:
            found += _of_return(node, inside[index])
        for kind, now in found:
            was, line = _text(node), getattr(node, "lineno", 0)
            if _text(now) != was:
                yield Edit(module, line, kind, was, _text(now), index, now)


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _functions(tree: ast.Module) -> dict[int, ast.FunctionDef]:
    """Return the function that each node stands in, by the place of the node."""
    owner = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            owner.update({id(node): function for node in ast.walk(function)})
    return {at: owner[id(node)] for at, node in enumerate(ast.walk(tree)) if id(node) in owner}


def _asked(node: ast.AST) -> Iterator[str]:
    """Yield the name of a field that is looked up in a layout."""
    if isinstance(node, ast.Subscript) and _is_text(node.slice):
        yield node.slice.value  # type: ignore[attr-defined]


def _is_text(node: ast.AST) -> bool:
    """Say whether a node is a name in quotes; a sentence is none."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value


def _of_node(node: ast.AST, names: list[str]) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Tuple) and node.elts and all(map(_is_text, node.elts)):
        for at in range(len(node.elts)):
            yield "name dropped", ast.Tuple([*node.elts[:at], *node.elts[at + 1 :]], ast.Load())
    elif isinstance(node, ast.keyword) or not isinstance(node, ast.expr):
        return
    elif isinstance(node, ast.Subscript) and _is_text(node.slice) and len(names) > 1:
        at = names.index(node.slice.value)  # type: ignore[attr-defined]
        yield "another field", _with(node, slice=ast.Constant(names[at - 1]))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "flag turned", ast.Constant(not node.value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield "not inverted", node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.Sub):
        yield "operand dropped", node.left


def _of_call(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "mask" and len(node.args) > 1:
        for at in range(len(node.args)):
            yield "name dropped", _with(node, args=[*node.args[:at], *node.args[at + 1 :]])
    yield from _of_words(node, name)


def _of_words(node: ast.Call, name: str) -> Iterator[tuple[str, ast.expr]]:
    """Yield the slips about a call of the vocabulary."""
    if name in TESTS:
        yield "another test", _with(node, func=ast.Name(TESTS[name]))
        yield "test turned", _call("negate", node)
    if name in CHANGES:
        yield "set for clear", _with(node, func=ast.Name(CHANGES[name]))
    if name in FIRST_ONLY:
        yield "change dropped", node.args[0]
    if name in JOINS:
        yield "another join", _with(node, func=ast.Name(JOINS[name]))
        yield from (("operand dropped", one) for one in node.args)
    yield from _of_choices(node, name)


def _of_choices(node: ast.Call, name: str) -> Iterator[tuple[str, ast.expr]]:
    """Yield the slips about conditions, and about a field of a layout."""
    if name == "where":
        yield from (("branch forced", one) for one in node.args[1:])
    if name == "implies":
        yield "operand dropped", node.args[1]
    if name == "negate":
        yield "test turned", node.args[0]
    if name == "same":
        yield "test turned", _call("negate", node)
    if name in ("Bit", "Bits"):
        yield from _of_field(node, name)


def _of_field(node: ast.Call, name: str) -> Iterator[tuple[str, ast.expr]]:
    """Yield a field moved by a place, and one that is a bit shorter at either end."""
    places = node.args[1:2] if name == "Bit" else node.args[1:3]
    if not all(isinstance(one, ast.Constant) and isinstance(one.value, int) for one in places):
        return
    numbers = [one.value for one in places]  # type: ignore[attr-defined]
    moved = [[one + 1 for one in numbers], [one - 1 for one in numbers]]
    if name == "Bits" and numbers[0] < numbers[1]:
        moved += [[numbers[0] + 1, numbers[1]], [numbers[0], numbers[1] - 1]]
    for one in moved:
        if one[0] >= 0 and one[-1] <= LARGEST:
            given: list[ast.expr] = [ast.Constant(value) for value in one]
            args = [node.args[0], *given, *node.args[1 + len(places) :]]
            yield "field moved", _with(node, args=args)


def _of_return(node: ast.AST, function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """Yield a helper that does nothing, or says the opposite."""
    kind = _text(function.returns) if function.returns else ""
    if kind == "Truth":
        yield "answer turned", _call("negate", copy.deepcopy(node))
    given = [one.arg for one in function.args.args if one.arg in GIVEN]
    if kind == "Word" and given:
        yield "body removed", ast.Name(given[0])


def _with(node: Any, **fields: Any) -> Any:  # noqa: ANN401 - any node
    """Return a copy of a node with other fields."""
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _call(name: str, argument: ast.AST) -> ast.Call:
    return ast.Call(ast.Name(name), [argument], [])  # type: ignore[list-item]
