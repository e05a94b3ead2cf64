"""The format of Linux 6.1 beside what the compiled helpers answered (test_oracle.py)."""

from __future__ import annotations

import pytest

from archcore.errors import MachineError

LIVE, HINT, SAVED = 0xC000000012340186, 0xC000000012340188, 0xC000000012340180
OLD_HINT = 0xC000000012340080


@pytest.mark.parametrize("level", ["pte", "pmd"])
def test_write_protecting_a_hint_takes_the_saved_permission(radix_v61, level):
    """pte_wrprotect of a hint that was writable gives the hint of a read-only page."""
    assert getattr(radix_v61, f"{level}_wrprotect")(SAVED) == HINT


def test_a_hint_closed_for_a_moment_is_present_and_no_hint(radix_v61, private_v61):
    """INVALID without PRESENT, as ptep_modify_prot_start leaves it, is not protnone."""
    paused = SAVED & ~(1 << 63) | 1 << 61
    assert radix_v61.pte_present(paused)
    assert not radix_v61.pte_numa(private_v61, paused)


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


def test_a_freed_page_may_be_old_in_its_hint(radix_v61, private_v61):
    """MADV_FREE ages a hint, which stays one: seen in a running kernel as ...200."""
    assert radix_v61.pte_numa(private_v61, OLD_HINT & ~0x80)
    assert not radix_v61.pte_young(OLD_HINT)


HASH_FLAGS = {"4k": 0x11E0000000000040, "64k": 0x0080000000001040}


@pytest.mark.parametrize("pages", HASH_FLAGS)
@pytest.mark.parametrize("era", ["v6.1", "v6.12"])
def test_hash_flags_are_kept_by_radix_and_overlooked_by_hash(hooks_of, pages, era):
    """_PAGE_HPTEFLAGS differs by page size and is in _PAGE_CHG_MASK with either MMU."""
    flags = HASH_FLAGS[pages]
    radix, hashed = (hooks_of[f"{mmu}-{pages}-{era}"] for mmu in ("radix", "hash"))
    assert [hooks.pte_modify(flags, 0) for hooks in (radix, hashed)] == [flags, flags]
    assert [hooks.pte_same(flags, 0) for hooks in (radix, hashed)] == [False, True]
    assert [hooks.pte_none(flags) for hooks in (radix, hashed)] == [False, True]


def test_a_page_frame_has_53_bits_of_address(hooks_of):
    """What is above belongs to hash, so that a frame never reaches it."""
    for name, hooks in hooks_of.items():
        if name.endswith(("v4.12", "v6.1", "v6.12")):
            shift = 12 if "4k" in name.split("-") else 16
            assert hooks.pte_pfn(2**64 - 1) == 2 ** (53 - shift) - 1


def test_savedwrite_is_gone_in_612(hooks_of):
    """The word of a saved write permission is not writable, and arming saves none."""
    hooks = hooks_of["radix-64k-v6.12"]
    assert not hooks.pte_write(SAVED)
    assert hooks.pte_wrprotect(SAVED) == SAVED
    assert hooks.page_none() == 0x8000000000000100


def test_a_page_of_linux_412_is_present_without_its_leaf_bit(hooks_of):
    """PRESENT is all it asks of a PTE; later eras ask for PTE too, and take INVALID for PRESENT."""
    old, new = hooks_of["radix-64k-v4.12"], hooks_of["radix-64k-v6.1"]
    words = (1 << 63, 1 << 63 | 1 << 62, 1 << 61 | 1 << 62)
    assert [old.pte_present(word) for word in words] == [True, True, False]
    assert [new.pte_present(word) for word in words] == [False, True, True]


def test_puds_of_one_gigabyte(hooks_of):
    """A PUD leaf is a page like any other; only radix in Linux 6.12 has transparent ones."""
    leaf = 0xC000000040000186
    for name, hooks in hooks_of.items():
        if "hash-4k" in name or name.endswith(("v3.14", "v4.0")):
            continue
        assert hooks.pud_leaf(leaf)
        assert hooks.pud_present(leaf)
        assert hooks.pud_write(leaf)
        assert hooks.pud_trans_huge(leaf) == (name.startswith("radix") and name.endswith("v6.12"))


def test_hash_4k_has_no_huge_page_to_make(hooks_of):
    """The kernel stops with BUG() where one would be made, and no entry looks like one."""
    hooks = hooks_of["hash-4k-v6.1"]
    for helper, given in (("pfn_pmd", (1, 0)), ("mk_pmd", (1, 0)), ("pmd_mkdevmap", (1,))):
        with pytest.raises(MachineError, match="BUG"):
            hooks.helpers[helper](*given)
    assert not any(hooks.pmd_trans_huge(1 << bit | 3 << 62) for bit in range(62))
    assert not hooks.has("pfn_pmd")


@pytest.mark.parametrize(
    ("name", "bad"),
    [("radix-64k-v6.1", 0x60000000000000E0), ("hash-64k-v6.1", 0xFFF), ("hash-4k-v6.1", 0xFFF)],
    indirect=["name"],
)
def test_what_makes_a_pointer_bad(hooks, bad):
    """Radix asks for reserved bits, hash for bits below the size of a PTE table."""
    assert sum(1 << bit for bit in range(64) if hooks.pmd_bad(1 << bit)) == bad
