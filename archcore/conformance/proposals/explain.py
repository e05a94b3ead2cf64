"""One candidate told in full: every law that it has a part in, with what breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.conformance.proposals.examine import LAW
from archcore.conformance.proposals.order import weight
from archcore.conformance.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.conformance.proposals.search import Search
    from archcore.conformance.proposals.verdict import Verdict
    from archcore.conformance.verdict import Result
    from archcore.target import Target


@frozen(eq=False)
class Explanation:
    """A candidate for ``shipped``, built as ``target``: its verdict, and each law by proof.

    ``owed`` are the results that kill nobody, because the shipped target breaks the same law.
    """

    shipped: Target
    target: Target
    levels: tuple[str, ...]
    aside: Mapping[str, str]
    verdict: Verdict
    results: tuple[Result, ...]
    owed: tuple[Result, ...]

    @property
    def refuted(self) -> tuple[Result, ...]:
        """The laws that kill it, the most telling first, at the lowest level first."""
        found = [one for one in self.results if one.status is Status.REFUTED]
        alive = [one for one in found if one not in self.owed]
        return tuple(sorted(alive, key=lambda one: weight(one.law)))

    @property
    def undecided(self) -> tuple[Result, ...]:
        """The laws that no solver decided in time."""
        return tuple(one for one in self.results if one.status is Status.UNDECIDED)


def explain(search: Search, name: str) -> Explanation:
    """Return everything about one candidate; raises UnknownNameError for a name not searched."""
    examiner, candidate = search.examiner, search.candidate(name)
    results = []
    for level in examiner.forge.levels:
        court = examiner.judge.court(candidate.at(level))
        laws = examiner.laws(court.on)
        court.prepare(laws)
        results += [court.hold(one) for one in laws]
    refuted = (one for one in results if one.status is Status.REFUTED)
    return Explanation(
        examiner.forge.target,
        candidate.target,
        examiner.forge.levels,
        search.aside,
        examiner.verdict(candidate),
        tuple(results),
        tuple(one for one in refuted if examiner.owed(LAW[one.law], one.level)),
    )
