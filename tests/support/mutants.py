"""Broken targets: one thing changed in a target that is whole, and the laws that must notice.

A change is a function of a target and a level. ``helpers`` puts other functions in the place of
hooks, ``hardware`` in the place of what the walker does; anything else that makes a target of a
target is a change, too. Such a function asks by name for what it needs, as laws do: ``was`` is the
answer that it replaces, ``again`` gives that answer for other arguments, ``own`` are the target's
helpers, and the rest are arguments under the names of formats: ``lambda was, entry: ...``.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from archcore.conformance.laws import LAWS
from archcore.conformance.subject import subject
from archcore.conformance.verdict import Status
from archcore.entry import ARGUMENT_OF, Layer, Offer, hook_name, layer, offers_of, with_own
from archcore.hookspecs import HOOKS, LEVEL_OF, LEVELS, arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from archcore.conformance.judge import Judge
    from archcore.conformance.verdict import Result
    from archcore.target import Target

    Change = Callable[[Target, str], Target]
    Twist = Callable[..., Any]

BY_NAME = {law.name: law for law in LAWS}


@frozen
class Mutant:
    """What is broken, at which level, and the laws that must refute it, the first above all."""

    laws: tuple[str, ...]
    broken: str
    change: Change
    level: str = LEVELS[0]

    def of(self, whole: Target) -> Target:
        """Return the target with the change."""
        return self.change(whole, self.level)

    def held(self, whole: Target, judge: Judge, laws: Sequence[str] = ()) -> Iterator[Result]:
        """Yield how the broken target stands with laws, by default with all that are asked."""
        on = subject(self.of(whole), self.level)
        court = judge.court(on)
        named = [BY_NAME[name] for name in laws] or LAWS
        asked = [law for law in named if law.speaks_of(on)]
        court.prepare(asked)
        yield from map(court.hold, asked)

    def refuting(self, whole: Target, judge: Judge, laws: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the laws that refute the broken target at its level, in the order of LAWS."""
        found = self.held(whole, judge, laws)
        return tuple(one.law for one in found if one.status is Status.REFUTED)


def mutant(law: str, broken: str, change: Change, level: str = LEVELS[0]) -> Mutant:
    """Return a mutant that one law must refute."""
    return Mutant((law,), broken, change, level)


# -- changes --------------------------------------------------------------------------------------


def told(twist: Twist, names: Sequence[str], given: Sequence[Any], again: Twist, own: Any) -> Any:
    """Call a twist with what it asks for by name."""
    known = dict(zip(names, given, strict=True)) | {"again": again, "own": own}
    wanted = inspect.signature(twist).parameters
    if "was" in wanted:
        known["was"] = again(*given)
    return twist(**{name: known[name] for name in wanted})


@frozen
class Twisted(Layer):
    """A layer with other functions for some hooks, by the hook's name."""

    twists: Mapping[str, Twist]

    def offers(self) -> Iterator[Offer]:
        """Yield the offers of the layer, twisted where that is asked."""
        for offer in (one for part in self.parts for one in offers_of(part)):
            # What stands under a hook's name without being one is for vectors alone.
            asked = offer.is_hook or offer.hook not in HOOKS
            twist = self.twists.get(offer.hook) if asked else None
            yield offer if twist is None else _twisted(offer, twist)


def _twisted(offer: Offer, twist: Twist) -> Offer:
    names = arguments(offer.hook) if offer.is_hook else offer.arguments
    places = [names.index(name) for name in offer.arguments]
    level = LEVEL_OF.get(offer.hook, LEVELS[0])
    named = [plain(name, level) for name in names]

    def function(own: Any, *given: Any) -> Any:
        whole = with_own(offer, own._hooks)
        return told(twist, named, given, lambda *args: whole(*(args[at] for at in places)), own)

    return Offer(offer.hook, function, names, level, offer.is_hook)


def plain(name: str, level: str) -> str:
    """Return what formats call an argument of a hook."""
    return next(
        (plain for plain, one in ARGUMENT_OF.items() if one.format(level=level) == name), name
    )


def helpers(**twists: Twist) -> Change:
    """Return the change that puts other functions in the place of a level's helpers.

    A name is that of the helper without its level, or the full name of any other hook or kernel
    helper. Raises LookupError for one that the target itself does not offer.
    """

    def change(target: Target, level: str) -> Target:
        layers = {"architecture": target.architecture, "encoding": target.encoding}
        offered = {offer.hook for part in layers.values() for offer in offers_of(part)}
        named = {_hook(name, level, offered): twist for name, twist in twists.items()}
        made = {name: Twisted((part,), named) for name, part in layers.items()}
        return evolve(target, **made)

    return change


def _hook(name: str, level: str, offered: set[str]) -> str:
    of_level = hook_name(name, level)
    found = of_level if of_level in HOOKS or of_level in offered else name
    if found not in offered:
        raise LookupError(f"the target does not offer {found}")
    return found


class Hardware:
    """A hardware format that answers some questions otherwise."""

    def __init__(self, whole: Any, twists: Mapping[str, Twist]) -> None:
        """Keep both."""
        self._whole, self._twists = whole, twists

    def __getattr__(self, name: str) -> Any:
        """Return the twisted answer where there is one."""
        whole, twist = getattr(self._whole, name), self._twists.get(name)
        if twist is None:
            return whole
        names = tuple(inspect.signature(whole).parameters)
        return lambda *given: told(twist, names, given, whole, None)


def hardware(**twists: Twist) -> Change:
    """Return the change that lets the walker answer otherwise."""

    def change(target: Target, _: str) -> Target:
        return evolve(target, mmu=evolve(target.mmu, format=Hardware(target.mmu.format, twists)))

    return change


@frozen
class Lacking(Layer):
    """A layer without some of its hooks and kernel helpers."""

    names: frozenset[str]

    def offers(self) -> Iterator[Offer]:
        """Yield what is left."""
        yield from (one for one in Layer.offers(self) if one.hook not in self.names)


def lacking(*names: str) -> Change:
    """Return the change that takes hooks and kernel helpers away, by their full names."""

    def change(target: Target, _: str) -> Target:
        parts = {"architecture": target.architecture, "encoding": target.encoding}
        return evolve(
            target, **{one: Lacking((part,), frozenset(names)) for one, part in parts.items()}
        )

    return change


def bringing(part: object) -> Change:
    """Return the change that adds a part to a target, in the place of what generic code has."""

    def change(target: Target, _: str) -> Target:
        return evolve(target, architecture=layer(target.architecture, part))

    return change


def field(**values: Any) -> Change:
    """Return the change that gives a target other fields."""
    return lambda target, _: evolve(target, **values)


def all_of(*changes: Change) -> Change:
    """Return several changes as one."""

    def change(target: Target, level: str) -> Target:
        for one in changes:
            target = one(target, level)
        return target

    return change


def at(level: str, change: Change) -> Change:
    """Return a change that is made at another level than that of the mutant."""
    return lambda target, _: change(target, level)


def idle(helper: str) -> Change:
    """Return the change that makes a maker return its entry as it was given."""
    return helpers(**{helper: lambda entry: entry})
