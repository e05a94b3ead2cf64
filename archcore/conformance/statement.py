"""A law about one target at one level, written down as one formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from archcore.conformance.law import arguments_of
from archcore.conformance.parameters import WORDS, cases_of, values, words_of
from archcore.words import both, implies, negate
from archcore.words.fold import FoldingTape
from archcore.words.record import argument
from archcore.words.smtlib import Script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from archcore.conformance.law import Law, Premise
    from archcore.conformance.subject import Subject
    from archcore.words.record import Argument
    from archcore.words.types import Truth, Word

NAMES = tuple(WORDS)


@frozen(eq=False)
class Statement:
    """A truth about words: ``script`` asks a solver for words, by name, for which it is false.

    ``known`` is the truth itself where no word decides it. Equal scripts are one theorem. ``claim``
    and ``lines`` are the script's last line and the places of its definitions on the pad.
    """

    script: str
    words: tuple[str, ...]
    width: int
    known: bool | None = None
    claim: str = ""
    lines: tuple[int, ...] = ()


@frozen(eq=False)
class Pad:
    """One tape for all laws about a subject, so that what they share is computed once."""

    on: Subject
    tape: FoldingTape = field(factory=lambda: FoldingTape(len(NAMES)))
    lines: list[str] = field(factory=list)
    made: dict[object, Word] = field(factory=dict)

    def state(self, law: Law) -> Statement:
        """Return the law as a formula: premise implies promise, in every case at once.

        Whatever a helper of the target raises passes through.
        """

        def promised(case: Mapping[str, Any], words: Mapping[str, Word]) -> Truth:
            return holds(law, self.on, case, words, self.made)

        return self._record(law.arguments, promised)

    def state_premise(self, premise: Premise) -> Statement:
        """Return the formula that is false exactly where the premise holds, in whichever case."""
        names = premise.arguments

        def excluded(case: Mapping[str, Any], words: Mapping[str, Word]) -> Truth:
            return negate(premise.holds(self.on, *values(self.on, names, case, words, self.made)))

        return self._record(names, excluded)

    def _record(
        self,
        names: tuple[str, ...],
        truth: Callable[[Mapping[str, Any], Mapping[str, Word]], Truth],
    ) -> Statement:
        words = words_of(names)
        given = dict(zip(NAMES, self.tape.words(), strict=True))
        named = {word: given[word] for word in words}
        found: Truth = True
        for case in cases_of(self.on, names):
            found = both(found, truth(case, named))
        end = argument(found)
        if isinstance(end, bool):
            return Statement("", words, self.on.width, end)
        return self._written(end, words)

    def _written(self, claim: Argument, words: tuple[str, ...]) -> Statement:
        script, first = Script(self.on.width, NAMES), len(NAMES)
        done = len(self.lines)
        news = enumerate(tuple(self.tape.numbers)[done:], first + done)
        self.lines.extend(script.define(at, op) for at, op in news)
        places = tuple(at - first for at in self.tape.needed(claim) if at >= first)
        text = script.text(words, [self.lines[at] for at in places], script.denied(claim))
        return Statement(text, words, self.on.width, None, script.denied(claim), places)

    def together(self, statements: Sequence[Statement]) -> str:
        """Return one script that denies all of these statements of the pad, one a line."""
        places = sorted(set().union(*(one.lines for one in statements)))
        script = Script(self.on.width, NAMES)
        claims = [one.claim for one in statements]
        return script.text(NAMES, [self.lines[at] for at in places], *claims)


def holds(
    law: Law,
    on: Subject,
    case: Mapping[str, Any],
    words: Mapping[str, Word],
    made: dict[object, Word] | None = None,
) -> Truth:
    """Say whether a law holds in one case for these words, of any number system.

    ``made`` keeps what was made of the same words before.
    """
    promise = law.holds(on, *values(on, arguments_of(law.holds), case, words, made))
    if law.premise is None:
        return promise
    names = law.premise.arguments
    given = law.premise.holds(on, *values(on, names, case, words, made))
    return implies(given, promise)
