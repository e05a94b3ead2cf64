"""Holding a candidate to every law: examples first, proofs for what they do not refute."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from archcore.conformance.capability import HINTS
from archcore.conformance.laws import LAWS
from archcore.conformance.proposals.candidate import unhinted
from archcore.conformance.proposals.costs import costs
from archcore.conformance.proposals.examples import Examples
from archcore.conformance.proposals.likeness import arms_alike
from archcore.conformance.proposals.order import (
    about_mprotect,
    about_swap,
    of_hints,
    of_the_rest,
    weight,
)
from archcore.conformance.proposals.spy import Spies
from archcore.conformance.proposals.verdict import Broken, Hearing, Standing, Verdict
from archcore.conformance.proposals.yardstick import Yardstick
from archcore.conformance.verdict import Status

if TYPE_CHECKING:
    from archcore.conformance.judge import Court, Judge
    from archcore.conformance.law import Law
    from archcore.conformance.proposals.candidate import Candidate
    from archcore.conformance.proposals.forge import Forge
    from archcore.conformance.subject import Subject
    from archcore.conformance.verdict import Result

LAW = {one.name: one for one in LAWS}


@frozen(slots=False, eq=False)
class Examiner:
    """Holds candidates for a target to the laws.

    A law about hints that the shipped encoding breaks, too, is a debt and no death; any other law
    kills only if the target without a hint keeps it.
    """

    forge: Forge
    spies: Spies = field(factory=Spies)

    @property
    def judge(self) -> Judge:
        """The judge of the forge."""
        return self.forge.judge

    @cached_property
    def shipped(self) -> Yardstick:
        """The target as it is."""
        return Yardstick(self.forge.target, self.judge)

    @cached_property
    def bare(self) -> Yardstick:
        """The target without any hint."""
        return Yardstick(unhinted(self.forge.target), self.judge)

    # -- one candidate ----------------------------------------------------------------------------

    def verdict(self, candidate: Candidate) -> Verdict:
        """Return what is found out about a candidate."""
        courts = [self.judge.court(candidate.at(one)) for one in self.forge.levels]
        found = Verdict(candidate.form, tuple(map(self._heard, courts)))
        if found.standing is not Standing.LEGAL:
            return evolve(found, mended=self._mended(candidate, found))
        debts = len({name for one in found.hearings for name in one.debts})
        shipped = all(arms_alike(court, self.forge.target) for court in courts)
        return evolve(found, costs=costs(candidate, courts, debts), shipped=shipped)

    def laws(self, on: Subject) -> tuple[Law, ...]:
        """Return the laws that the encoding of a candidate has a part in, most telling first."""
        touched = (one for one in of_the_rest(on) if self.spies.touches(on.target, one, on.name))
        return (*of_hints(on), *touched)

    def owed(self, law: Law, level: str) -> bool:
        """Say whether breaking a law kills nobody, because the target breaks it anyway."""
        compared = self.shipped if HINTS in law.needs else self.bare
        return compared.breaks(law, level)

    # -- one level --------------------------------------------------------------------------------

    def _heard(self, court: Court) -> Hearing:
        on, examples = court.on, Examples(court.on)
        tried = ((law, examples.against(law)) for law in of_hints(on))
        refuted = [(law, words) for law, words in tried if words is not None]
        debts = tuple(law.name for law, _ in refuted if self.owed(law, on.name))
        deaths = (
            Broken(law.name, on.name, words) for law, words in refuted if law.name not in debts
        )
        found = Hearing(on.name, tuple(deaths), debts)
        return found if found.breaks else self._proved(court, debts)

    def _proved(self, court: Court, debts: tuple[str, ...]) -> Hearing:
        laws = [one for one in self.laws(court.on) if one.name not in debts]
        court.prepare(laws)
        results = [court.hold(one) for one in laws]
        refuted = [one for one in results if one.status is Status.REFUTED]
        owed = [one.law for one in refuted if self.owed(LAW[one.law], court.on.name)]
        deaths = (_broken(one) for one in refuted if one.law not in owed)
        return Hearing(
            court.on.name,
            tuple(sorted(deaths, key=lambda one: weight(one.law))),
            (*debts, *(name for name in owed if HINTS in LAW[name].needs)),
            tuple(one.law for one in results if one.status is Status.UNDECIDED),
            sum(one.status is Status.PROVED for one in results),
        )

    # -- what it would take -----------------------------------------------------------------------

    def _mended(self, candidate: Candidate, found: Verdict) -> Verdict | None:
        """Return the hint with what it lacks, if only swap and pte_modify stand in its way."""
        broken = [LAW[one.law] for hearing in found.hearings for one in hearing.breaks]
        if candidate.plan is None or candidate.plan.mended or not broken:
            return None
        if not all(about_swap(one) or about_mprotect(one) for one in broken):
            return None
        swap, modify = any(map(about_swap, broken)), any(map(about_mprotect, broken))
        again = self.verdict(
            self.forge.mended(candidate.form.name, candidate.plan, swap=swap, modify=modify)
        )
        return again if again.standing is Standing.LEGAL else None


def _broken(result: Result) -> Broken:
    words = result.counterexample.words if result.counterexample else {}
    return Broken(result.law, result.level, words, result.reason)
