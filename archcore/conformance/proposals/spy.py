"""Which laws an encoding touches at all: those that call nothing of it stand as they stood.

Helpers are total and free of branches, so that one run calls whatever any word would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from archcore.conformance.law import Method
from archcore.conformance.parameters import cases_of, words_of
from archcore.conformance.statement import holds
from archcore.conformance.subject import subject
from archcore.entry import Layer, offers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.conformance.law import Law
    from archcore.entry import Offer
    from archcore.target import Target


@frozen
class Spied(Layer):
    """A layer that notes the name of every hook that is called."""

    called: set[str] = field(factory=set)

    def offers(self) -> Iterator[Offer]:
        """Yield the offers of all parts, listened to."""
        for offer in super().offers():
            yield evolve(offer, function=_noting(offer, self.called))


def _noting(offer: Offer, called: set[str]) -> Callable[..., Any]:
    def function(*given: object) -> object:
        called.add(offer.hook)
        return offer.function(*given)

    # what a strategy declares about itself is read off the method it offers
    vars(function)["__self__"] = getattr(offer.function, "__self__", None)
    return function


@frozen(eq=False)
class Spies:
    """What was found out of the encodings of one target; those with the same hooks are alike."""

    found: dict[tuple[str, str, frozenset[str]], bool] = field(factory=dict)

    def touches(self, target: Target, law: Law, level: str) -> bool:
        """Say whether a law calls the encoding of a target at a level."""
        key = (law.name, level, frozenset(offer.hook for offer in offers_of(target.encoding)))
        if key not in self.found:
            self.found[key] = _touches(target, law, level)
        return self.found[key]


def _touches(target: Target, law: Law, level: str) -> bool:
    """Try the law once; where that raises, or is no proof, it may call anything."""
    if law.method is not Method.PROOF:
        return True
    layer = Spied((target.encoding,))
    on = subject(evolve(target, encoding=layer), level)
    words = dict.fromkeys(words_of(law.arguments), 0)
    try:
        for case in cases_of(on, law.arguments):
            holds(law, on, case, words)
    except Exception:  # noqa: BLE001 - whatever a stranger's helper does
        return True
    return bool(layer.called)
