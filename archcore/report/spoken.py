"""Which laws of the suite speak of a word by itself, and whether it keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.conformance.law import Method
from archcore.conformance.laws import LAWS
from archcore.conformance.parameters import cases_of, values, words_of
from archcore.conformance.statement import holds
from archcore.conformance.subject import Subject, subject
from archcore.hookspecs import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.conformance.law import Law
    from archcore.target import Target

OF_A_WORD = ("entry",)
ABOUT_WORDS = tuple(
    law for law in LAWS if law.method is Method.PROOF and words_of(law.arguments) == OF_A_WORD
)
"""The laws about any word of an entry, rather than about entries made for them."""


@frozen
class Spoken:
    """The laws whose premise a word satisfies, by name: those it keeps and those it breaks."""

    held: tuple[str, ...]
    broken: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in a line."""
        count = f"{len(self.held) + len(self.broken)} speak of the word"
        return f"{count}; broken: {', '.join(self.broken)}" if self.broken else f"{count}, all hold"


def spoken(target: Target, level: str, word: int) -> Spoken | None:
    """Return the laws that speak of a word; None at a level that entry helpers do not have."""
    if level not in LEVELS:
        return None
    on = subject(target, level)
    told = dict(_told(on, word))
    return Spoken(
        tuple(name for name, held in told.items() if held),
        tuple(name for name, held in told.items() if not held),
    )


def _told(on: Subject, word: int) -> Iterator[tuple[str, bool]]:
    for law in ABOUT_WORDS:
        if law.speaks_of(on) and _is_given(law, on, word):
            cases = cases_of(on, law.arguments)
            yield law.name, all(holds(law, on, case, {"entry": word}) for case in cases)


def _is_given(law: Law, on: Subject, word: int) -> bool:
    if law.premise is None:
        return True
    names = law.premise.arguments
    return any(
        law.premise.holds(on, *values(on, names, case, {"entry": word}))
        for case in cases_of(on, names)
    )
