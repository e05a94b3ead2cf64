"""The format of Linux 6.1 beside what the compiled helpers answered (test_oracle.py)."""

from __future__ import annotations

import pytest

LIVE, HINT, SAVED = 0xC000000012340186, 0xC000000012340188, 0xC000000012340180
OLD_HINT = 0xC000000012340080


@pytest.mark.parametrize("level", ["pte", "pmd"])
def test_write_protecting_a_hint_takes_the_saved_permission(radix_v61, level):
    """pte_wrprotect of a hint that was writable gives the hint of a read-only page."""
    assert getattr(radix_v61, f"{level}_wrprotect")(SAVED) == HINT


def test_a_hint_closed_for_a_moment_is_present_and_no_hint(radix_v61, private):
    """INVALID without PRESENT, as ptep_modify_prot_start leaves it, is not protnone."""
    paused = SAVED & ~(1 << 63) | 1 << 61
    assert radix_v61.pte_present(paused)
    assert not radix_v61.pte_numa(private, paused)


def test_radix_compares_whole_words(radix_v61):
    """On radix the bits that hash keeps its bookkeeping in do count."""
    assert not radix_v61.pte_same(LIVE, LIVE | 0x40)


@pytest.mark.parametrize(
    ("old", "new", "flush"),
    [
        pytest.param(LIVE, SAVED, True, id="rights-lost"),
        pytest.param(SAVED, LIVE, False, id="rights-given-back"),
        pytest.param(HINT, LIVE, True, id="privilege-changed"),
        pytest.param(LIVE, LIVE & ~0x100, False, id="accessed-lost"),
        pytest.param(LIVE, LIVE & ~0x80, True, id="dirty-lost"),
        pytest.param(LIVE & ~0x180, LIVE, False, id="used-and-written"),
        pytest.param(LIVE, LIVE | 0x200, True, id="soft-dirty-set"),
        pytest.param(LIVE, LIVE + 0x10000, True, id="another-page"),
    ],
)
def test_what_owes_a_flush(radix_v61, old, new, flush):
    """More rights, DIRTY and any change of ACCESSED are free; whatever else changes is not.

    The rule of __pte_flags_need_flush, arch/powerpc/include/asm/book3s/64/tlbflush.h.
    """
    for level in ("pte", "pmd"):
        assert getattr(radix_v61, f"{level}_needs_flush")(old, new) == flush


def test_hash_leaves_flushing_to_pte_update(hash_v314):
    """Linux 3.14 has no such rule, so every change owes a flush."""
    assert hash_v314.pte_needs_flush(0x0000048D00000383, 0x0000048D00000383)


def test_a_freed_page_may_be_old_in_its_hint(radix_v61, private):
    """MADV_FREE ages a hint, which stays one: seen in a running kernel as ...200."""
    assert radix_v61.pte_numa(private, OLD_HINT & ~0x80)
    assert not radix_v61.pte_young(OLD_HINT)
