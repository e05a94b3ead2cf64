"""One entry format written once, published as the hooks of each level that uses it.

A format is a frozen value whose public methods carry the kernel's helper names without their
prefix: ``young(self, entry)`` becomes ``pte_young(pte)`` under the prefix ``pte``. A method whose
first argument is called ``own`` receives the target's own helpers of that level, so that a
strategy can be written without knowing the format it sits on.

Kernels have more helpers than the engine calls. Those are marked with ``helper`` and the kernel's
name; they are no hooks, but vectors and explanations know them.
"""

from __future__ import annotations

import inspect
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import field, frozen

from archcore.errors import PluginError
from archcore.hookspecs import HOOKS, LEVELS, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOOK_OF = {
    "pfn_entry": "pfn_{level}",
    "swp_entry_to_entry": "arch_swp_entry_to_{level}",
    "to_swp_entry": "arch_{level}_to_swp_entry",
}
ARGUMENT_OF = {
    "entry": "{level}",
    "a": "{level}_a",
    "b": "{level}_b",
    "old": "old{level}",
    "new": "new{level}",
}


@frozen
class Offer:
    """One implementation of one hook; ``arguments`` are the hook's that it wants, in its order."""

    hook: str
    function: Callable[..., Any] = field(eq=False)
    arguments: tuple[str, ...]
    wants_own: str = ""
    is_hook: bool = True


