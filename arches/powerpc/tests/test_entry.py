from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore import hookspecs
from archcore.binding import bind
from archcore.words.lineage import traced
from archcore.words.record import record
from archcore.words.strict import StrictTruth, StrictWord
from archcore.words.symbols import SymbolicTruth, SymbolicWord, symbol
from archcore_powerpc.targets import TARGETS

WORDS = st.integers(0, 2**64 - 1)
SAMPLES = [
    0x0000048D00000383,
    0x0000048D00000392,
    0x0000048020000383,
    0xC000000012340186,
    0xC000000012340180,
    0xC000000012340188,
    0x8000000021620105,
    0x4000000123450001,
    0,
    2**64 - 1,
]
BOTH = """
none present same write dirty young special protnone pfn needs_flush mkwrite wrprotect mkdirty
mkclean mkyoung mkold mkspecial mkhuge savedwrite mk_savedwrite clear_savedwrite soft_dirty
mksoft_dirty clear_soft_dirty devmap mkdevmap
"""
HELPERS = [f"{level}_{name}" for level in ("pte", "pmd") for name in BOTH.split()]
HELPERS += ["pmd_leaf", "pmd_bad", "pmd_trans_huge", "pmd_mkinvalid"]
HELPERS += ["arch_pte_to_swp_entry", "arch_swp_entry_to_pte", "arch_swp_type", "arch_swp_offset"]
OFFERED = [
    pytest.param(hooks, helper, id=f"{target.era}-{helper}")
    for target in TARGETS
    for hooks in (bind(target),)
    for helper in HELPERS
    if hooks.has(helper)
]


@pytest.mark.parametrize(("hooks", "helper"), OFFERED)
def test_every_number_system_takes_every_helper(hooks, helper):
    """A helper runs on integers, arrays, strict, symbolic, recorded and traced words alike."""
    arguments = hookspecs.arguments(helper)

    def call(word):
        return getattr(hooks, helper)(*(None if name == "vma" else word for name in arguments))

    plain = [int(call(word)) for word in SAMPLES]
    array = call(np.array(SAMPLES, np.uint64))
    assert np.broadcast_to(array, len(SAMPLES)).tolist() == plain
    strict = [call(StrictWord(word)) for word in SAMPLES]
    values = [one.value if isinstance(one, StrictWord | StrictTruth) else one for one in strict]
    assert [int(value) for value in values] == plain
    assert isinstance(call(symbol("entry")), SymbolicWord | SymbolicTruth | bool)
    assert record(call).inputs == 1
    call(traced())


@pytest.mark.parametrize("level", ["pte", "pmd"])
@given(entry=WORDS, prot=WORDS)
def test_modify_is_the_same_on_arrays(hash_v314, radix_v61, level, entry, prot):
    """pte_modify gives an array what it gives each of its words."""
    for hooks in (hash_v314, radix_v61):
        modify = getattr(hooks, f"{level}_modify")
        array = modify(np.array([entry], np.uint64), np.array([prot], np.uint64))
        assert array.tolist() == [modify(entry, prot)]


@given(entry=WORDS, prot=WORDS)
def test_modify_adds_the_whole_protection(hash_v314, radix_v61, entry, prot):
    """No bit of the new protection is masked, whatever the entry kept."""
    for hooks in (hash_v314, radix_v61):
        assert hooks.pte_modify(entry, prot) & prot == prot


@given(frame=st.integers(0, 2**34 - 1), nr=st.integers(0, 2**33))
def test_the_frame_moves_on_alone(hash_v314, radix_v61, frame, nr):
    """advance_pfn changes the frame and nothing else, in a hint too."""
    for hooks, frames in ((hash_v314, 2**34), (radix_v61, 2**37)):
        for prot in (hooks.vm_get_page_prot(11), hooks.page_none()):
            moved = hooks.pte_advance_pfn(hooks.pfn_pte(frame, prot), nr)
            assert moved == hooks.pfn_pte((frame + nr) % frames, prot)


def test_a_huge_page_is_marked_by_pfn_pmd(hash_v314, radix_v61):
    """pfn_pmd adds THP_HUGE in Linux 3.14 and the leaf bit in 6.1; pmd_mkhuge adds nothing."""
    found = [hooks.pfn_pmd(0x1200, hooks.page_none()) for hooks in (hash_v314, radix_v61)]
    assert found == [0x0000048020000101, 0xC000000012000108]
    assert [hash_v314.pmd_mkhuge(found[0]), radix_v61.pmd_mkhuge(found[1])] == found


def test_a_huge_page_closed_for_a_moment_is_no_hint(hash_v314, radix_v61, private):
    """pmd_mkinvalid leaves a present huge page that is neither protnone nor a hint."""
    for hooks in (hash_v314, radix_v61):
        closed = hooks.pmd_mkinvalid(hooks.pfn_pmd(0x1200, hooks.vm_get_page_prot(11)))
        names = ("present", "trans_huge", "protnone")
        assert [getattr(hooks, f"pmd_{name}")(closed) for name in names] == [True, True, False]
        assert not hooks.pmd_numa(private, closed)
