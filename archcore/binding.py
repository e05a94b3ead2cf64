"""Three layers become one set of functions: each hook resolved once, to its implementation.

The layers are the generic defaults, the target's architecture and the target's encoding; a later
one wins. Without an observer a bound hook *is* the implementing function; a hook that an observer
wraps is called through pluggy instead.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

import pluggy

from archcore import hookspecs
from archcore.entry import Offer, hook_name, marked, offers_of, with_own
from archcore.errors import MissingHookError, PluginError, one_line
from archcore.hookspecs import HOOKS, LEVEL_OF, PROJECT, arguments, hookimpl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from archcore.swaptypes import SwapTypes
    from archcore.target import Target

LAYERS = ("generic", "architecture", "encoding")


class Hooks:
    """The bound hooks of one target as attributes; ``offers`` says who implements what.

    ``helpers`` are the kernel helpers that are no hooks, by the kernel's name; ``swap_types`` are
    the target's.
    """

    def __init__(self, target_id: str, swap_types: SwapTypes | None = None) -> None:
        """Start without any hook."""
        self.target_id, self.swap_types = target_id, swap_types
        self.offers: dict[str, tuple[str, Offer]] = {}
        self.helpers: dict[str, Callable[..., Any]] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - reached for missing hooks only
        """Name the target and the hook that it lacks."""
        msg = f"target {self.target_id!r} does not implement the hook {name}"
        raise MissingHookError(msg)

    def has(self, name: str) -> bool:
        """Say whether any layer implements the hook."""
        return name in self.offers

    def needs(self, name: str) -> tuple[str, ...]:
        """Return the arguments the implementation of a hook asks for."""
        return self.offers[name][1].arguments


class _Namespace:
    """What pluggy registers: the winning implementations of one layer."""


def bind(target: Target, generic: Iterable[object] = (), observers: Iterable[object] = ()) -> Hooks:
    """Return the hooks of a target over the given generic layers, lowest first.

    The defaults of a level are bound only where the target itself speaks of that level. Raises
    PluginError for an unknown hook or argument, naming both, and for a broken observer.
    """
    hooks = Hooks(target.id, target.swap_types)
    for layer, offer in _stack(target, tuple(generic)):
        if not offer.is_hook:
            hooks.helpers[offer.hook] = with_own(offer, hooks)
            continue
        _check(target.id, layer, offer)
        hooks.offers[offer.hook] = (layer, offer)
    raw = {hook: with_own(offer, hooks) for hook, (_, offer) in hooks.offers.items()}
    for hook, function in raw.items():
        setattr(hooks, hook, _positional(function, hooks.offers[hook][1]))
    _observe(hooks, raw, tuple(observers))
    return hooks


def _stack(target: Target, generic: tuple[object, ...]) -> Iterator[tuple[str, Offer]]:
    """Yield every offer with its layer, lowest first."""
    from archcore.generic import fallbacks
    from archcore.swapops import operations

    owned = [("architecture", offer) for offer in offers_of(target.architecture)]
    owned += [("encoding", offer) for offer in offers_of(target.encoding)]
    names = {offer.hook for _, offer in owned}
    spoken = frozenset(LEVEL_OF[name] for name in names if name in LEVEL_OF)
    width = target.geometry.width
    for offer in fallbacks(spoken, width, target.geometry.levels[0].empty):
        yield "generic", offer
    if target.swap_types is not None:
        swaps = frozenset(one for one in spoken if hook_name("to_swp_entry", one) in names)
        for offer in operations(target.swap_types, width, swaps):
            yield "generic", offer
    for part in generic:
        for offer in offers_of(part):
            if LEVEL_OF.get(offer.hook) in {*spoken, None}:
                yield "generic", offer
    yield from owned


def _check(target_id: str, layer: str, offer: Offer) -> None:
    if offer.hook not in HOOKS:
        near = get_close_matches(offer.hook, HOOKS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise PluginError(
            f"{target_id}: the {layer} layer implements {offer.hook}, which is no hook{hint}"
        )
    known = arguments(offer.hook)
    unknown = [argument for argument in offer.arguments if argument not in known]
    if unknown:
        raise PluginError(
            f"{target_id}: {offer.hook} of the {layer} layer asks for {', '.join(unknown)}; the "
            f"hook has {', '.join(known) or 'no arguments'}"
        )


def _positional(function: Callable[..., Any], offer: Offer) -> Callable[..., Any]:
    """Return a function called with all of the hook's arguments, in its order."""
    known = arguments(offer.hook)
    return function if offer.arguments == known else _taking(known, function, offer)


def _taking(
    names: tuple[str, ...], function: Callable[..., Any], offer: Offer
) -> Callable[..., Any]:
    """Return a routine with arguments of those names, which passes on what the offer asks for."""
    routine: Callable[..., Any] = _adapter(names, offer.arguments)(function)
    return routine


@cache
def _adapter(names: tuple[str, ...], passed: tuple[str, ...]) -> Callable[..., Any]:
    """Return what makes such a routine of a function.

    Written out, a call costs less than through one that takes anything and picks from it; and
    pluggy reads the names of arguments from the code object.
    """
    source = f"lambda function: lambda {', '.join(names)}: function({', '.join(passed)})"
    made: Callable[..., Any] = eval(source, {})  # noqa: S307 - names of hooks and their arguments
    return made


def _observe(
    hooks: Hooks, raw: Mapping[str, Callable[..., Any]], observers: tuple[object, ...]
) -> None:
    if not observers:
        return
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    for layer in LAYERS:
        manager.register(_namespace(hooks, raw, layer), name=layer)
    try:
        for observer in observers:
            manager.register(observer)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"an observer does not fit the hooks: {one_line(error)}") from error
    watched = {hook for observer in observers for hook, _ in marked(observer)} & set(raw)
    for name in sorted(watched):
        setattr(hooks, name, _through(getattr(manager.hook, name), arguments(name)))


def _namespace(hooks: Hooks, raw: Mapping[str, Callable[..., Any]], layer: str) -> _Namespace:
    namespace = _Namespace()
    for hook, (owner, offer) in hooks.offers.items():
        if owner == layer:
            routine = _taking(offer.arguments, raw[hook], offer)
            setattr(namespace, hook, hookimpl(routine))
    return namespace


def _through(caller: Any, names: tuple[str, ...]) -> Callable[..., Any]:  # noqa: ANN401 - pluggy's
    def call(*given: object) -> object:
        return caller(**dict(zip(names, given, strict=True)))

    return call
