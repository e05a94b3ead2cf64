from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore_x86.targets import TARGETS

HOOKS = {target.id: bind(target) for target in TARGETS}
NAMES = sorted(HOOKS)
OFFSET_BITS = {"v3.16": 54, "v4.0": 55, "v3.8": 55, "2012-06": 55, "2012-10": 55}
MARKS = ("soft_dirty", "uffd_wp", "exclusive")
ERA = {target.id: target.era for target in TARGETS}


def _offsets(name):
    return st.integers(0, (1 << OFFSET_BITS.get(ERA[name], 50)) - 1)


swapped = st.sampled_from(NAMES).flatmap(
    lambda name: st.tuples(st.just(name), st.integers(0, 31), _offsets(name))
)


@given(swapped)
def test_area_and_offset_are_read_back(given_entry):
    """Whatever fits comes back, from the entry that stores it."""
    name, area, offset = given_entry
    hooks = HOOKS[name]
    swp = hooks.arch_pte_to_swp_entry(
        hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(area, offset))
    )

    assert (hooks.arch_swp_type(swp), hooks.arch_swp_offset(swp)) == (area, offset)


@given(swapped, st.sets(st.sampled_from(MARKS)))
def test_no_swap_entry_is_taken_for_a_page(given_entry, marks):
    """With any software bits it is neither present, nor hinted, nor protnone to the kernel."""
    name, area, offset = given_entry
    hooks = HOOKS[name]
    entry = hooks.arch_swp_entry(area, offset)
    for mark in marks:
        entry = getattr(hooks, f"pte_swp_mk{mark}")(entry)

    assert not hooks.pte_present(entry)
    assert not hooks.pte_protnone(entry)
    if "vma" not in hooks.needs("pte_numa"):
        assert not hooks.pte_numa(None, entry)


@given(swapped, st.sampled_from(MARKS))
def test_a_software_bit_is_its_own(given_entry, mark):
    """Setting and clearing one leaves area and offset, and is read back where the era has it."""
    name, area, offset = given_entry
    hooks = HOOKS[name]
    entry = hooks.arch_swp_entry(area, offset)
    marked = getattr(hooks, f"pte_swp_mk{mark}")(entry)
    has_mark = mark.upper() in {one.name for one in _target(name).swap.fields}

    assert getattr(hooks, f"pte_swp_{mark}")(marked) == has_mark
    assert (hooks.arch_swp_type(marked), hooks.arch_swp_offset(marked)) == (area, offset)
    assert getattr(hooks, f"pte_swp_clear_{mark}")(marked) == entry


def _target(name):
    return next(target for target in TARGETS if target.id == name)


def test_a_huge_swap_entry_is_not_present_since_4_14():
    """THP migration entries keep bit 7 clear, which pmd_present reads."""
    for name in ("x86-v4.18", "x86-v6.1", "x86-v6.12"):
        hooks = HOOKS[name]
        entry = hooks.pmd_swp_mksoft_dirty(hooks.arch_swp_entry_to_pmd(hooks.arch_swp_entry(30, 5)))

        assert not hooks.pmd_present(entry)


def test_what_the_types_mean_follows_the_kernels_configuration(targets):
    """Linux 6.1 as recorded; 6.12 gave up the type of swapin errors; LA57 has longer frames."""
    v61, v612 = targets["x86-v6.1"].swap_types, targets["x86-v6.12"].swap_types

    assert (v61.max_swapfiles, v61.pte_marker, v61.swapin_error, v61.pfn_bits) == (26, 30, 31, 34)
    assert (v612.max_swapfiles, v612.pte_marker, v612.swapin_error) == (27, 31, None)
    assert targets["x86-la57-v6.12"].swap_types.pfn_bits == 40
    assert targets["x86-v4.8"].swap_types.type_bits == 7
