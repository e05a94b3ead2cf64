"""What was found out about candidates."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.conformance.proposals.order import weight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.conformance.proposals.costs import Costs
    from archcore.conformance.proposals.form import Form
    from archcore.target import Target


class Standing(StrEnum):
    """Whether a candidate may be used: proved to, refuted, or not known in time."""

    LEGAL = "legal"
    DEAD = "dead"
    UNDECIDED = "undecided"


@frozen
class Broken:
    """A law that a candidate breaks at a level, with words that show it."""

    law: str
    level: str
    words: Mapping[str, int] = field(factory=dict)
    reason: str = ""


@frozen
class Hearing:
    """A candidate at one level.

    ``breaks`` are the laws that kill it, the most telling first; of a dead one only those that an
    example refutes. ``debts`` are laws that it breaks as the shipped encoding does, ``open`` those
    that no solver decided. ``proved`` counts the laws that were proved.
    """

    level: str
    breaks: tuple[Broken, ...] = ()
    debts: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    proved: int = 0

    @property
    def standing(self) -> Standing:
        """Dead if a law breaks, undecided if one is open."""
        if self.breaks:
            return Standing.DEAD
        return Standing.UNDECIDED if self.open else Standing.LEGAL


@frozen
class Verdict:
    """A candidate at all levels that were asked.

    ``costs`` are there if it is legal. ``shipped`` says that it arms and disarms as the target
    does. ``mended`` is the same hint on a target that was changed for it, if that is legal.
    """

    form: Form
    hearings: tuple[Hearing, ...]
    costs: Costs | None = None
    shipped: bool = False
    mended: Verdict | None = None

    @property
    def standing(self) -> Standing:
        """The worst of all levels."""
        found = [one.standing for one in self.hearings]
        order = (Standing.DEAD, Standing.UNDECIDED, Standing.LEGAL)
        return next(one for one in order if one in found)

    @property
    def killer(self) -> Broken | None:
        """The most telling law that it breaks, at the lowest level that tells."""
        broken = [one for hearing in self.hearings for one in hearing.breaks]
        return min(broken, key=lambda one: weight(one.law), default=None)

    @property
    def kills(self) -> int:
        """How many laws break at any level."""
        return len({one.law for hearing in self.hearings for one in hearing.breaks})

    @property
    def legal_at(self) -> tuple[str, ...]:
        """The levels at which it is legal."""
        return tuple(one.level for one in self.hearings if one.standing is Standing.LEGAL)


@frozen(eq=False)
class Proposal:
    """All candidates for a target: legal ones first, cheapest first, then in the order tried.

    ``aside`` are the levels that were left out, each with the law that a target breaks there
    before any hint. ``targets`` are those of the legal candidates, by name.
    """

    target: Target
    levels: tuple[str, ...]
    aside: Mapping[str, str]
    verdicts: tuple[Verdict, ...]
    targets: Mapping[str, Target]

    def of(self, standing: Standing) -> tuple[Verdict, ...]:
        """Return the candidates of a standing."""
        return tuple(one for one in self.verdicts if one.standing is standing)
