"""Every era against what its headers say, and the vectors of the encodings' own history."""

from __future__ import annotations

import pytest

from archcore.specimens import vma_view
from archcore.vmflags import VM_NONE, VM_READ

LIVE = 0x8000000012345067
READ_ONLY = 0x8000000012345065
HUGE = 0x80000000400000E7

# (live, hint, disarmed) of a writable, dirty, young page and of one that is not writable.
ARMED = {
    "x86-2012-06": (0x80000000123450E6, LIVE, 0x80000000123450E4),
    "x86-2012-10": (0x0000000012345160, 0x8000000012345065, 0x0000000012345160),
    "x86-v3.8": (0x8000000012345166, LIVE, 0x8000000012345164),
    "x86-v3.16": (0x8000000012345266, LIVE, 0x8000000012345264),
    "x86-v4.0": (0x0000000012345162, LIVE, 0x0000000012345160),
    "x86-v4.8": (0x0000000012345162, LIVE, 0x0000000012345160),
    "x86-v4.18": (0x000FFFFFEDCBA162, LIVE, 0x000FFFFFEDCBA160),
    "x86-v6.1": (0x000FFFFFEDCBA162, LIVE, 0x000FFFFFEDCBA160),
    "x86-la57-v6.1": (0x000FFFFFEDCBA162, LIVE, 0x000FFFFFEDCBA160),
    "x86-v6.6": (0x040FFFFFEDCBA120, 0x8400000012345025, 0x000FFFFFEDCBA160),
    "x86-v6.12": (0x040FFFFFEDCBA120, 0x8400000012345025, 0x000FFFFFEDCBA160),
    "x86-la57-v6.12": (0x040FFFFFEDCBA120, 0x8400000012345025, 0x000FFFFFEDCBA160),
}
HUGE_ARMED = {
    "x86-2012-06": 0x80000000400004E6,
    "x86-2012-10": 0x00000000400001E0,
    "x86-v3.8": 0x80000000400001E6,
    "x86-v3.16": 0x80000000400002E6,
    "x86-v4.0": 0x00000000400001E2,
    "x86-v4.8": 0x00000000400001E2,
    "x86-v4.18": 0x000FFFFFBFE001E2,
    "x86-v6.1": 0x000FFFFFBFE001E2,
    "x86-la57-v6.1": 0x000FFFFFBFE001E2,
    "x86-v6.6": 0x000FFFFFBFE001A0,
    "x86-v6.12": 0x040FFFFFBFE001A0,
    "x86-la57-v6.12": 0x040FFFFFBFE001A0,
}
NO_VMA = {"x86-2012-06", "x86-v3.8", "x86-v3.16"}


def test_every_era_answers_as_its_headers_say(answer, facts, target, hooks):
    """Each helper gives what the constants of that kernel's headers make of its arguments."""
    differing = [
        (name, given, got, result, source)
        for name, given, result, source in facts[target.era]
        if (got := answer(hooks, name, *given)) != result or type(got) is not type(result)
    ]

    assert differing == []


def test_a_writable_page_is_armed_and_disarmed(target, hooks, private):
    """A live, dirty page becomes the hint of its era, and what that era gives back."""
    hint, disarmed, _ = ARMED[target.id]

    assert hooks.pte_mknuma(private, LIVE) == hint
    assert hooks.pte_mknonnuma(private, hint) == disarmed


def test_a_page_that_is_not_writable_is_armed_without_rw(target, hooks):
    """No era invents write permission for a hint."""
    vma = vma_view(hooks, VM_READ)

    assert hooks.pte_mknuma(vma, READ_ONLY) == ARMED[target.id][2]


def test_a_huge_page_is_armed(target, hooks, private):
    """A live, dirty huge page becomes the hint of its era; 6.6 loses its dirtiness there."""
    assert hooks.pmd_mknuma(private, HUGE) == HUGE_ARMED[target.id]
    assert hooks.pmd_dirty(HUGE_ARMED[target.id]) == (target.era != "v6.6")


def test_a_recomputed_write_permission_gives_the_live_entry_back(hooks_of):
    """The entry that 6.12 restores is the live one once write permission is granted again."""
    hooks = hooks_of["x86-v6.12"]

    assert hooks.pte_mkwrite(0x8400000012345025, None) == LIVE


def test_every_hint_is_one_and_names_its_page(target, hooks, private):
    """A hint is known at both levels, is present to the kernel and has its frame."""
    hint, huge = ARMED[target.id][0], HUGE_ARMED[target.id]

    assert hooks.pte_numa(private, hint)
    assert hooks.pmd_numa(private, huge)
    assert hooks.pte_present(hint)
    assert hooks.pmd_present(huge)
    assert hooks.pte_pfn(hint) == 0x12345
    assert hooks.pmd_pfn(huge) == 0x40000


def test_eras_with_a_bit_of_their_own_need_no_vma(target, hooks):
    """What separates a hint from a genuine none is the VMA, but where a bit does."""
    assert ("vma" in hooks.needs("pte_numa")) == (target.id not in NO_VMA)


@pytest.mark.parametrize("name", ["x86-2012-06", "x86-v3.16"])
def test_a_genuine_none_is_no_hint_where_the_hint_has_its_own_bit(hooks_of, name):
    """Of AutoNUMA and 3.16 a genuine none is told apart by the entry alone."""
    hooks = hooks_of[name]
    none = hooks.pte_modify(LIVE, hooks.vm_get_page_prot(VM_NONE))

    assert not hooks.pte_numa(None, none)
    assert hooks.pte_present(none)


def test_a_special_page_is_ordinary_again_after_a_hint_of_3_16(hooks_of):
    """Bit 9 means both there, so disarming a hint takes SPECIAL away with it."""
    hooks = hooks_of["x86-v3.16"]
    special = hooks.pte_mkspecial(LIVE)

    assert hooks.pte_special(special)
    assert not hooks.pte_special(hooks.pte_mknonnuma(None, hooks.pte_mknuma(None, special)))


def test_device_memory_is_forgotten_by_mprotect_until_4_19(hooks_of):
    """4.18 drops DEVMAP when the protection changes, 6.1 keeps it."""
    for name, kept in (("x86-v4.18", False), ("x86-v6.1", True), ("x86-v6.12", True)):
        hooks = hooks_of[name]
        changed = hooks.pte_modify(hooks.pte_mkdevmap(LIVE), hooks.vm_get_page_prot(VM_READ))

        assert hooks.pte_devmap(changed) == kept
