"""A law: a named promise about entries, with the words it holds for and what it needs."""

from __future__ import annotations

import inspect
from enum import Enum
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from archcore.conformance.kernels import within
from archcore.conformance.parameters import CASES, DERIVED, WORDS
from archcore.errors import LayoutError
from archcore.hookspecs import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.conformance.capability import Capability
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth


def arguments_of(function: Callable[..., object]) -> tuple[str, ...]:
    """Return what a promise or premise is about; raises LayoutError for what no law may ask for."""
    _, *names = inspect.signature(function).parameters
    for name in names:
        if name not in WORDS and name not in CASES and name not in DERIVED:
            known = ", ".join((*WORDS, *CASES, *DERIVED))
            raise LayoutError(f"{function.__name__} asks for {name!r}; a law may ask for {known}")
    return tuple(names)


@frozen
class Premise:
    """A condition on the words of a law; that some words satisfy it is proved, too."""

    name: str
    sentence: str
    holds: Callable[..., Truth] = field(eq=False)

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the condition is about."""
        return arguments_of(self.holds)


class Method(Enum):
    """How a law is held against a target."""

    PROOF = "proof"
    SAMPLE = "sample"
    MACHINE = "machine"


@frozen
class Trial:
    """One attempt of a law that is tried and not proved: whether it held, and what was done."""

    held: bool
    done: str = ""


@frozen
class Law:
    """A promise: ``holds(subject, ...)`` is true for all words and cases of its arguments.

    ``since`` is the suite version that has it first, ``levels`` where it is asked, ``needs`` what a
    target must have for it to be asked at all. ``kernels`` are the first and the last kernel that
    promise it, where history gave two answers; ``leaves_open`` says what nobody promises. Of a law
    that is not proved, ``holds(subject)`` yields a Trial an attempt.
    """

    name: str
    since: str
    sentence: str
    holds: Callable[..., Any] = field(eq=False)
    premise: Premise | None = None
    needs: tuple[Capability, ...] = ()
    levels: tuple[str, ...] = LEVELS
    kernels: tuple[str | None, str | None] = (None, None)
    source: str = ""
    method: Method = Method.PROOF
    leaves_open: str = ""

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the promise is about, with what its premise asks for."""
        own = arguments_of(self.holds)
        more = self.premise.arguments if self.premise else ()
        return tuple(dict.fromkeys((*own, *more)))

    def speaks_of(self, on: Subject) -> bool:
        """Say whether the law is asked of a target at a level."""
        if on.name not in self.levels or not within(on.target.era, *self.kernels):
            return False
        return all(capability.found(on) for capability in self.needs)
