"""The engine without one of its maintenance calls: where it makes them, and functions without."""

from __future__ import annotations

import ast
import importlib
from contextlib import contextmanager
from functools import cache
from inspect import unwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

import archcore
from archcore.needs import CALLS
from archcore.needs.device import END, START

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

ROOT = Path(archcore.__file__).parent
MAKERS = ("invalidating", "notifying_move", "flush_batched")
BRACKET = (("bracket", "begin"), ("bracket", "finish"))
"""What does nothing but make such calls, so that its callers are asked like those of a hook."""
HOOKS = frozenset({*CALLS, START, END})
ELSEWHERE = ("conformance", "hookspecs", "needs")
"""Where calls are declared, told of, or tried, and not made by the engine."""


class UndroppableError(Exception):
    """A maintenance call that no statement and no ``with`` stands for."""


@frozen(order=True)
class Site:
    """A call of a file, by the function it is made in; ``nr`` counts those of one name there."""

    path: str
    function: str
    call: str
    nr: int = 1
    lines: tuple[int, int] = field(default=(0, 0), eq=False, order=False)

    def __str__(self) -> str:
        """Name it as the page does."""
        again = f" #{self.nr}" if self.nr > 1 else ""
        return f"{self.path}: {self.function}: {self.call}{again}"


def _named(node: ast.AST | None) -> str | None:
    """Return what a call is for, if it is one of maintenance."""
    called = node.func if isinstance(node, ast.Call) else None
    if isinstance(called, ast.Attribute):
        whose = called.value.id if isinstance(called.value, ast.Name) else ""
        return called.attr if called.attr in HOOKS or (whose, called.attr) in BRACKET else None
    return called.id if isinstance(called, ast.Name) and called.id in MAKERS else None


class _Dropper(ast.NodeTransformer):
    """Takes the ``wanted``th call of a function out, or none, and notes what it meets."""

    def __init__(self, wanted: int | None) -> None:
        self.wanted = wanted
        self.met: list[tuple[str, tuple[int, int]]] = []

    def _meets(self, node: ast.expr | None) -> bool:
        name = _named(node)
        if name is None:
            return False
        assert node is not None
        self.met.append((name, (node.lineno, node.end_lineno or node.lineno)))
        return self.wanted == len(self.met) - 1

    def visit_Expr(self, node: ast.Expr) -> Any:
        if self._meets(node.value):
            return ast.copy_location(ast.Pass(), node)
        return node

    def visit_Return(self, node: ast.Return) -> Any:
        if self._meets(node.value):
            node.value = ast.parse("__import__('contextlib').nullcontext()", mode="eval").body
        return node

    def visit_With(self, node: ast.With) -> Any:
        kept = [item for item in node.items if not self._meets(item.context_expr)]
        self.generic_visit(node)
        if kept:
            node.items = kept
            return node
        whole = ast.If(ast.Constant(value=True), node.body, [])
        return ast.copy_location(whole, node)


Function = ast.FunctionDef


def _functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Yield the functions of a module and of its classes, by name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


@cache
def _source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _uses(tree: ast.AST) -> int:
    """Count what speaks of maintenance calls, whether it calls them or not."""
    return sum(
        (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in HOOKS)
        or (_named(node) or "switch_mm") not in HOOKS
        for node in ast.walk(tree)
        if isinstance(node, ast.expr)
    )


def sites() -> list[Site]:
    """Return every place where the engine makes a maintenance call.

    Raises UndroppableError for one that is no statement of its own, and so cannot be left out.
    """
    found = []
    for place in sorted(ROOT.rglob("*.py")):
        path = place.relative_to(ROOT).as_posix()
        if path.split("/", 1)[0] not in ELSEWHERE:
            found += sites_of(path, _source(path))
    return found


def sites_of(path: str, source: str) -> list[Site]:
    """Return those of one file."""
    tree, found = ast.parse(source), []
    for name, function in _functions(tree):
        dropper, counts = _Dropper(None), dict[str, int]()
        dropper.visit(function)
        for call, lines in dropper.met:
            counts[call] = counts.get(call, 0) + 1
            found.append(Site(path, name, call, counts[call], lines))
    uses = _uses(ast.parse(source))
    if uses != len(found):
        msg = f"{path} speaks of {uses} maintenance calls, {len(found)} of which can be left out"
        raise UndroppableError(msg)
    return found


def live(site: Site) -> Any:
    """Return the function of the running program that a call is made in."""
    found: Any = importlib.import_module("archcore." + site.path[:-3].replace("/", "."))
    for part in site.function.split("."):
        found = found.__dict__[part] if isinstance(found, type) else getattr(found, part)
    return unwrap(found)


def _code(compiled: CodeType, name: str) -> CodeType:
    for part in name.split("."):
        compiled = next(
            one for one in compiled.co_consts if hasattr(one, "co_name") and one.co_name == part
        )
    return compiled


@contextmanager
def dropped(site: Site) -> Iterator[None]:
    """Let the engine run without a call meanwhile."""
    tree = ast.parse(_source(site.path))
    name, node = next(one for one in _functions(tree) if one[0] == site.function)
    alike = [one for one in sites_of(site.path, _source(site.path)) if one.function == name]
    _Dropper(alike.index(site)).visit(node)
    compiled = compile(ast.fix_missing_locations(tree), str(ROOT / site.path), "exec")
    function = live(site)
    kept = function.__code__
    function.__code__ = _code(compiled, name)
    try:
        yield
    finally:
        function.__code__ = kept
