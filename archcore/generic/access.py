"""Fallbacks of helpers that the engine never calls: permissions, and helpers that take a pointer.

A helper of the kernel that changes an entry in place is two functions here: ``NAME`` is what it
returns (of one that returns nothing, the entry it leaves behind), ``NAME:after`` the entry it
leaves behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.entry import helper
from archcore.specimens import VmaView
from archcore.vmflags import VM_READ, VM_WRITE
from archcore.words import Mask, both, either, has_all, negate, put, where, xor

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.words.types import Truth, Word


@frozen
class AnyAccess:
    """What every level has (include/linux/pgtable.h of Linux 6.1)."""

    @helper("{level}_access_permitted")
    def access_permitted(self, own: LevelHooks, entry: Word, write: Truth) -> Truth:
        """Ask for a present entry, and for a writable one before a store."""
        return both(own.present(entry), either(negate(write), own.write(entry)))

    @helper("{level}p_set_wrprotect")
    def set_wrprotect(self, own: LevelHooks, entry: Word) -> Word:
        """Leave the entry without write permission behind."""
        return own.wrprotect(entry)

    @helper("{level}p_test_and_clear_young")
    def test_and_clear_young(self, own: LevelHooks, entry: Word) -> Truth:
        """Say whether the page was used."""
        return own.young(entry)

    @helper("{level}p_test_and_clear_young:after")
    def not_young(self, own: LevelHooks, entry: Word) -> Word:
        """Leave the entry marked not used behind, if it was marked used."""
        return where(own.young(entry), own.mkold(entry), entry)

    @helper("{level}p_set_access_flags")
    def set_access_flags(self, own: LevelHooks, old: Word, entry: Word, dirty: Truth) -> Truth:  # noqa: ARG002 - the kernel's arguments
        """Say whether the entry differs (mm/pgtable-generic.c)."""
        return negate(own.same(old, entry))

    @helper("{level}p_set_access_flags:after")
    def access_flags(self, own: LevelHooks, old: Word, entry: Word, dirty: Truth) -> Word:  # noqa: ARG002 - the kernel's arguments
        """Leave the new entry behind, if it differs."""
        return where(own.same(old, entry), old, entry)


@frozen
class PteAccess:
    """What only the lowest level has; ``width`` is that of entries and of VMA flags.

    ``empty`` is what the level calls empty.
    """

    width: int
    empty: int = 0
    writes: Mask = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Make the mask of VM_WRITE once."""
        object.__setattr__(self, "writes", Mask(int(VM_WRITE), self.width))

    @helper("maybe_mkwrite")
    def maybe_mkwrite(self, own: LevelHooks, entry: Word, vm_flags: Word) -> Word:
        """Give write permission if the VMA does (include/linux/mm.h)."""
        writable = VM_READ | VM_WRITE
        vma = VmaView(writable, own.vm_get_page_prot(writable))
        return where(has_all(vm_flags, self.writes), own.mkwrite(entry, vma), entry)

    @helper("arch_make_huge_pte")
    def make_huge(self, own: LevelHooks, entry: Word, shift: Word) -> Word:  # noqa: ARG002 - kernel's
        """Mark the entry huge, whatever its size (include/linux/hugetlb.h)."""
        return own.mkhuge(entry)

    @helper("ptep_get_and_clear")
    def get_and_clear(self, entry: Word) -> Word:
        """Return the entry."""
        return entry

    @helper("ptep_get_and_clear:after")
    def cleared(self, entry: Word) -> Word:
        """Leave what the level calls empty behind."""
        return put(xor(entry, entry), Mask(self.empty, self.width))

    @helper("ptep_modify_prot_start")
    def modify_prot_start(self, own: LevelHooks, entry: Word) -> Word:
        """Take the entry out as ptep_get_and_clear does."""
        return own.ptep_get_and_clear(entry)

    @helper("ptep_modify_prot_start:after")
    def modify_prot_started(self, own: LevelHooks, entry: Word) -> Word:
        """Leave behind what ptep_get_and_clear does."""
        return getattr(own, "ptep_get_and_clear:after")(entry)


@frozen
class PmdAccess:
    """What only the level of huge pages has (mm/pgtable-generic.c)."""

    @helper("pmdp_invalidate:after")
    def invalidated(self, own: LevelHooks, entry: Word) -> Word:
        """Leave the entry closed to hardware behind."""
        return own.mkinvalid(entry)
