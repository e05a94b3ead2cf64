"""Write permission and dirtiness, which Linux 6.6 tied together.

A shadow stack is memory without RW whose entry is DIRTY. So that nothing else looks like one, an
entry that loses RW moves its dirtiness into SAVED_DIRTY and gets it back with RW. Sources: Linux
6.1 and 6.12.117, arch/x86/include/asm/pgtable.h; arch/x86/mm/pgtable.c for pte_mkwrite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import Mask, clear, either, has_all, has_any, put, where
from archcore_x86.layout import VMA

if TYPE_CHECKING:
    from archcore.hookspecs import Vma
    from archcore.layout import EntryLayout
    from archcore.words.types import Truth, Word

VM_SHADOW_STACK = VMA["SHADOW_STACK"].value


@frozen
class Writing:
    """RW and DIRTY, each on its own; ``dirties`` are the bits of a store (until Linux 6.5)."""

    layout: EntryLayout
    dirties: Mask

    def write(self, entry: Word) -> Truth:
        """Read RW, in a hint too."""
        return has_all(entry, self.layout["RW"])

    def mkwrite(self, entry: Word) -> Word:
        """Set RW."""
        return put(entry, self.layout["RW"])

    def wrprotect(self, entry: Word) -> Word:
        """Clear RW."""
        return clear(entry, self.layout["RW"])

    def dirty(self, entry: Word) -> Truth:
        """Read DIRTY."""
        return has_all(entry, self.layout["DIRTY"])

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY, and soft-dirty where the era has it."""
        return put(entry, self.dirties)

    def mkclean(self, entry: Word) -> Word:
        """Clear DIRTY."""
        return clear(entry, self.layout["DIRTY"])


@frozen
class SavedDirty:
    """Dirtiness moved between DIRTY and SAVED_DIRTY, as RW allows."""

    layout: EntryLayout

    @helper("{level}_mksaveddirty")
    def mksaveddirty(self, entry: Word) -> Word:
        """Save DIRTY in an entry without RW."""
        dirty, saved = self.layout["DIRTY"], self.layout["SAVED_DIRTY"]
        moved = where(has_all(entry, dirty), put(clear(entry, dirty), saved), entry)
        return where(has_all(entry, self.layout["RW"]), entry, moved)

    @helper("{level}_clear_saveddirty")
    def clear_saveddirty(self, entry: Word) -> Word:
        """Give DIRTY back to an entry with RW."""
        dirty, saved = self.layout["DIRTY"], self.layout["SAVED_DIRTY"]
        moved = where(has_all(entry, saved), put(clear(entry, saved), dirty), entry)
        return where(has_all(entry, self.layout["RW"]), moved, entry)


def settled(saved: SavedDirty | None, old: Word, new: Word) -> Word:
    """Return ``new``, made from ``old`` by another protection, with dirtiness in its place."""
    if saved is None:
        return new
    writable = has_all(old, saved.layout["RW"])
    return where(writable, saved.mksaveddirty(new), saved.clear_saveddirty(new))


@frozen
class ShadowWriting:
    """RW and dirtiness on a CPU with shadow stacks (since Linux 6.6).

    An entry with all of ``shadow`` and without RW is a shadow stack, which counts as writable;
    PUDs have none.
    """

    layout: EntryLayout
    dirties: Mask
    saved: SavedDirty
    shadow: Mask | None

    def write(self, entry: Word) -> Truth:
        """Read RW, or recognise a shadow stack."""
        writable = has_all(entry, self.layout["RW"])
        return writable if self.shadow is None else either(writable, has_all(entry, self.shadow))

    def mkwrite(self, entry: Word, vma: Vma) -> Word:
        """Set RW and get dirtiness back; in a shadow-stack VMA make a shadow stack instead."""
        if self.shadow is not None and vma is not None and vma.vm_flags & VM_SHADOW_STACK:
            return self.mkwrite_shstk(entry)
        return self.saved.clear_saveddirty(self.mkwrite_novma(entry))

    @helper("{level}_mkwrite_novma")
    def mkwrite_novma(self, entry: Word) -> Word:
        """Set RW alone."""
        return put(entry, self.layout["RW"])

    @helper("{level}_mkwrite_shstk")
    def mkwrite_shstk(self, entry: Word) -> Word:
        """Clear RW, set DIRTY."""
        return put(clear(entry, self.layout["RW"]), self.layout["DIRTY"])

    def wrprotect(self, entry: Word) -> Word:
        """Clear RW and save dirtiness."""
        return self.saved.mksaveddirty(clear(entry, self.layout["RW"]))

    def dirty(self, entry: Word) -> Truth:
        """Read DIRTY and SAVED_DIRTY."""
        return has_any(entry, self.layout.mask("DIRTY", "SAVED_DIRTY"))

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY and soft-dirty, then save dirtiness if RW is clear."""
        return self.saved.mksaveddirty(put(entry, self.dirties))

    def mkclean(self, entry: Word) -> Word:
        """Clear DIRTY and SAVED_DIRTY."""
        return clear(entry, self.layout.mask("DIRTY", "SAVED_DIRTY"))
