"""How one bit marks an entry as a hint: the words behind a hint, free of any hook.

Since the L1 terminal fault an entry that is not valid may store its frame otherwise than one that
is (Linux 4.18). Arming is therefore no plain change of bits: it makes the entry of the same frame
with changed flags, as pte_pfn and pfn_pte do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.words import Mask, both, clear, negate, with_bits
from archcore.words.mask import full

if TYPE_CHECKING:
    from archcore.conformance.proposals.flip import Flip
    from archcore.conformance.subject import Subject
    from archcore.entry import LevelHooks
    from archcore.words.types import Truth, Word


@frozen
class Marking:
    """The bit ``mark`` in entries that are not valid (``closing``), or with ``valid`` still are.

    ``bare`` are the helpers of the format without any hint, ``frame`` the bits that pfn_entry
    writes besides the flags. ``upper`` says that entries of the level may point to tables.
    """

    bare: LevelHooks = field(eq=False, repr=False)
    frame: Mask
    closing: Flip
    mark: Flip
    valid: bool = False
    upper: bool = False

    def armed(self, entry: Word) -> Word:
        """Return the entry of the same frame with the bit as a hint has it."""
        flags = clear(entry, self.frame)
        flags = flags if self.valid else self.closing.done(flags)
        return self._made(entry, self.mark.done(flags))

    def disarmed(self, entry: Word, value: Word) -> Word:
        """Return the valid entry of the same frame with this value of the bit."""
        flags = clear(entry, self.frame)
        flags = flags if self.valid else self.closing.undone(flags)
        return self._made(entry, with_bits(flags, self.mark.mask, value))

    def plain(self, entry: Word) -> Word:
        """Return the valid entry of the same frame with the bit as no hint has it."""
        return self.disarmed(entry, 0 if self.mark.sets else 1)

    def shows(self, entry: Word) -> Truth:
        """Say whether an entry is marked, rights of its VMA aside."""
        closed = self.closing.shows(entry)
        shown = both(self.mark.shows(entry), negate(closed) if self.valid else closed)
        return both(shown, self.bare.leaf(entry)) if self.valid and self.upper else shown

    def _made(self, entry: Word, flags: Word) -> Word:
        return self.bare.pfn_entry(self.bare.pfn(entry), flags)


def frame_of(bare: Subject, closing: Flip) -> Mask:
    """Return the bits of a level's entries that pfn_entry writes besides the flags it is given."""
    geometry = bare.target.geometry
    pages, inside = geometry.pa_bits - geometry.page_shift, bare.level.shift - geometry.page_shift
    written = 0
    for vma in bare.mappings:
        for flags in (vma.vm_page_prot, closing.done(vma.vm_page_prot)):
            for frame in (0, full(pages) & ~full(inside)):
                written |= bare.own.pfn_entry(frame, flags) ^ flags
    return Mask(written, bare.width)