def helper(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a method as a kernel helper that the engine never calls, under the kernel's name.

    ``{level}`` in the name stands for the level it is published at, as in ``{level}_exec``. The
    arguments are the kernel's, in its order; ``own`` may stand in front of them.
    """

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.archcore_helper = name  # type: ignore[attr-defined]
        return function

    return mark


def hook_name(helper: str, prefix: str) -> str:
    """Return the hook a helper is called by at a level: ``young`` at ``pte`` is ``pte_young``."""
    return HOOK_OF.get(helper, "{level}_" + helper).format(level=prefix)


class _Shape(NamedTuple):
    """What an offer says besides its function."""

    hook: str
    arguments: tuple[str, ...]
    wants_own: str = ""
    is_hook: bool = True

    def of(self, function: Callable[..., Any]) -> Offer:
        """Return the offer of a function of this shape."""
        return Offer(self.hook, function, *self[1:])


@frozen
class AtLevel:
    """The public methods of ``entry`` as hooks of the level ``prefix`` (pte, pmd or pud)."""

    prefix: str
    entry: object

    def offers(self) -> Iterator[Offer]:
        """Yield one offer a method; raises PluginError for a method no hook is called after."""
        for name, method in routines(self.entry):
            if name.startswith("_"):
                continue
            shape = _helper_shape(method, self.prefix) or _shape(name, *_names(method), self.prefix)
            if shape.is_hook and shape.hook not in HOOKS:
                kind = type(self.entry).__name__
                raise PluginError(
                    f"{kind}.{name} is the helper of no hook of level {self.prefix}; rename it to "
                    "one"
                )
            yield shape.of(method)


def _names(routine: Callable[..., Any]) -> tuple[tuple[str, ...], bool]:
    """Return the arguments of a routine without ``own``, and whether it has that."""
    names = parameters(routine)
    own = bool(names) and names[0] == "own"
    return names[own:], own


@cache
def _shape(name: str, names: tuple[str, ...], own: bool, prefix: str) -> _Shape:  # noqa: FBT001
    """Return the shape of the method ``name`` of an entry format at a level."""
    wanted = (ARGUMENT_OF.get(argument, argument) for argument in names)
    arguments = tuple(argument.format(level=prefix) for argument in wanted)
    return _Shape(hook_name(name, prefix), arguments, prefix if own else "")


def _helper_shape(method: Callable[..., Any], prefix: str) -> _Shape | None:
    """Return the shape of a method marked with ``helper``, None for any other."""
    name = getattr(method, "archcore_helper", None)
    if name is None:
        return None
    names, own = _names(method)
    return _Shape(name.format(level=prefix), names, prefix if own else "", is_hook=False)


@frozen
class Plain:
    """The hook implementations of any object: its members marked with ``hookimpl``.

    One whose first argument is called ``own`` receives the target's helpers of the lowest level.
    """

    plugin: object

    def offers(self) -> Iterator[Offer]:
        """Yield one offer a marked member; raises PluginError for a wrapper."""
        for hook, member in marked(self.plugin):
            if member.archcore_impl["wrapper"] or member.archcore_impl["hookwrapper"]:
                raise PluginError(
                    f"{hook} is a wrapper in a layer; a layer implements, an observer wraps"
                )
            names, own = _names(member)
            yield Offer(hook, member, names, LEVELS[0] if own else "")
        for _, member in routines(self.plugin):
            shape = _helper_shape(member, LEVELS[0])
            if shape is not None:
                yield shape.of(member)


def routines(plugin: object) -> Iterator[tuple[str, Any]]:
    """Yield the functions and methods of any object, by name.

    What a class defines is looked up once; formats are made by the dozen of few classes.
    """
    if inspect.isclass(plugin) or inspect.ismodule(plugin) or hasattr(plugin, "__dict__"):
        yield from inspect.getmembers(plugin, inspect.isroutine)
        return
    kind: Any = type(plugin)  # as a bare type, mypy doubts that it can be hashed
    for name in _of_class(kind):
        yield name, getattr(plugin, name)


@cache
def _of_class(kind: type) -> tuple[str, ...]:
    members = inspect.getmembers(kind, inspect.isroutine)
    return tuple(name for name, _ in members if not name.startswith("__"))


def parameters(routine: Callable[..., Any]) -> tuple[str, ...]:
    """Return the argument names of a function or bound method, those with a default left out."""
    function = getattr(routine, "__func__", routine)
    return _of_function(function)[function is not routine :]


@cache
def _of_function(function: Callable[..., Any]) -> tuple[str, ...]:
    found = inspect.signature(function).parameters.values()
    return tuple(one.name for one in found if one.default is one.empty)


def marked(plugin: object) -> Iterator[tuple[str, Any]]:
    """Yield each member marked with ``hookimpl``, with the name of the hook it is for."""
    for name, member in routines(plugin):
        options = getattr(member, f"{PROJECT}_impl", None)
        if options is not None:
            yield options["specname"] or name, member


@frozen
class Layer:
    """Several parts that make one layer; raises PluginError when two offer the same hook."""

    parts: tuple[Any, ...]

    def offers(self) -> Iterator[Offer]:
        """Yield the offers of all parts."""
        seen: set[tuple[str, bool]] = set()
        for part in self.parts:
            for offer in offers_of(part):
                # a hook that changes a slot and what vectors know of it have one name
                if (offer.hook, offer.is_hook) in seen:
                    raise PluginError(f"two parts of one layer offer {offer.hook}; take one out")
                seen.add((offer.hook, offer.is_hook))
                yield offer


def layer(*parts: object) -> Layer:
    """Return the parts as one layer."""
    return Layer(parts)


def at_levels(entry: object, *prefixes: str) -> Layer:
    """Return one entry format as the hooks of several levels (default: all)."""
    return Layer(tuple(AtLevel(prefix, entry) for prefix in prefixes or LEVELS))


def offers_of(part: object) -> Iterator[Offer]:
    """Yield what a part offers: a Layer, an AtLevel, or any object with marked members."""
    source = part if isinstance(part, Layer | AtLevel | Plain) else Plain(part)
    return source.offers()


class LevelHooks:
    """The bound hooks of one level, by helper name: what ``own`` is.

    Kernel helpers that are no hooks stand under their own names (``own.swp_entry``), those of the
    level also without its prefix.
    """

    def __init__(self, hooks: object, prefix: str) -> None:
        """Remember where to look names up."""
        self._hooks, self._prefix = hooks, prefix

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any hook
        """Look a helper up once (``own.young``, ``own.page_none``); it stays in the instance."""
        found = self._find(name)
        setattr(self, name, found)
        return found

    def _find(self, name: str) -> Any:  # noqa: ANN401 - any hook
        """Prefer this level's hook, then a kernel helper, then a hook of no level."""
        of_level = hook_name(name, self._prefix)
        if of_level in HOOKS:
            return getattr(self._hooks, of_level)
        helpers = getattr(self._hooks, "helpers", {})
        return helpers.get(of_level) or helpers.get(name) or getattr(self._hooks, name)


def with_own(offer: Offer, hooks: object) -> Callable[..., Any]:
    """Return the implementation, given the target's own helpers if it asked for them."""
    if not offer.wants_own:
        return offer.function
    return partial(offer.function, LevelHooks(hooks, offer.wants_own))
