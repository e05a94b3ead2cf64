"""What the layers of a target offer about words, as calls that a law can make."""

from __future__ import annotations

import inspect
import re
from enum import Enum
from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore import hookspecs
from archcore.entry import offers_of
from archcore.hookspecs import LEVEL_OF, LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.conformance.subject import Subject
    from archcore.entry import Offer

UPPER = re.compile(rf"(?:^|_)({'|'.join(LEVELS[1:])})p?(?=_|:|$)")


class Kind(Enum):
    """What an argument or a result is; ``NEVER`` is the result of what only stops the kernel."""

    WORD = "a word"
    TRUTH = "a truth"
    NUMBER = "a plain number"
    VMA = "a VMA"
    LEVEL = "the name of a level"
    NEVER = "nothing, by BUG()"


KINDS = {
    "Word": Kind.WORD,
    "Operand": Kind.WORD,
    "Truth": Kind.TRUTH,
    "bool": Kind.TRUTH,
    "int": Kind.NUMBER,
    "Vma": Kind.VMA,
    "str": Kind.LEVEL,
    "NoReturn": Kind.NEVER,
}
ASKED = (Kind.WORD, Kind.TRUTH, Kind.NUMBER, Kind.VMA, Kind.LEVEL)
ANSWERED = (Kind.WORD, Kind.TRUTH, Kind.NUMBER, Kind.NEVER, None)


@frozen(eq=False)
class Call:
    """A hook or kernel helper of a target; ``arguments`` and ``result`` are what it declares.

    The result of a helper that declares none is None.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Kind, ...]
    result: Kind | None

    @property
    def words(self) -> int:
        """The number of arguments that are words."""
        return self.arguments.count(Kind.WORD)


def calls(on: Subject) -> tuple[Call, ...]:
    """Return what the target's own layers offer about words at the subject's level.

    What belongs to no level, or to one that the target has no table of, counts to the lowest. Hooks
    that load, store or flush are about slots, and left out.
    """
    return tuple(made for offer in own(on) if (made := _call(on, offer)) is not None)


def own(on: Subject) -> Iterator[Offer]:
    """Yield the offers of the target's own layers that count to the subject's level."""
    names = {level.name for level in on.target.geometry.levels}
    found: dict[tuple[str, bool], Offer] = {}
    for layer in (on.target.architecture, on.target.encoding):
        found |= {(offer.hook, offer.is_hook): offer for offer in offers_of(layer)}
    for offer in found.values():
        level = level_of(offer.hook)
        if (level if level in names else LEVELS[0]) == on.name:
            yield offer


def level_of(name: str) -> str:
    """Return the level that a hook or kernel helper is about by its name; the lowest if by none."""
    if name in LEVEL_OF:
        return LEVEL_OF[name]
    found = UPPER.search(name)
    return found[1] if found else LEVELS[0]


def _call(on: Subject, offer: Offer) -> Call | None:
    if offer.is_hook:
        function, declared = getattr(on.hooks, offer.hook), getattr(hookspecs, offer.hook)
        names = hookspecs.arguments(offer.hook)
    else:
        function, declared = on.hooks.helpers[offer.hook], offer.function
        names = offer.arguments
    said = inspect.get_annotations(declared)
    kinds = tuple(KINDS.get(str(said.get(name, "Word"))) for name in names)
    result = KINDS.get(str(said["return"])) if "return" in said else None
    known = "return" not in said or result is not None
    if not known or any(kind not in ASKED for kind in kinds) or result not in ANSWERED:
        return None
    return Call(offer.hook, function, kinds, result)  # type: ignore[arg-type]
