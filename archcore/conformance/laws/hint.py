"""The NUMA hint: what arming keeps of an entry, and what the hardware makes of it.

Laws (d) and (k) that mm/debug_vm_pgtable.c lacks, and its row 16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import (
    DEVMAP,
    HINTS,
    HUGE,
    KEYS,
    LEAVES,
    SOFT_DIRTY,
    SPECIAL,
    UFFD_WP,
)
from archcore.conformance.declare import law
from archcore.conformance.laws.protection import key_of
from archcore.conformance.made import fresh
from archcore.conformance.mapping import Mapping
from archcore.conformance.subject import depends
from archcore.conformance.terms import alike, differs_within, shut
from archcore.encoding import Write
from archcore.hw.mmu import Access
from archcore.words import (
    bits,
    both,
    clear,
    has_none,
    implies,
    negate,
    put,
    same,
    with_bits,
)

if TYPE_CHECKING:
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word


@law("hint-is-hint", LEAVES, HINTS)
def hint_is_hint(on: Subject, vma: Mapping, made: Word) -> Truth:
    """An armed entry is recognised as a hint."""
    return on.own.numa(vma, on.own.mknuma(vma, made))


@law("page-is-no-hint", LEAVES, HINTS)
def page_is_no_hint(on: Subject, vma: Mapping, made: Word) -> Truth:
    """An ordinary entry is not taken for a hint."""
    return negate(on.own.numa(vma, made))


@law("genuine-none-is-no-hint", LEAVES, HINTS, kernels=("v4.4", None), source="38e088546522")
def genuine_none_is_no_hint(on: Subject, made: Word, none: Mapping) -> Truth:
    """In a VMA without rights an entry that mprotect closed is not taken for a hint."""
    return negate(on.own.numa(none, on.own.modify(made, none.vm_page_prot)))


@law("hint-is-shut", LEAVES, HINTS)
def hint_is_shut(on: Subject, vma: Mapping, made: Word) -> Truth:
    """The hardware refuses every access through a hint: read, write and execute."""
    return shut(on, on.own.mknuma(vma, made))


@law("hint-is-present", LEAVES, HINTS)
def hint_is_present(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint is present to the kernel, and not empty."""
    hint = on.own.mknuma(vma, made)
    return both(on.own.present(hint), negate(on.own.none(hint)))


