"""The NUMA hint: what arming keeps, what the hardware makes of it, what disarming gives back.

Laws (a), (d), (f), (j) and (k) that mm/debug_vm_pgtable.c lacks, and its row 16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import (
    ADVANCE,
    DEVMAP,
    HINTS,
    HUGE,
    KEYS,
    LEAVES,
    SAVEDWRITE,
    SOFT_DIRTY,
    SPECIAL,
    UFFD_WP,
)
from archcore.conformance.declare import law
from archcore.conformance.laws.protection import key_of
from archcore.conformance.made import fresh
from archcore.conformance.mapping import Mapping
from archcore.conformance.subject import depends
from archcore.conformance.terms import (
    advances,
    alike,
    differs_within,
    every,
    opens_alike,
    says_alike,
    settled,
    shut,
)
from archcore.encoding import Write
from archcore.hw.mmu import Access
from archcore.words import (
    bits,
    both,
    clear,
    either,
    has_none,
    implies,
    negate,
    put,
    same,
    where,
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


@law("arming-twice-is-once", LEAVES, HINTS)
def arming_twice_is_once(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Arming a hint changes nothing."""
    hint = on.own.mknuma(vma, made)
    return on.own.same(on.own.mknuma(vma, hint), hint)


@law("disarming-twice-is-once", LEAVES, HINTS)
def disarming_twice_is_once(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Disarming what was disarmed changes nothing."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    return on.own.same(on.own.mknonnuma(vma, back), back)


@law("disarmed-is-no-hint", LEAVES, HINTS)
def disarmed_is_no_hint(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A disarmed entry is present and no hint any more."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    return both(on.own.present(back), negate(on.own.numa(vma, back)))


@law("disarming-inverts-arming", LEAVES, HINTS)
def disarming_inverts_arming(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Disarming gives back the very entry, marked used."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    rebuilt = on.own.mkyoung(back)
    if on.write_policy is Write.LOST:
        # the engine asks again whether the page may be written, and grants it so
        rebuilt = where(on.own.write(made), on.own.mkwrite(rebuilt, vma), rebuilt)
    return on.own.same(settled(on, rebuilt), settled(on, on.own.mkyoung(made)))


@law("disarmed-has-rights-again", LEAVES, HINTS)
def disarmed_has_rights_again(on: Subject, vma: Mapping, made: Word) -> Truth:
    """After disarming the hardware lets user mode read and fetch as before."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    return opens_alike(on, back, on.own.mkyoung(made), but=(Access.WRITE,))


@law("mprotect-forgets-the-hint", LEAVES, HINTS, source="1667918b")
def mprotect_forgets_the_hint(on: Subject, vma: Mapping, made: Word, mapping: Mapping) -> Truth:
    """Changing the protection of a hint is the same as changing that of the page."""
    hint = on.own.modify(on.own.mknuma(vma, made), mapping.vm_page_prot)
    plain = on.own.modify(made, mapping.vm_page_prot)
    return on.own.same(on.own.mkyoung(hint), on.own.mkyoung(plain))


@law("hint-survives-stray-flags", LEAVES, HINTS, source="00839ee3b299")
def hint_survives_stray_flags(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint whose accessed and dirty flags the hardware set late is still that hint."""
    hint = on.own.mknuma(vma, made)
    return every(
        every((on.own.numa(vma, noisy), shut(on, noisy), same(on.own.pfn(noisy), on.own.pfn(made))))
        for noisy in (on.hw_mkaccessed(hint), on.hw_mkdirty(hint))
    )


@law("hint-advances", LEAVES, HINTS, ADVANCE, source="syzbot, September 2023")
def hint_advances(on: Subject, vma: Mapping, low_made: Word, step: int) -> Truth:
    """A hint can be moved on to a later frame, and stays a hint."""
    hint, pages = on.own.mknuma(vma, low_made), on.pages * step
    later = on.own.advance_pfn(hint, pages)
    return both(on.own.numa(vma, later), advances(on, hint, later, pages))


@law("marks-leave-a-hint-shut", LEAVES, HINTS)
def marks_leave_a_hint_shut(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Marking a hint used or written leaves it a hint that the hardware refuses."""
    hint = on.own.mknuma(vma, made)
    own = on.own
    marked = (own.mkyoung(hint), own.mkold(hint), own.mkdirty(hint), own.mkclean(hint))
    return every(both(own.numa(vma, one), shut(on, one)) for one in marked)


@law("marks-of-a-hint-come-back", LEAVES, HINTS)
def marks_of_a_hint_come_back(on: Subject, vma: Mapping, made: Word) -> Truth:
    """What a hint is marked, written or not, the entry is when it comes back."""
    hint = on.own.mknuma(vma, made)
    dirty = on.own.mknonnuma(vma, on.own.mkdirty(hint))
    clean = on.own.mknonnuma(vma, on.own.mkclean(hint))
    return both(on.own.dirty(dirty), negate(on.own.dirty(clean)))


@law("wrprotect-reaches-a-hint", LEAVES, HINTS, source="Handle protnone ptes on fork, 2017")
def wrprotect_reaches_a_hint(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint that was write-protected, as fork does, does not come back writable."""
    shared = on.own.wrprotect(on.own.mknuma(vma, made))
    back = on.own.mknonnuma(vma, shared)
    return either(vma.grants_write, both(negate(on.own.write(shared)), negate(on.own.write(back))))


@law("savedwrite-round-trip", LEAVES, HINTS, SAVEDWRITE, kernels=(None, "v6.1"))
def savedwrite_round_trip(on: Subject, made: Word, none: Mapping) -> Truth:
    """A closed entry remembers write permission when told to, forgets it when told to, no more."""
    closed = on.own.modify(made, none.vm_page_prot)
    saved = on.own.mk_savedwrite(on.own.clear_savedwrite(closed))
    forgot = on.own.clear_savedwrite(on.own.mk_savedwrite(closed))
    said = both(on.own.savedwrite(saved), negate(on.own.savedwrite(forgot)))
    spared = (both(shut(on, one), says_alike(on, closed, one, "write")) for one in (saved, forgot))
    return both(said, every(spared))


def _keeps(on: Subject, vma: Mapping, entry: Word, helper: str) -> Truth:
    asked = getattr(on.own, helper)
    hint = on.own.mknuma(vma, entry)
    back, before = on.own.mknonnuma(vma, hint), asked(entry)
    return both(alike(asked(hint), before), alike(asked(back), before))
