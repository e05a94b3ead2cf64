from __future__ import annotations

import pytest
import swapping
from attrs import evolve

from archcore.binding import bind
from archcore.decode import State, decode
from archcore.swapkinds import MIGRATION, SwapEntry, SwapKind, swap_entry, swap_kind

TYPES = swapping.TYPES
NAMED = [
    ("hwpoison", SwapKind.HWPOISON),
    ("migration_read", SwapKind.READABLE),
    ("migration_read_exclusive", SwapKind.READABLE_EXCLUSIVE),
    ("migration_write", SwapKind.WRITABLE),
    ("pte_marker", SwapKind.MARKER),
    ("swapin_error", SwapKind.SWAPIN_ERROR),
    ("device_write", SwapKind.DEVICE_PRIVATE_WRITABLE),
    ("device_read", SwapKind.DEVICE_PRIVATE_READABLE),
    ("device_exclusive_write", SwapKind.DEVICE_EXCLUSIVE_WRITABLE),
    ("device_exclusive_read", SwapKind.DEVICE_EXCLUSIVE_READABLE),
]
FRAMES = (
    *MIGRATION,
    *(SwapKind.HWPOISON, SwapKind.DEVICE_PRIVATE_WRITABLE, SwapKind.DEVICE_PRIVATE_READABLE),
    *(SwapKind.DEVICE_EXCLUSIVE_WRITABLE, SwapKind.DEVICE_EXCLUSIVE_READABLE),
)
ALONE = dict.fromkeys((name for name, _ in NAMED), None)


def only(name):
    """Return swap types in which one kind has the first number above the swap areas."""
    first = TYPES.max_swapfiles
    return evolve(TYPES, **{**ALONE, "migration_read": 31, "migration_write": 31, name: first})


def taken_apart(types, number, offset):
    """Return what a toy with those swap types makes of an entry, and what decode makes of it."""
    target = evolve(swapping.target(), swap_types=types)
    hooks = bind(target)
    word = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(number, offset))
    return swap_entry(types, hooks, "pte", word), decode(target, hooks, word)


@pytest.mark.parametrize(("name", "kind"), NAMED)
def test_a_type_is_what_the_configuration_says(name, kind):
    """The same number stands for whatever the configuration gives it to."""
    first = TYPES.max_swapfiles

    assert swap_kind(only(name), first) is kind
    assert swap_kind(only(name), first - 1) is SwapKind.AREA
    assert swap_kind(only(name), first + 1) is SwapKind.UNASSIGNED


@pytest.mark.parametrize(("name", "kind"), NAMED)
def test_a_frame_is_read_where_the_offset_is_one(name, kind):
    """Markers and failed swap-ins have none; the state is migration for three kinds only."""
    types = only(name)
    entry, seen = taken_apart(types, types.max_swapfiles, 5)

    assert (entry.kind, entry.pfn) == (kind, 5 if kind in FRAMES else None)
    assert (seen.kind, seen.pfn) == (entry.kind, entry.pfn)
    assert seen.state is (State.MIGRATION if kind in MIGRATION else State.SWAP)


def test_young_and_dirty_of_a_migration_entry_are_no_part_of_its_frame():
    """They stand above the frame in the offset, in kernels that keep them."""
    marks = 0b11 << TYPES.pfn_bits
    entry, seen = taken_apart(TYPES, TYPES.migration_read, 5 | marks)

    assert (entry.pfn, entry.marks) == (5, ("young", "dirty"))
    assert seen.flags[:2] == ("young", "dirty")

    without = evolve(TYPES, migration_ad=False)
    assert taken_apart(without, TYPES.migration_read, 5 | marks)[0].marks == ()


@pytest.mark.parametrize(("offset", "marks"), [(1, ("uffd-wp",)), (2, ("poisoned",)), (0, ())])
def test_a_marker_says_what_it_marks(offset, marks):
    """In the kernel's words."""
    assert taken_apart(TYPES, TYPES.pte_marker, offset)[0].marks == marks


def test_without_swap_types_an_entry_is_type_and_offset():
    """Nothing is guessed about what it stands for."""
    entry, seen = taken_apart(None, TYPES.migration_write, 5)

    assert entry == SwapEntry(TYPES.migration_write, 5)
    assert (seen.state, seen.kind, seen.pfn) == (State.SWAP, None, None)
