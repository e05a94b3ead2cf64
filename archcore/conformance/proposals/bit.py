"""The hint hooks of a marking: three ways to tell a hint from an entry without rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from attrs import frozen

from archcore.conformance.proposals.form import Telling
from archcore.words import bits, both, negate

if TYPE_CHECKING:
    from archcore.conformance.proposals.marking import Marking
    from archcore.hookspecs import Vma
    from archcore.words.types import Truth, Word


@frozen
class BitHint:
    """Hints that one bit marks, known by themselves.

    Disarming takes the bit from the protection of the VMA, where its ordinary value comes from.
    """

    telling: ClassVar[Telling] = Telling.ITSELF
    marking: Marking

    def mknuma(self, entry: Word) -> Word:
        """Mark the entry."""
        return self.marking.armed(entry)

    def mknonnuma(self, vma: Vma, entry: Word) -> Word:
        """Give the bit the VMA's value, and mark the page used."""
        value = bits(vma.vm_page_prot, self.marking.mark.mask)
        return self.marking.bare.mkyoung(self.marking.disarmed(entry, value))

    def numa(self, entry: Word) -> Truth:
        """Ask for the mark."""
        return self.marking.shows(entry)


@frozen
class HintNotNone(BitHint):
    """The same, told from an entry without rights by the format's own pte_protnone."""

    telling: ClassVar[Telling] = Telling.NOT_NONE

    def numa(self, entry: Word) -> Truth:
        """Ask for the mark, and that the entry does not look like one without rights."""
        return both(self.marking.shows(entry), negate(self.marking.bare.protnone(entry)))


@frozen
class HintInVma(BitHint):
    """The same, told from an entry without rights by its VMA."""

    telling: ClassVar[Telling] = Telling.VMA

    def numa(self, vma: Vma, entry: Word) -> Truth:  # type: ignore[override]
        """Ask for the mark, and that the VMA gives rights."""
        return both(self.marking.shows(entry), vma.accessible)


TELLINGS = (BitHint, HintNotNone, HintInVma)
"""How a hint is told from an entry without rights, the cheapest way first."""
