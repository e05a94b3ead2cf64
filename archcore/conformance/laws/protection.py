"""Changing the protection of an entry: what belongs to the page stays, the rest is the VMA's.

Laws (b) and (c) that mm/debug_vm_pgtable.c lacks; rows 19 to 21 of it as of Linux 6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.conformance.capability import (
    DEVMAP,
    HUGE,
    KEYS,
    LEAVES,
    MEMORY_TYPES,
    PROTNONE,
    SOFT_DIRTY,
    SPECIAL,
    TYPED,
    UFFD_WP,
)
from archcore.conformance.declare import law
from archcore.conformance.made import fresh
from archcore.conformance.premises import OPEN
from archcore.conformance.terms import alike, every, opens_alike, shut
from archcore.hookspecs import LEVELS
from archcore.hw.mmu import Access
from archcore.predicates import KEY
from archcore.words import Mask, bits, both, implies, negate, same, with_bits

if TYPE_CHECKING:
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word


@law("modify-remakes", LEAVES)
def modify_remakes(on: Subject, vma: Mapping, mapping: Mapping, frame: Word) -> Truth:
    """A fresh entry given another protection is the fresh entry of that protection."""
    changed = on.own.modify(fresh(on, frame, vma.vm_page_prot), mapping.vm_page_prot)
    return same(changed, fresh(on, frame, mapping.vm_page_prot))


@law("modify-undoes-none", LEAVES)
def modify_undoes_none(on: Subject, vma: Mapping, made: Word, none: Mapping) -> Truth:
    """Taking all rights and giving them back is the same as leaving them."""
    closed = on.own.modify(made, none.vm_page_prot)
    twice = on.own.modify(closed, vma.vm_page_prot)
    return on.own.same(twice, on.own.modify(made, vma.vm_page_prot))


@law("modify-keeps-frame", LEAVES, given=OPEN)
def modify_keeps_frame(on: Subject, entry: Word, mapping: Mapping) -> Truth:
    """An entry keeps its frame when its protection changes."""
    return same(on.own.pfn(on.own.modify(entry, mapping.vm_page_prot)), on.own.pfn(entry))


@law("modify-keeps-young", LEAVES)
def modify_keeps_young(on: Subject, made: Word, mapping: Mapping) -> Truth:
    """A used page stays marked used when its protection changes."""
    changed = on.own.modify(made, mapping.vm_page_prot)
    return implies(on.own.young(made), on.own.young(changed))


@law("modify-keeps-old", LEAVES)
def modify_keeps_old(on: Subject, made: Word, mapping: Mapping) -> Truth:
    """An unused page is not marked used because its protection changes."""
    changed = on.own.modify(made, mapping.vm_page_prot)
    return implies(on.own.young(changed), on.own.young(made))


@law("modify-keeps-dirty", LEAVES)
def modify_keeps_dirty(on: Subject, made: Word, mapping: Mapping) -> Truth:
    """A page is as dirty after its protection changed as it was before."""
    return alike(on.own.dirty(on.own.modify(made, mapping.vm_page_prot)), on.own.dirty(made))


@law("modify-keeps-soft-dirty", LEAVES, SOFT_DIRTY)
def modify_keeps_soft_dirty(on: Subject, made: Word, mapping: Mapping) -> Truth:
    """Soft-dirty stays as it is when the protection changes."""
    changed = on.own.modify(made, mapping.vm_page_prot)
    return alike(on.own.soft_dirty(changed), on.own.soft_dirty(made))


@law("modify-keeps-uffd-wp", LEAVES, UFFD_WP)
def modify_keeps_uffd_wp(on: Subject, made: Word, mapping: Mapping) -> Truth:
    """Write protection by userfaultfd stays as it is when the protection changes."""
    changed = on.own.modify(made, mapping.vm_page_prot)
    return alike(on.own.uffd_wp(changed), on.own.uffd_wp(made))


@law("modify-keeps-special", LEAVES, SPECIAL)
def modify_keeps_special(on: Subject, made: Word, mapping: Mapping) -> Truth:
    """A special mapping stays special, and another does not become it, by a protection."""
    special = on.own.modify(on.own.mkspecial(made), mapping.vm_page_prot)
    plain = on.own.modify(made, mapping.vm_page_prot)
    return both(on.own.special(special), alike(on.own.special(plain), on.own.special(made)))


@law("modify-keeps-devmap", LEAVES, DEVMAP)
def modify_keeps_devmap(on: Subject, made: Word, mapping: Mapping) -> Truth:
    """Device memory stays marked when its protection changes."""
    marked = on.own.mkdevmap(made)
    changed = on.own.modify(marked, mapping.vm_page_prot)
    return alike(on.own.devmap(changed), on.own.devmap(marked))


@law("modify-keeps-huge", LEAVES, HUGE)
def modify_keeps_huge(on: Subject, made: Word, mapping: Mapping) -> Truth:
    """A huge page stays one when its protection changes."""
    changed = on.own.modify(made, mapping.vm_page_prot)
    leaf = alike(on.own.leaf(changed), on.own.leaf(made))
    return both(leaf, alike(on.own.trans_huge(changed), on.own.trans_huge(made)))


@law("modify-settles-dirtiness", LEAVES)
def modify_settles_dirtiness(on: Subject, made: Word, mapping: Mapping) -> Truth:
    """A dirty page that becomes open to stores is dirty to the hardware, too (3c0696076aad)."""
    changed = on.own.modify(made, mapping.vm_page_prot)
    if not on.target.mmu.sets_dirty:
        return True
    dirty = both(on.own.dirty(changed), on.hw_allows(changed, Access.WRITE))
    return implies(dirty, on.hw_dirty(changed))


@law("modify-takes-the-key", LEAVES, KEYS)
def modify_takes_the_key(on: Subject, vma: Mapping, made: Word, other: Word) -> Truth:
    """The protection key is that of the new protection."""
    key = key_of(on)
    keyed = with_bits(vma.vm_page_prot, key, other)
    return same(bits(on.own.modify(made, keyed), key), bits(other, _lowest(key, on.width)))


@law("mprotect-keeps-the-memory-type", LEAVES, source="pgprot_modify, include/linux/pgtable.h")
def mprotect_keeps_the_memory_type(
    on: Subject, vma: Mapping, mapping: Mapping, frame: Word
) -> Truth:
    """Memory that is mapped uncached, or with combined writes, stays so when its rights change."""
    own: Any = on.own
    found = []
    for typed in (own.pgprot_noncached, own.pgprot_writecombine):
        entry, wanted = fresh(on, frame, typed(vma.vm_page_prot)), typed(mapping.vm_page_prot)
        newprot = own.pgprot_modify(typed(vma.vm_page_prot), mapping.vm_page_prot)
        found.append(same(own.modify(entry, newprot), fresh(on, frame, wanted)))
    return every(found)


@law("memory-type-is-told", LEAVES, TYPED, levels=LEVELS[:1], source="drivers/char/mem.c")
def memory_type_is_told(on: Subject, vma: Mapping, frame: Word) -> Truth:
    """Memory of another type has another protection, and the same rights to its data."""
    plain = vma.vm_page_prot
    found = []
    for name in filter(on.brings, MEMORY_TYPES):
        typed = getattr(on.own, name)
        asked = typed(plain)
        page, other = fresh(on, frame, plain), fresh(on, frame, asked)
        found += [negate(same(asked, plain)), same(typed(asked), asked)]
        # Some architectures never execute what is not ordinary memory.
        found.append(opens_alike(on, page, other, (Access.EXECUTE,)))
    return every(found)


@law("none-is-shut", LEAVES)
def none_is_shut(on: Subject, made: Word, none: Mapping) -> Truth:
    """Without rights the hardware refuses everything."""
    return shut(on, on.own.modify(made, none.vm_page_prot))


@law("none-is-present", LEAVES)
def none_is_present(on: Subject, made: Word, none: Mapping) -> Truth:
    """Without rights a page is still mapped to the kernel: present and not empty."""
    closed = on.own.modify(made, none.vm_page_prot)
    return both(on.own.present(closed), negate(on.own.none(closed)))


@law("page-none-is-shut", LEAVES, levels=LEVELS[:2])
def page_none_is_shut(on: Subject, made: Word) -> Truth:
    """With the protection PAGE_NONE a page is mapped to the kernel, and to nobody else."""
    closed = on.own.modify(made, on.own.page_none())
    return every((shut(on, closed), on.own.present(closed), negate(on.own.none(closed))))


@law(
    "none-is-protnone",
    *(LEAVES, PROTNONE),
    kernels=(None, "v6.19"),
    source="mm/debug_vm_pgtable.c, Linux 6.1; include/linux/pgtable.h, Linux 7.0",
    leaves_open="since Linux 7.0 either answer is right in a VMA without rights",
)
def none_is_protnone(on: Subject, made: Word, none: Mapping) -> Truth:
    """An entry without rights is told by itself."""
    return on.own.protnone(on.own.modify(made, none.vm_page_prot))


@law("page-is-not-protnone", LEAVES, PROTNONE)
def page_is_not_protnone(on: Subject, made: Word) -> Truth:
    """An entry with rights is not taken for one without."""
    return negate(on.own.protnone(made))


def key_of(on: Subject) -> Mask:
    """Return the bits of the protection key."""
    named = next(one for one in on.level.layout.fields if KEY in one.note)
    return on.level.layout[named.name]


def _lowest(key: Mask, width: int) -> Mask:
    return Mask(key.value >> key.shift, width)
