"""Addresses of 52 bits: hints made and unmade, word for word.

The live page is writable, dirty and young at 0xc000012344000 (FEAT_LPA2, Linux 6.12), or at
0xc000012340000 (64K pages); the words follow from __phys_to_pte_val, adjust_protection_map and
pte_modify of each kernel.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

LPA2_LIVE, LPA2_HINT, LPA2_CLEAN = 0x00E8000012344F43, 0x00E0000012344F82, 0x0060000000000CC3
LPA_LIVE, LPA_V61, LPA_V612 = 0x00E800001234CF43, 0x04E800001234CF02, 0x00E000001234CF82

CASES = [
    ("arm64-4k-va52-v6.12", 0xC000012344000, LPA2_LIVE, LPA2_HINT),
    ("arm64-16k-va52-v6.12", 0xC000012344000, LPA2_LIVE, LPA2_HINT),
    ("arm64-64k-va52-v6.1", 0xC000012340000, LPA_LIVE, LPA_V61),
    ("arm64-64k-va52-v6.12", 0xC000012340000, LPA_LIVE, LPA_V612),
]
EACH = pytest.mark.parametrize(("target_id", "address", "live", "hint"), CASES)


def _vma(hooks):
    return SimpleNamespace(vm_flags=3, vm_page_prot=hooks.vm_get_page_prot(3), accessible=True)


@EACH
def test_the_frame_of_a_hint_is_that_of_the_page(
    target_id, address, live, hint, hooks_of, target_of
):
    """Arming keeps the address, its top included, and the kernel reads it in both words."""
    hooks, shift = hooks_of(target_id), target_of(target_id).geometry.page_shift
    assert hooks.pte_mknuma(_vma(hooks), live) == hint
    assert {hooks.pte_pfn(live), hooks.pte_pfn(hint)} == {address >> shift}


@EACH
def test_the_live_word_is_made_of_frame_and_protection(
    target_id, address, live, hint, hooks_of, target_of
):
    """pfn_pte, then dirty, is the live word; with FEAT_LPA2 no shareability stands in its way."""
    hooks, shift = hooks_of(target_id), target_of(target_id).geometry.page_shift
    fresh = hooks.pfn_pte(address >> shift, hooks.vm_get_page_prot(11))
    assert hooks.pte_mkdirty(fresh) == live
    assert hooks.helpers["pte_pgprot"](fresh) == hooks.vm_get_page_prot(11)


@EACH
def test_a_hint_is_the_hardware_s_fault(target_id, address, live, hint, hooks_of, target_of):
    """The walker translates the live word to the kernel's address and stops at the hint."""
    walker, pte = target_of(target_id).mmu.format, target_of(target_id).geometry.levels[0]
    assert (walker.valid(pte, live), walker.valid(pte, hint)) == (True, False)
    assert walker.address(pte, live) == address


def test_a_read_only_page_with_lpa2(hooks_of):
    """Where shareability was, a low page has nothing: PAGE_READONLY without SH[1:0]."""
    for target_id in ("arm64-4k-va52-v6.12", "arm64-16k-va52-v6.12"):
        assert hooks_of(target_id).vm_get_page_prot(1) == LPA2_CLEAN


def test_a_block_keeps_the_top_of_its_address(hooks_of):
    """A 512M block of 64K pages at 0xc000060000000 has its top in bits 15:12, hinted too."""
    hooks = hooks_of("arm64-64k-va52-v6.1")
    block, frame = 0x00E800006000CF41, 0xC000060000000 >> 16
    assert hooks.pmd_pfn(block) == frame
    assert hooks.pmd_pfn(hooks.pmd_mknuma(_vma(hooks), block)) == frame
    assert hooks.pmd_mkhuge(hooks.pfn_pmd(frame, 0x00E8000000000F43)) == block


def test_linux_612_reads_two_more_bits_in_every_regime(v61, v612):
    """PTE_ADDR_LOW ends at bit 47 in Linux 6.1 and at bit 49 since FEAT_LPA2 is known."""
    entry = 0x0003800012345F43
    assert (v61.pte_pfn(entry), v612.pte_pfn(entry)) == (0x800012345, 0x3800012345)


def test_linux_612_writes_two_bits_twice_with_64k_pages(hooks_of):
    """There PTE_ADDR_LOW keeps address bits 49:48, which stand in bits 13:12 as well."""
    old, new = hooks_of("arm64-64k-va52-v6.1"), hooks_of("arm64-64k-va52-v6.12")
    frame = 0xB000012340000 >> 16
    assert old.pfn_pte(frame, 0xF43) == 0x000000001234BF43
    assert new.pfn_pte(frame, 0xF43) == 0x000300001234BF43
    assert {old.pte_pfn(0x1234BF43), new.pte_pfn(0x000300001234BF43)} == {frame}
