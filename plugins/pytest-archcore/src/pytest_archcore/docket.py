"""The docket of a run: which targets are held to which laws, what is claimed, who judges."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.conformance.claims import claimed, read
from archcore.conformance.subject import subject
from archcore.conformance.suite import Selection, cases, claims_of, resolved, untrue, with_claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from archcore.conformance.claims import Claim
    from archcore.conformance.judge import Judge
    from archcore.conformance.law import Law
    from archcore.conformance.verdict import Result
    from archcore.registry import Registry
    from archcore.target import Target


@frozen
class Case:
    """A law that is asked of a target at a level, and what is claimed about it."""

    law: Law
    target: Target
    level: str
    claim: Claim | None = None

    @property
    def name(self) -> str:
        """The name of the test, which stays the same from release to release."""
        return f"{self.law.name}[{self.target.id}-{self.level}]"

    @property
    def place(self) -> tuple[str, str]:
        """The target's id and the level."""
        return self.target.id, self.level


@frozen(eq=False, slots=False)
class Docket:
    """What a run of pytest was asked to hold; ``files`` bring claims besides the plugins' own."""

    registry: Registry
    targets: tuple[Target, ...]
    selection: Selection
    judge: Judge
    files: tuple[Path, ...] = ()
    own_claims: bool = True
    _held: dict[tuple[str, str, str], Result] = field(factory=dict, init=False)

    @cached_property
    def claims(self) -> Mapping[str, tuple[Claim, ...]]:
        """The claims by law.

        Raises InputError for a malformed file, and for a claim about no law or no target.
        """
        found = list(claims_of(self.registry, self.targets)) if self.own_claims else []
        for file in self.files:
            found += resolved(read(file, str(file)), str(file), self.registry.targets)
        return {
            law: tuple(one for one in found if one.law == law) for law in {one.law for one in found}
        }

    def cases(self) -> Iterator[Case]:
        """Yield what is held, target by target and level by level, in the order of the suite.

        Raises InputError as ``claims`` does.
        """
        for target in self.targets:
            for law, level in cases(target, self.selection):
                claims = self.claims.get(law.name, ())
                yield Case(law, target, level, claimed(claims, law.name, target.id, level))

    def hold(self, case: Case, along: Iterable[Law] = ()) -> Result:
        """Return how the target stands with the law, with the claim about it.

        Its formula is read together with those of the laws that come ``along``, which saves most of
        the time when these are asked of the same target and level next.

        Raises SolverError when a solver is missing.
        """
        if (*case.place, case.law.name) not in self._held:
            court = self.judge.court(subject(case.target, case.level))
            laws = tuple(dict.fromkeys((case.law, *along)))
            court.prepare(laws)
            self._held.update({(*case.place, law.name): court.hold(law) for law in laws})
        (held,) = with_claims([self._held[*case.place, case.law.name]], self._claim(case))
        return held

    def untrue(self, case: Case, result: Result) -> list[str]:
        """Return a sentence where the law holds and is claimed not to."""
        return untrue([result], self._claim(case))

    def _claim(self, case: Case) -> list[Claim]:
        return [] if case.claim is None else [case.claim]
