"""Kernel helpers of the shared format that the engine never calls.

Sources: arch/powerpc/include/asm/book3s/64/pgtable.h, hash.h, radix.h and
arch/powerpc/include/asm/pgtable.h, Linux 6.1. A helper named ``NAME:after`` is the entry that the
kernel's NAME leaves in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import (
    bits,
    both,
    clear,
    either,
    has_all,
    has_none,
    negate,
    put,
    same,
    with_bits,
    xor,
)
from archcore_powerpc.layout import BYTES

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.layout import EntryLayout
    from archcore.words import Mask
    from archcore.words.types import Truth, Word

ORDER = tuple(BYTES.masks.values())


@frozen
class Stored:
    """Entries as memory holds them: big-endian under every kernel (pgtable-be-types.h)."""

    @helper("{level}_raw")
    def raw(self, entry: Word) -> Word:
        """Return what a little-endian CPU loads: the bytes in reverse."""
        word = with_bits(0, ORDER[-1], bits(entry, ORDER[0]))
        for source, place in zip(ORDER[1:], ORDER[-2::-1], strict=True):
            word = with_bits(word, place, bits(entry, source))
        return word


@frozen(kw_only=True)
class Pointed:
    """Helpers of PTEs that take a pointer; ``raised`` is what set_access_flags may set."""

    layout: EntryLayout
    raised: Mask

    @helper("pte_stored_bytes")
    def stored_bytes(self, entry: Word) -> Word:
        """Return the bytes in the order of memory, the first one highest."""
        return entry

    @helper("__set_pte_at:after")
    def set_at(self, entry: Word) -> Word:
        """Add PTE."""
        return put(entry, self.layout["PTE"])

    @helper("__ptep_set_access_flags:after")
    def set_access_flags(self, old: Word, entry: Word) -> Word:
        """Raise rights, ACCESSED, DIRTY and SOFT_DIRTY to those of the entry."""
        return put(old, clear(entry, ~self.raised))


@frozen(kw_only=True)
class Paused:
    """What ptep_modify_prot_start leaves behind (since Linux 5.0)."""

    layout: EntryLayout

    @helper("ptep_modify_prot_start:after")
    def modify_prot_started(self, entry: Word) -> Word:
        """Trade PRESENT for INVALID."""
        return put(clear(entry, self.layout["PRESENT"]), self.layout["INVALID"])


@frozen(kw_only=True)
class Asking:
    """Questions about PTEs that every era asks; ``frame`` is what pte_pgprot leaves out."""

    layout: EntryLayout
    frame: Mask

    @helper("pte_read")
    def read(self, entry: Word) -> Truth:
        """Read READ."""
        return has_all(entry, self.layout["READ"])

    @helper("pte_user")
    def user(self, entry: Word) -> Truth:
        """Ask for an entry that is not PRIVILEGED."""
        return has_none(entry, self.layout["PRIVILEGED"])

    @helper("pte_ci")
    def ci(self, entry: Word) -> Truth:
        """Ask for cache inhibition, which tolerant and non-idempotent memory have."""
        return has_all(entry, self.layout["NON_IDEMPOTENT"])

    @helper("check_pte_access")
    def check_access(self, access: Word, ptev: Word) -> Truth:
        """Ask for all of the access, and for the same privilege."""
        privilege = has_none(xor(access, ptev), self.layout["PRIVILEGED"])
        return both(same(put(ptev, access), ptev), privilege)

    @helper("pte_pgprot")
    def pgprot(self, entry: Word) -> Word:
        """Leave the frame out."""
        return clear(entry, self.frame)


@frozen(kw_only=True)
class Access:
    """Questions and changes of PTEs since Linux 4.20; ``live`` are the bits hardware asks for."""

    layout: EntryLayout
    live: Mask

    @helper("pte_hw_valid")
    def hw_valid(self, entry: Word) -> Truth:
        """Ask for a leaf that is PRESENT."""
        return has_all(entry, self.live)

    @helper("pte_exec")
    def executable(self, entry: Word) -> Truth:
        """Read EXEC."""
        return has_all(entry, self.layout["EXEC"])

    @helper("pte_mkexec")
    def mkexec(self, entry: Word) -> Word:
        """Set EXEC."""
        return put(entry, self.layout["EXEC"])

    @helper("pte_exprotect")
    def exprotect(self, entry: Word) -> Word:
        """Clear EXEC."""
        return clear(entry, self.layout["EXEC"])

    @helper("is_pte_rw_upgrade")
    def is_rw_upgrade(self, old: Word, new: Word) -> Truth:
        """Ask for a readable entry that becomes writable."""
        write = self.layout["WRITE"]
        readable = both(has_all(old, self.layout["READ"]), has_none(old, write))
        return both(readable, has_all(new, write))

    @helper("pte_access_permitted")
    def access_permitted(self, own: LevelHooks, entry: Word, write: Truth) -> Truth:
        """Ask for a present user page that may be read, and for a writable one before a store.

        Protection keys, which a task may change at any time, are not asked.
        """
        return both(_readable(own, self.layout, entry), either(negate(write), own.write(entry)))


@frozen(kw_only=True)
class HugeAccess:
    """Questions about PMDs since Linux 4.20."""

    layout: EntryLayout

    @helper("pmd_is_serializing")
    def is_serializing(self, entry: Word) -> Truth:
        """Ask for INVALID without PRESENT: a split or a flush is under way."""
        held = has_all(entry, self.layout["INVALID"])
        return both(held, has_none(entry, self.layout["PRESENT"]))

    @helper("pmd_access_permitted")
    def access_permitted(self, own: LevelHooks, entry: Word, write: Truth) -> Truth:
        """Ask as for a PTE, and refuse while serializing."""
        shown = both(has_all(entry, self.layout["PTE"]), negate(self.is_serializing(entry)))
        allowed = both(_readable(own, self.layout, entry), either(negate(write), own.write(entry)))
        return both(shown, allowed)


def _readable(own: LevelHooks, layout: EntryLayout, entry: Word) -> Truth:
    user = both(has_none(entry, layout["PRIVILEGED"]), has_all(entry, layout["READ"]))
    return both(own.present(entry), user)


@frozen(kw_only=True)
class Privilege:
    """Changing PRIVILEGED (until Linux 6.7)."""

    layout: EntryLayout

    @helper("pte_mkprivileged")
    def mkprivileged(self, entry: Word) -> Word:
        """Set PRIVILEGED."""
        return put(entry, self.layout["PRIVILEGED"])

    @helper("pte_mkuser")
    def mkuser(self, entry: Word) -> Word:
        """Clear PRIVILEGED."""
        return clear(entry, self.layout["PRIVILEGED"])


@frozen(kw_only=True)
class RealWrite:
    """The write permission that hardware sees, in the eras that save another (until 6.1)."""

    layout: EntryLayout

    @helper("__{level}_write")
    def real_write(self, entry: Word) -> Truth:
        """Read WRITE."""
        return has_all(entry, self.layout["WRITE"])


@frozen(kw_only=True)
class Large:
    """The older name of pmd_leaf (until Linux 6.9)."""

    @helper("{level}_large")
    def large(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for a leaf."""
        return own.leaf(entry)
