"""Swap and migration entries: what they hold, and what they must never look like.

Rows 24 to 27 of mm/debug_vm_pgtable.c of Linux 6.1, law (e), and the additions of 7.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import asdict, frozen

from archcore.conformance.capability import (
    HINTS,
    HUGE,
    LEAVES,
    MIGRATION,
    PROTNONE,
    SPECIAL,
    STRAYS,
    SWAP,
    SWAP_TYPES,
    SWP_EXCLUSIVE,
    SWP_SOFT_DIRTY,
    SWP_UFFD_WP,
    TRANS_HUGE,
)
from archcore.conformance.declare import FIRST, law
from archcore.conformance.law import Law
from archcore.conformance.premises import OCCUPIED
from archcore.conformance.terms import alike, every
from archcore.words import both, has_none, negate, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.conformance.capability import Capability
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word

TYPE_NUMBERS = (
    *("hwpoison", "migration_read", "migration_read_exclusive", "migration_write"),
    *("pte_marker", "swapin_error", "device_write", "device_read"),
    *("device_exclusive_write", "device_exclusive_read"),
)
DEBUG = "mm/debug_vm_pgtable.c, Linux 6.1"


def swapped(on: Subject, kind: Word, offset: Word) -> Word:
    """Return the entry of a swapped page."""
    return on.own.swp_entry_to_entry(on.hooks.arch_swp_entry(kind, offset))


@law("swap-round-trip", SWAP, source=DEBUG)
def swap_round_trip(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
    """A swap entry holds every area and offset that fit its fields."""
    value = on.own.to_swp_entry(swapped(on, type, offset))
    found = on.hooks.arch_swp_type(value), on.hooks.arch_swp_offset(value)
    return both(same(found[0], type), same(found[1], offset))


@law("swap-value-comes-back", SWAP, source="pte_swap_tests of mm/debug_vm_pgtable.c, Linux 7.0")
def swap_value_comes_back(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
    """What is read from a stored swap entry is the very value that was stored."""
    value = on.hooks.arch_swp_entry(type, offset)
    return same(on.own.to_swp_entry(on.own.swp_entry_to_entry(value)), value)


@law("swap-is-not-none", SWAP, given=OCCUPIED)
def swap_is_not_none(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
    """A swap entry is not empty."""
    return negate(on.own.none(swapped(on, type, offset)))


@law("swap-is-not-present", SWAP)
def swap_is_not_present(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
    """A swap entry is not present to the kernel, and nothing to the hardware."""
    entry = swapped(on, type, offset)
    return both(negate(on.own.present(entry)), negate(on.hw_valid(entry)))


@law("swap-is-no-hint", SWAP, HINTS)
def swap_is_no_hint(on: Subject, type: Word, offset: Word, mapping: Mapping) -> Truth:  # noqa: A002
    """No swap entry is taken for a hint, in whichever VMA."""
    return negate(on.own.numa(mapping, swapped(on, type, offset)))


@law("swap-is-not-protnone", SWAP, PROTNONE)
def swap_is_not_protnone(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
    """No swap entry is taken for an entry without rights."""
    return negate(on.own.protnone(swapped(on, type, offset)))


@law("swap-is-not-huge", SWAP, HUGE)
def swap_is_not_huge(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
    """No swap entry of an upper level is taken for a huge page."""
    return negate(on.own.leaf(swapped(on, type, offset)))


@law("swap-is-not-trans-huge", SWAP, TRANS_HUGE, source="eee4818baac0")
def swap_is_not_trans_huge(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
    """No swap entry of an upper level is taken for a transparent huge page."""
    return negate(on.own.trans_huge(swapped(on, type, offset)))


@law("swap-is-not-special", SWAP, SPECIAL)
def swap_is_not_special(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
    """No swap entry is taken for a special mapping."""
    return negate(on.own.special(swapped(on, type, offset)))


@law("swap-uses-named-bits", SWAP)
def swap_uses_named_bits(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
    """A swap entry sets no bit that its layout has no name for."""
    layout = on.target.swap
    return has_none(swapped(on, type, offset), ~layout.mask(*layout.masks))


@law("swap-holds-types-and-frames", SWAP_TYPES, source="include/linux/swap.h, swapops.h")
def swap_holds_types_and_frames(on: Subject) -> Truth:
    """The fields of a swap entry have room for each type in use, and for any frame."""
    types = on.target.swap_types
    numbers = asdict(types, filter=lambda field, _: field.name in TYPE_NUMBERS) if types else {}
    largest = max(number for number in numbers.values() if number is not None)
    layout = on.target.swap
    fits = largest.bit_length() <= layout["TYPE"].span
    return fits and types is not None and types.pfn_bits <= layout["OFFSET"].span


@law(
    "swap-survives-stray-flags",
    *(SWAP, STRAYS),
    kernels=("v4.8", None),
    source="00839ee3b299",
    leaves_open="before, no processor was known to set flags of an entry that is not valid",
)
def swap_survives_stray_flags(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
    """A swap entry whose accessed and dirty flags the hardware set is still that entry."""
    entry = swapped(on, type, offset)
    found = []
    for noisy in (on.hw_mkaccessed(entry), on.hw_mkdirty(entry)):
        value, marks = on.own.to_swp_entry(noisy), _answers(on, noisy)
        found += [same(on.hooks.arch_swp_type(value), type), negate(on.own.present(noisy))]
        found += [same(on.hooks.arch_swp_offset(value), offset)]
        found += [alike(said, marks[name]) for name, said in _answers(on, entry).items()]
    return every(found)


@law("nothing-survives-stray-flags", LEAVES, STRAYS, kernels=("v4.8", None), source="00839ee3b299")
def nothing_survives_stray_flags(on: Subject) -> Truth:
    """An empty entry whose accessed and dirty flags the hardware set is still empty."""
    stray = (on.hw_mkaccessed(on.level.empty), on.hw_mkdirty(on.level.empty))
    return both(on.own.none(stray[0]), on.own.none(stray[1]))


# -- marks of swap entries ------------------------------------------------------------------------


@frozen
class SwapMark:
    """Something a swap entry remembers of its page."""

    name: str
    needs: Capability


MARKS = (
    SwapMark("exclusive", SWP_EXCLUSIVE),
    SwapMark("soft_dirty", SWP_SOFT_DIRTY),
    SwapMark("uffd_wp", SWP_UFFD_WP),
)


def _marked(on: Subject, mark: SwapMark, entry: Word) -> Word:
    return getattr(on.own, f"swp_mk{mark.name}")(entry)


def _answers(on: Subject, entry: Word) -> dict[str, Truth]:
    names = (one.name for one in MARKS if on.offers(f"swp_{one.name}"))
    return {name: getattr(on.own, f"swp_{name}")(entry) for name in names}


def _keeps(mark: SwapMark) -> Law:
    def holds(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
        plain = swapped(on, type, offset)
        marked = _marked(on, mark, plain)
        cleared = getattr(on.own, f"swp_clear_{mark.name}")(marked)
        said = _answers(on, marked)[mark.name]
        return every((said, negate(_answers(on, cleared)[mark.name]), same(cleared, plain)))

    sentence = f"A swap entry can be marked {mark.name}, and the mark taken off again."
    return _law(f"swap-marks-{mark.name}", sentence, holds, mark)


def _spares(mark: SwapMark) -> Law:
    def holds(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002
        plain = swapped(on, type, offset)
        marked = _marked(on, mark, plain)
        value = on.own.to_swp_entry(marked)
        before, after = _answers(on, plain), _answers(on, marked)
        others = (alike(before[name], after[name]) for name in before if name != mark.name)
        held = same(on.hooks.arch_swp_type(value), type)
        return every(
            (
                both(held, same(on.hooks.arch_swp_offset(value), offset)),
                every(others),
                both(negate(on.own.present(marked)), negate(on.hw_valid(marked))),
            )
        )

    sentence = f"Marking a swap entry {mark.name} changes neither area, offset nor another mark."
    return _law(f"swap-{mark.name}-spares-the-rest", sentence, holds, mark)


def _law(name: str, sentence: str, holds: Any, mark: SwapMark) -> Law:  # noqa: ANN401 - a body
    needs = (SWAP, mark.needs)
    return Law(name.replace("_", "-"), FIRST, sentence, holds, None, needs, source=DEBUG)


def _laws() -> Iterator[Law]:
    for mark in MARKS:
        yield _keeps(mark)
        yield _spares(mark)


OF_SWAP_MARKS = tuple(_laws())


@law("marked-swap-is-no-hint", SWAP, HINTS)
def marked_swap_is_no_hint(on: Subject, type: Word, offset: Word, vma: Mapping) -> Truth:  # noqa: A002
    """Whatever its marks, no swap entry is taken for a hint."""
    entry = swapped(on, type, offset)
    for mark in MARKS:
        if on.offers(f"swp_{mark.name}"):
            entry = _marked(on, mark, entry)
    return negate(on.own.numa(vma, entry))


# -- migration ------------------------------------------------------------------------------------


def _migrating(on: Subject, make: str, frame: Word) -> tuple[Word, Word]:
    """Return a migration entry for a frame and what is read back from the table."""
    own: Any = on.own
    stored = getattr(own, f"swp_entry_to_{on.name}")(getattr(own, make)(frame))
    return stored, getattr(own, f"{on.name}_to_swp_entry")(stored)


@law("migration-round-trip", LEAVES, MIGRATION, source=DEBUG)
def migration_round_trip(on: Subject, frame: Word) -> Truth:
    """A migration entry comes back from the table with its frame and whether it may be written."""
    own: Any = on.own
    found = []
    for kind, writable in (("readable", False), ("writable", True)):
        _, back = _migrating(on, f"make_{kind}_migration_entry", frame)
        said = alike(own.is_writable_migration_entry(back), writable)
        found += [own.is_migration_entry(back), said, same(own.swp_offset_pfn(back), frame)]
    return every(found)


@law("migration-is-shut", LEAVES, MIGRATION)
def migration_is_shut(on: Subject, frame: Word, mapping: Mapping) -> Truth:
    """A migration entry is neither empty, present, hinted nor anything to the hardware."""
    found = []
    for kind in ("readable", "writable"):
        entry, _ = _migrating(on, f"make_{kind}_migration_entry", frame)
        hint = on.own.numa(mapping, entry) if on.offers("numa") else False
        seen = (on.own.none(entry), on.own.present(entry), hint, on.hw_valid(entry))
        found += [negate(one) for one in seen]
    return every(found)