@law("hint-keeps-frame", LEAVES, HINTS)
def hint_keeps_frame(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint names the frame that the entry named."""
    return same(on.own.pfn(on.own.mknuma(vma, made)), on.own.pfn(made))


@law("hint-keeps-dirty", LEAVES, HINTS)
def hint_keeps_dirty(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint is as dirty as the entry was, and so is the entry that comes back."""
    hint = on.own.mknuma(vma, made)
    back = on.own.mknonnuma(vma, hint)
    dirty = on.own.dirty(made)
    return both(alike(on.own.dirty(hint), dirty), alike(on.own.dirty(back), dirty))


@law("hint-keeps-young", LEAVES, HINTS)
def hint_keeps_young(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A used page is still marked used as a hint, and when it comes back."""
    hint = on.own.mknuma(vma, made)
    back, young = on.own.mknonnuma(vma, hint), on.own.young(made)
    return both(implies(young, on.own.young(hint)), implies(young, on.own.young(back)))


@law("hint-keeps-old", LEAVES, HINTS)
def hint_keeps_old(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Arming does not mark an unused page used."""
    return implies(on.own.young(on.own.mknuma(vma, made)), on.own.young(made))


@law("hint-keeps-write", LEAVES, HINTS)
def hint_keeps_write(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Write permission comes back, where the encoding does not leave that to the engine."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    if on.write_policy is Write.LOST:
        return implies(vma.grants_write, on.own.write(back))
    return implies(on.own.write(made), on.own.write(back))


@law("hint-grants-no-write", LEAVES, HINTS, source="9d85d5863fa4, 51d3d5eb74ff")
def hint_grants_no_write(on: Subject, vma: Mapping, made: Word) -> Truth:
    """No entry comes back writable that was not."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    stores = implies(on.hw_allows(back, Access.WRITE), on.own.write(made))
    return both(implies(on.own.write(back), on.own.write(made)), stores)


@law("hint-keeps-soft-dirty", LEAVES, HINTS, SOFT_DIRTY)
def hint_keeps_soft_dirty(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Soft-dirty is the same in a hint and in the entry that comes back."""
    hint = on.own.mknuma(vma, made)
    back, soft = on.own.mknonnuma(vma, hint), on.own.soft_dirty(made)
    return both(alike(on.own.soft_dirty(hint), soft), alike(on.own.soft_dirty(back), soft))


@law("hint-keeps-uffd-wp", LEAVES, HINTS, UFFD_WP)
def hint_keeps_uffd_wp(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Write protection by userfaultfd is the same in a hint and in the entry that comes back."""
    hint = on.own.mknuma(vma, made)
    back, watched = on.own.mknonnuma(vma, hint), on.own.uffd_wp(made)
    return both(alike(on.own.uffd_wp(hint), watched), alike(on.own.uffd_wp(back), watched))


@law("hint-keeps-special", LEAVES, HINTS, SPECIAL, source="b38af4721f59")
def hint_keeps_special(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A special mapping stays special as a hint and after, and no hint makes one."""
    marked = on.own.mkspecial(made)
    return both(_keeps(on, vma, marked, "special"), _keeps(on, vma, made, "special"))


@law("hint-keeps-devmap", LEAVES, HINTS, DEVMAP)
def hint_keeps_devmap(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Device memory stays marked as a hint and after, and no hint marks any."""
    marked = on.own.mkdevmap(made)
    return both(_keeps(on, vma, marked, "devmap"), _keeps(on, vma, made, "devmap"))


@law("hint-keeps-huge", LEAVES, HINTS, HUGE)
def hint_keeps_huge(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A huge page stays one as a hint and after."""
    return both(_keeps(on, vma, made, "leaf"), _keeps(on, vma, made, "trans_huge"))


@law("hint-restores-the-key", LEAVES, HINTS, KEYS)
def hint_restores_the_key(on: Subject, vma: Mapping, frame: Word, other: Word) -> Truth:
    """The protection key of the VMA is there again after disarming."""
    key = key_of(on)
    keyed = Mapping(vma.vm_flags, with_bits(vma.vm_page_prot, key, other), vma.notify)
    entry = fresh(on, frame, keyed.vm_page_prot)
    back = on.own.mknonnuma(keyed, on.own.mknuma(keyed, entry))
    return same(bits(back, key), bits(entry, key))


@law("hint-uses-named-bits", LEAVES, HINTS)
def hint_uses_named_bits(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint sets no bit that the layout has no name for."""
    hint = on.own.mknuma(vma, made)
    return has_none(hint, ~on.level.layout.mask(*on.level.layout.masks))


@law("hint-keeps-what-same-overlooks", LEAVES, HINTS, source="56eecdb912b5, cee216a696b2")
def hint_keeps_what_same_overlooks(on: Subject, vma: Mapping, made: Word, other: Word) -> Truth:
    """What others keep in an entry, so that same overlooks it, arming and disarming leave alone."""
    theirs = ~depends(lambda entry: on.own.same(entry, 0), on.width)
    entry = put(made, clear(other, ~theirs))
    hint = on.own.mknuma(vma, entry)
    back = on.own.mknonnuma(vma, hint)
    return both(differs_within(hint, entry, ~theirs), differs_within(back, entry, ~theirs))


def _keeps(on: Subject, vma: Mapping, entry: Word, helper: str) -> Truth:
    asked = getattr(on.own, helper)
    hint = on.own.mknuma(vma, entry)
    back, before = on.own.mknonnuma(vma, hint), asked(entry)
    return both(alike(asked(hint), before), alike(asked(back), before))
