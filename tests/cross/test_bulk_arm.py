from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.mm.bulk import bulk_arm, bulk_disarm
from archcore.mm.vma import Vma
from archcore.registry import installed
from archcore.vmflags import VM_EXEC, VM_READ, VM_SHARED, VM_WRITE

TARGETS = tuple(installed())
AREAS = (0, VM_READ, VM_READ | VM_WRITE, VM_READ | VM_WRITE | VM_EXEC | VM_SHARED)
TABLE = 512
every_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.id)
every_area = pytest.mark.parametrize("flags", AREAS, ids=["none", "r", "rw", "rwxs"])


def area(hooks, flags):
    """Return a VMA of those rights."""
    return Vma(None, 0, 1 << 20, flags, hooks.vm_get_page_prot(flags))


@cache
def arms(target, flags):
    """Return what arms arrays of a VMA of those rights."""
    hooks = bind(target)
    return bulk_arm(hooks, area(hooks, flags), target.geometry.width)


def armed_singly(hooks, vma, pte):
    """Return an entry as the hooks arm it, and whether they do."""
    fits = hooks.pte_present(pte) and not hooks.pte_none(pte) and not hooks.pte_numa(vma, pte)
    return (hooks.pte_mknuma(vma, pte), True) if fits else (pte, False)


def ordinary(hooks, vma, count):
    """Return entries a kernel makes in a VMA: read, written, clean, old, hinted, empty."""
    read = [hooks.pfn_pte(0x1000 + page, vma.vm_page_prot) for page in range(count)]
    kinds = (
        lambda pte: pte,
        hooks.pte_mkyoung,
        lambda pte: hooks.pte_mkwrite(hooks.pte_mkdirty(hooks.pte_mkyoung(pte)), vma),
        lambda pte: hooks.pte_mkwrite(pte, vma),
        lambda pte: hooks.pte_mkspecial(hooks.pte_mkold(pte)),
        lambda pte: hooks.pte_mknuma(vma, pte),
        lambda _: 0,
    )
    return [kinds[page % len(kinds)](pte) for page, pte in enumerate(read)]


def flag_words(target):
    """Return entries with each flag, each pair of flags, all but these; fields by their ends."""
    layout = target.geometry.levels[0].layout
    ends = {at for mask in layout.masks.values() for at in (mask.positions[0], mask.positions[-1])}
    flags = [1 << at for at in sorted(ends)]
    few = {0, *(a | b for a in flags for b in flags)}
    return [*sorted(few), *(sum(flags) ^ word for word in sorted(few))]


def check(target, flags, words, chosen=None):
    """Assert that arrays are armed as single entries are."""
    hooks = bind(target)
    vma = area(hooks, flags)
    expected = [armed_singly(hooks, vma, pte) for pte in words]
    if chosen is not None:
        expected = [
            both if wanted else (pte, False)
            for both, pte, wanted in zip(expected, words, chosen.tolist(), strict=True)
        ]
    array = np.array(words, f"uint{target.geometry.width}")
    count = arms(target, flags)(array, chosen)
    assert array.tolist() == [pte for pte, _ in expected]
    assert count == sum(armed for _, armed in expected)


@every_target
@every_area
def test_every_flag_and_pair_of_flags_is_armed_as_the_hooks_arm_it(target, flags):
    """Arrays and single entries agree on words no kernel ever made, too."""
    check(target, flags, flag_words(target))


@every_target
@every_area
def test_tables_a_kernel_makes_are_armed_as_the_hooks_arm_them(target, flags):
    """Full tables of one kind of page, empty ones, and tables of all kinds."""
    hooks = bind(target)
    kinds = ordinary(hooks, area(hooks, flags), 7)
    alike = [pte for pte in kinds for _ in range(TABLE)]
    check(target, flags, [*alike, *ordinary(hooks, area(hooks, flags), 1000)])


@given(target=st.sampled_from(TARGETS), flags=st.sampled_from(AREAS), data=st.data())
def test_any_words_are_armed_as_the_hooks_arm_them(target, flags, data):
    """Arrays and single entries agree on random words, whichever are chosen."""
    words = data.draw(st.lists(st.integers(0, (1 << target.geometry.width) - 1), max_size=30))
    chosen = data.draw(st.none() | st.just(np.arange(len(words)) % 2 == 0))
    check(target, flags, words, chosen)


@every_target
def test_arming_and_disarming_are_masks_on_every_target(target):
    """No target needs more than bit masks, case by case, to arm and to disarm."""
    hooks = bind(target)
    vma = area(hooks, VM_READ | VM_WRITE)
    assert bulk_arm(hooks, vma, target.geometry.width).rewrites
    assert bulk_disarm(hooks, vma, target.geometry.width).rewrites


@every_target
def test_disarmed_tables_hold_no_hint(target):
    """Disarming an array finds exactly the hints arming made, frames and all."""
    hooks = bind(target)
    vma = area(hooks, VM_READ | VM_WRITE)
    width = target.geometry.width
    words = np.array([pte for pte in ordinary(hooks, vma, 700) if pte], f"uint{width}")
    frames = hooks.pte_pfn(words).tolist()
    hinted = int(np.count_nonzero(hooks.pte_numa(vma, words)))
    armed = bulk_arm(hooks, vma, width)(words)
    assert bulk_disarm(hooks, vma, width)(words) == armed + hinted == len(words)
    assert not hooks.pte_numa(vma, words).any()
    assert hooks.pte_pfn(words).tolist() == frames
