"""The toy target with a part of it done otherwise, and how it stands with one law then."""

from __future__ import annotations

import toy
from attrs import evolve, frozen

from archcore.conformance.suite import hold, select
from archcore.entry import AtLevel, Layer, layer, offers_of
from archcore.hookspecs import hookimpl

TOY = toy.module()
TARGET, ENTRY = TOY.TARGET, TOY.ENTRY


@frozen
class Without(Layer):
    """The offers of its parts, but for some hooks and kernel helpers."""

    dropped: tuple = ()

    def offers(self):
        """Yield what is left."""
        for part in self.parts:
            yield from (offer for offer in offers_of(part) if offer.hook not in self.dropped)


def without(target, *names):
    """Return a target that lacks some hooks or kernel helpers."""
    parts = {"architecture": target.architecture, "encoding": target.encoding}
    return evolve(target, **{one: Without((part,), dropped=names) for one, part in parts.items()})


def otherwise(*parts, hint=TOY.HINT):
    """Return the toy whose encoding also brings other stores or helpers, or another hint."""
    return evolve(TARGET, encoding=layer(AtLevel("pte", hint), *parts))


def instead(**functions):
    """Return the toy with some hooks of its architecture done by other functions."""
    made = type("Instead", (), {})()
    for name, function in functions.items():
        setattr(made, name, hookimpl(function))
    kept = Without((TARGET.architecture,), dropped=tuple(functions))
    return evolve(TARGET, architecture=layer(kept, made))


def results(target, name, level="pte"):
    """Return how a target stands with a law at a level; a list, empty where it is not asked."""
    return list(hold(target, select((name,), (level,))))


def result(target, name, level="pte"):
    """Return how a target stands with a law at a level."""
    (one,) = results(target, name, level)
    return one
