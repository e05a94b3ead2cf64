"""What candidates are compared with: a law that the yardstick breaks kills none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.conformance.proposals.examples import Examples
from archcore.conformance.subject import subject
from archcore.conformance.verdict import Status

if TYPE_CHECKING:
    from archcore.conformance.judge import Judge
    from archcore.conformance.law import Law
    from archcore.target import Target


@frozen(eq=False)
class Yardstick:
    """A target and the laws that it was found to break or to keep, so far."""

    target: Target
    judge: Judge
    answers: dict[tuple[str, str], bool] = field(factory=dict)

    def breaks(self, law: Law, level: str) -> bool:
        """Say whether the target breaks a law at a level; what is not asked of it is not broken."""
        if (law.name, level) not in self.answers:
            self.answers[law.name, level] = self._breaks(law, level)
        return self.answers[law.name, level]

    def _breaks(self, law: Law, level: str) -> bool:
        on = subject(self.target, level)
        if not law.speaks_of(on):
            return False
        if Examples(on).against(law) is not None:
            return True
        return self.judge.court(on).hold(law).status is Status.REFUTED
