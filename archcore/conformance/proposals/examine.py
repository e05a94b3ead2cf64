"""Holding a candidate to every law: examples first, proofs for what they do not refute."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from archcore.conformance.capability import HINTS
from archcore.conformance.declare import law
from archcore.conformance.laws import LAWS
from archcore.conformance.proposals.candidate import unhinted
from archcore.conformance.proposals.costs import costs
from archcore.conformance.proposals.examples import Examples
from archcore.conformance.proposals.order import about_mprotect, about_swap, of_hints, of_the_rest, weight
from archcore.conformance.proposals.spy import spy_on
from archcore.conformance.proposals.verdict import Broken, Hearing, Standing, Verdict
from archcore.conformance.subject import subject
from archcore.conformance.verdict import Status
from archcore.words import both, same

if TYPE_CHECKING:
    from archcore.conformance.judge import Judge
    from archcore.conformance.law import Law
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.proposals.candidate import Candidate
    from archcore.conformance.proposals.forge import Forge
    from archcore.conformance.subject import Subject
    from archcore.conformance.verdict import Result
    from archcore.target import Target
    from archcore.words.types import Truth, Word

LAW = {one.name: one for one in LAWS}


@frozen(slots=False, eq=False)
class Yardstick:
    """A target that candidates are compared with: a law that it breaks kills none of them."""

    target: Target
    judge: Judge
    answers: dict[tuple[str, str], bool] = field(factory=dict)

    def breaks(self, law: Law, level: str) -> bool:
        """Say whether the target breaks a law at a level; what is not asked of it is not broken."""
        if (law.name, level) not in self.answers:
            on = subject(self.target, level)
            self.answers[law.name, level] = law.speaks_of(on) and self._refuted(law, on)
        return self.answers[law.name, level]

    def _refuted(self, law: Law, on: Subject) -> bool:
        if Examples(on).against(law) is not None:
            return True
        return self.judge.court(on).hold(law).status is Status.REFUTED


@frozen(slots=False, eq=False)
class Examiner:
    """Holds candidates for a target to the laws.

    A law about hints that the shipped encoding breaks, too, is a debt and no death; any other law
    kills only if the target without a hint keeps it.
    """

    forge: Forge
    judge: Judge

    @cached_property
    def shipped(self) -> Yardstick:
        """The target as it is."""
        return Yardstick(self.forge.target, self.judge)

    @cached_property
    def bare(self) -> Yardstick:
        """The target without any hint."""
        return Yardstick(unhinted(self.forge.target), self.judge)

    def verdict(self, candidate: Candidate) -> Verdict:
        """Return what is found out about a candidate."""
        found = Verdict(candidate, tuple(self._at(candidate.at(one)) for one in self.forge.levels))
        if found.standing is Standing.LEGAL:
            return self._priced(found)
        return evolve(found, mended=self._mended(found))

    def _at(self, on: Subject) -> Hearing:
        examples = Examples(on)
        tried = ((law, examples.against(law)) for law in of_hints(on))
        refuted = [(law, words) for law, words in tried if words is not None]
        deaths = [
            Broken(law.name, on.name, words)
            for law, words in refuted
            if not self._owed(law, on)
        ]
        debts = [law.name for law, _ in refuted if self._owed(law, on)]
        if deaths:
            return Hearing(on.name, tuple(deaths), tuple(debts))
        return self._proved(on, debts)

    def _proved(self, on: Subject, debts: list[str]) -> Hearing:
        spy, court = spy_on(on.target), self.judge.court(on)
        touched = (one for one in of_the_rest(on) if spy.touches(one, on.name))
        laws = (*of_hints(on), *touched)
        court.prepare(laws)
        results = [court.hold(one) for one in laws if one.name not in debts]
        refuted = [one for one in results if one.status is Status.REFUTED]
        owed = [one.law for one in refuted if self._owed(LAW[one.law], on)]
        hints = [name for name in owed if HINTS in LAW[name].needs]
        deaths = (_broken(one) for one in refuted if one.law not in owed)
        return Hearing(
            on.name,
            tuple(sorted(deaths, key=lambda one: weight(one.law))),
            (*debts, *hints),
            tuple(one.law for one in results if one.status is Status.UNDECIDED),
            sum(one.status is Status.PROVED for one in results),
        )

    def _owed(self, law: Law, on: Subject) -> bool:
        compared = self.shipped if HINTS in law.needs else self.bare
        return compared.breaks(law, on.name)

    def _priced(self, found: Verdict) -> Verdict:
        candidate = found.candidate
        courts = [self.judge.court(candidate.at(one)) for one in self.forge.levels]
        debts = len({name for one in found.hearings for name in one.debts})
        return evolve(found, costs=costs(candidate, courts, debts), shipped=self._as_shipped(candidate))

    def _mended(self, found: Verdict) -> Verdict | None:
        """Return the hint with what it lacks, if only swap entries and pte_modify stand in its way."""
        plan = found.candidate.plan
        broken = [LAW[one.law] for hearing in found.hearings for one in hearing.breaks]
        if plan is None or plan.mended or not broken:
            return None
        if not all(about_swap(one) or about_mprotect(one) for one in broken):
            return None
        again = self.verdict(
            self.forge.mended(
                found.candidate.name,
                plan,
                swap=any(map(about_swap, broken)),
                modify=any(map(about_mprotect, broken)),
            )
        )
        return again if again.standing is Standing.LEGAL else None

    def _as_shipped(self, candidate: Candidate) -> bool:
        """Say whether a candidate arms and disarms every page as the target itself does."""
        return all(
            self._alike(candidate.at(level), subject(self.forge.target, level))
            for level in self.forge.levels
        )

    def _alike(self, on: Subject, shipped: Subject) -> bool:
        if not HINTS.found(shipped):
            return False
        same_words = arms_as(shipped)
        if Examples(on).against(same_words) is not None:
            return False
        return self.judge.court(on).hold(same_words).status is Status.PROVED


def arms_as(other: Subject) -> Law:
    """Return the law that hints are those of another target of the same format."""

    @law("arms-as-shipped")
    def alike(on: Subject, vma: Mapping, made: Word) -> Truth:
        """Arming and disarming give the very words that the shipped encoding gives."""
        hint, same_hint = on.own.mknuma(vma, made), other.own.mknuma(vma, made)
        back, same_back = on.own.mknonnuma(vma, hint), other.own.mknonnuma(vma, same_hint)
        return both(same(hint, same_hint), same(back, same_back))

    return alike


def _broken(result: Result) -> Broken:
    words = result.counterexample.words if result.counterexample else {}
    return Broken(result.law, result.level, words, result.reason)
