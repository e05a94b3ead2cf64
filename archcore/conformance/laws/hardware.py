"""The two views of an entry: what the kernel believes, and what the hardware reads.

The hardware model follows the architecture's manual, the helpers follow the kernel, and neither
knows the other; so a bit that one of them has in the wrong place breaks one of these laws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import HINTS, LEAVES
from archcore.conformance.declare import law
from archcore.conformance.premises import LEAF, OPEN, OPEN_LEAF
from archcore.conformance.terms import alike, every, maps_alike, opens_alike, says_alike
from archcore.hw.mmu import Access
from archcore.words import Mask, both, clear, implies, negate, same, with_bits
from archcore.words.mask import full

if TYPE_CHECKING:
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word


@law("open-is-present", LEAVES, given=OPEN)
def open_is_present(on: Subject, entry: Word) -> Truth:
    """Every word through which the hardware lets user mode is present to the kernel."""
    return on.own.present(entry)


@law("open-is-no-hint", LEAVES, HINTS, given=OPEN)
def open_is_no_hint(on: Subject, entry: Word, vma: Mapping) -> Truth:
    """No word through which the hardware lets user mode is taken for a hint."""
    return negate(on.own.numa(vma, entry))


@law("page-is-found", LEAVES)
def page_is_found(on: Subject, made: Word) -> Truth:
    """The hardware finds the page of an entry: a leaf, with nothing set that must be clear."""
    return on.hw_leaf(made)


@law("frames-agree", LEAVES)
def frames_agree(on: Subject, made: Word) -> Truth:
    """The hardware goes to the frame that the kernel reads, and that one was asked for."""
    shift = on.target.geometry.page_shift
    place = Mask(full(on.width) & ~full(shift), on.width)
    return same(on.hw_address(made), with_bits(0, place, on.own.pfn(made)))


@law("open-has-one-frame", LEAVES, given=OPEN_LEAF)
def open_has_one_frame(on: Subject, entry: Word) -> Truth:
    """In whatever word the hardware finds an open page, it is the page that the kernel reads."""
    place = Mask(full(on.width) & ~full(on.target.geometry.page_shift), on.width)
    inside = Mask(full(on.level.shift), on.width)
    read = with_bits(0, place, on.own.pfn(entry))
    return same(clear(on.hw_address(entry), inside), clear(read, inside))


@law("used-is-young", LEAVES, given=LEAF)
def used_is_young(on: Subject, entry: Word) -> Truth:
    """Every page that the hardware has marked used is young to the kernel."""
    return implies(on.hw_accessed(entry), on.own.young(entry))


@law("young-is-used", LEAVES, given=LEAF)
def young_is_used(on: Subject, entry: Word) -> Truth:
    """Every page that is young to the kernel is marked used for the hardware."""
    return implies(on.own.young(entry), on.hw_accessed(entry))


@law("old-is-unused", LEAVES)
def old_is_unused(on: Subject, made: Word) -> Truth:
    """After mkold the hardware marks the next use."""
    return negate(on.hw_accessed(on.own.mkold(made)))


@law("hardware-dirty-is-dirty", LEAVES, given=OPEN)
def hardware_dirty_is_dirty(on: Subject, entry: Word) -> Truth:
    """A page that the hardware takes for written is dirty to the kernel."""
    if not on.target.mmu.sets_dirty:
        return True
    return implies(on.hw_dirty(entry), on.own.dirty(entry))


@law("clean-is-clean-to-hardware", LEAVES)
def clean_is_clean_to_hardware(on: Subject, made: Word) -> Truth:
    """After mkclean the hardware records the next store, too."""
    if not on.target.mmu.sets_dirty:
        return True
    return negate(on.hw_dirty(on.own.mkclean(made)))


@law("use-makes-young", LEAVES)
def use_makes_young(on: Subject, made: Word) -> Truth:
    """What the hardware writes when it uses a page marks it used to the kernel, no more."""
    used = on.hw_mkaccessed(made)
    spared = both(says_alike(on, made, used, "young"), maps_alike(on, made, used))
    return every((on.own.young(used), spared, opens_alike(on, made, used)))


@law("store-makes-dirty", LEAVES)
def store_makes_dirty(on: Subject, made: Word) -> Truth:
    """What the hardware writes when it stores to a page marks it dirty to the kernel, and used."""
    stored = on.hw_mkdirty(made)
    marked = both(on.own.dirty(stored), on.own.young(stored))
    spared = both(says_alike(on, made, stored, "young", "dirty"), maps_alike(on, made, stored))
    held = every((marked, spared, opens_alike(on, made, stored)))
    return implies(on.hw_allows(made, Access.WRITE), held)


@law("write-agrees", LEAVES)
def write_agrees(on: Subject, made: Word) -> Truth:
    """Stores go through exactly where the kernel reads write permission."""
    return alike(on.own.write(made), on.hw_allows(made, Access.WRITE))
