"""What came out of holding a target to a law."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.conformance.claims import Claim


class Status(StrEnum):
    """How a law stands with a target at a level.

    ``SAMPLED`` held wherever it was tried. ``UNSUPPORTED`` and ``LATER`` are refuted, as the
    target's authors claim.
    """

    PROVED = "proved"
    SAMPLED = "sampled"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    UNSUPPORTED = "unsupported"
    LATER = "later"


@frozen
class Step:
    """One call that a law made: a helper of the target, or a question to its hardware."""

    call: str
    result: str
    meaning: str = ""


@frozen
class Counterexample:
    """Words for which a law fails: as few bits set as could be, in the first case that fails.

    ``word`` is the entry that it is about, ``words`` are the free words that the entry was made of.
    ``case`` says in words which VMA, access or count it was. ``steps`` are the entry and the calls
    that the law made, in order; ``reproduce`` is a command line that makes them again.
    """

    words: Mapping[str, int]
    case: Mapping[str, str]
    word: int = 0
    steps: tuple[Step, ...] = ()
    reproduce: str = ""


@frozen
class Result:
    """One law, one target, one level; ``tried`` counts attempts where nothing was proved.

    ``reason`` says why where no counterexample can: what a helper raised, which premise nothing
    satisfies, what a machine did, which solver was not done in time.
    """

    law: str
    target: str
    level: str
    status: Status
    method: str
    tried: int | None = None
    counterexample: Counterexample | None = None
    reason: str = ""
    claim: Claim | None = field(default=None)

    @property
    def failed(self) -> bool:
        """True when the law does not hold and nobody claimed so."""
        return self.status is Status.REFUTED and self.claim is None
