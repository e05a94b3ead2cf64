"""Numbers that follow from each kernel's headers, worked out apart from the model."""

from __future__ import annotations

import pytest

ONES = (1 << 64) - 1
PAGE = {"4k": 0x12345, "64k": 0x1234}


def test_every_field_is_where_the_header_puts_it(target, name, golden):
    """Each named bit of a PTE is the macro's, and there is no other name."""
    layout = target.geometry.level("pte").layout
    assert {one.name: one.value for one in layout.fields} == golden[name]["fields"]


def test_the_sixteen_protections(hooks, name, golden):
    """vm_get_page_prot gives the protections of the header's table."""
    assert [hooks.vm_get_page_prot(flags) for flags in range(16)] == golden[name]["prot"]
    assert hooks.page_none() == golden[name]["words"]["none"]


def test_what_modify_keeps(hooks, name, golden):
    """pte_modify keeps _PAGE_CHG_MASK, pmd_modify _HPAGE_CHG_MASK."""
    words = golden[name]["words"]
    found = [hooks.pte_modify(ONES, 0), hooks.pmd_modify(ONES, 0)]
    assert found == [words["modify_ones"], words["pmd_modify_ones"]]


def test_what_modify_adds(hooks):
    """No bit of the new protection is masked."""
    assert hooks.pte_modify(0, ONES) == ONES


def test_what_is_overlooked(hooks, name, golden):
    """pte_none and pte_same overlook exactly what the headers say."""
    words = golden[name]["words"]
    bits = [1 << bit for bit in range(64)]
    assert sum(bit for bit in bits if hooks.pte_none(bit)) == words["unseen"]
    assert sum(bit for bit in bits if hooks.pte_same(bit, 0)) == words["incomparable"]
    assert sum(bit for bit in bits if hooks.pmd_same(bit, 0)) == words["incomparable"]


def test_a_live_page(hooks, name, private, golden):
    """A writable, dirty, young user page is the word that the macros give."""
    frame = PAGE[name.split("-")[1]]
    page = hooks.pte_mkclean(hooks.pfn_pte(frame, private.vm_page_prot))
    live = hooks.pte_mkwrite(page, private)
    dirty = golden[name]["words"]["live"] & ~live
    assert live | dirty == golden[name]["words"]["live"]
    assert hooks.pte_mkdirty(0) & dirty == dirty
    assert hooks.pte_pfn(live) == frame


def test_arming(hooks, name, private, golden):
    """Arming a writable page gives the word of the era's hint, a read-only page that of its own."""
    words = golden[name]["words"]
    assert hooks.pte_mknuma(private, words["live"]) == words["hint"]
    read_only = hooks.pte_wrprotect(words["live"])
    assert hooks.pte_mknuma(private, read_only) == words["hint_read_only"]
    assert hooks.pte_numa(private, words["hint"])
    assert not hooks.pte_numa(private, words["live"])


def test_disarming(hooks, name, private, golden):
    """The live word comes back bit for bit, but for write permission since it is not kept."""
    words = golden[name]["words"]
    restored = hooks.pte_mknonnuma(private, words["hint"])
    expected = words["live"]
    if name.endswith("v6.12"):
        expected = hooks.pte_wrprotect(expected)
    assert restored == expected


def test_swap_entries(hooks, name, golden):
    """Area 1, offset 0x12345 is the word of the header's shifts; the largest offset comes back."""
    words = golden[name]["words"]
    assert hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(1, 0x12345)) == words["swap"]
    stored = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(0, ONES))
    assert hooks.arch_swp_offset(hooks.arch_pte_to_swp_entry(stored)) == words["largest_offset"]


def test_setters(hooks, name, golden):
    """What a setter sets in an empty word is what the header's helper sets."""
    words = golden[name]["words"]
    found = [hooks.pte_mkdirty(0), hooks.pte_mkwrite(0, None), hooks.pte_mkspecial(0)]
    assert found == [words["mkdirty_0"], words["mkwrite_0"], words["special"]]


def test_strong_ordering(hooks, name, golden):
    """VM_SAO adds the bits that ask for strong access ordering."""
    added = hooks.vm_get_page_prot(3 | 1 << 24) ^ hooks.vm_get_page_prot(3)
    assert added == golden[name]["words"]["sao"]


def test_marks_of_a_huge_page(hooks, name, golden):
    """pfn_pmd and pmd_mkhuge together add what marks a transparent huge page."""
    huge = golden[name]["words"]["huge"]
    if not hooks.has("pfn_pmd"):
        assert "hash-4k" in name
        return
    assert hooks.pmd_mkhuge(hooks.pfn_pmd(0, 0)) == huge


def test_the_handler_marks_what_it_hashes(target, name, golden):
    """A use leaves HASHPTE behind on hash, and nothing of it on radix."""
    used = target.mmu.format.mkaccessed(golden[name]["words"]["hint"])
    hashed = golden[name]["words"]["hashed"] if "hash" in name else 0
    assert used & golden[name]["words"]["hashed"] == hashed


def test_pointers_to_tables(hooks, name, golden):
    """A hash directory entry is the address with what its era adds."""
    table = golden[name]["words"].get("table")
    if table is None:
        assert "radix" in name
        return
    assert hooks.pxd_populate("pmd", 0x2345000) == table
    assert hooks.pxd_page_paddr("pmd", table) == 0x2345000


SHARED = ("noncached_0", "tolerant_0", "swap_soft_dirty", "swap_exclusive", "invalid", "devmap")


@pytest.mark.parametrize("word", SHARED)
def test_marks_of_the_shared_format(hooks, name, golden, word):
    """Memory types, swap marks, INVALID and DEVMAP stand where the era puts them."""
    if word not in golden[name]["words"]:
        assert name.endswith(("v3.14", "v4.0"))
        return
    paused = hooks.pmd_mkinvalid(0)
    found = {
        "noncached_0": hooks.helpers["pgprot_noncached"](0),
        "tolerant_0": hooks.helpers["pgprot_noncached_wc"](0),
        "swap_soft_dirty": hooks.pte_swp_mksoft_dirty(0),
        "swap_exclusive": hooks.pte_swp_mkexclusive(0),
        "invalid": paused,
        "devmap": hooks.pte_mkdevmap(0) if hooks.has("pte_mkdevmap") else 0,
    }
    assert found[word] == golden[name]["words"][word]


def test_protection_keys(hooks, name, golden):
    """Key 31 of a VMA fills the bits that hash has for it."""
    keyed = hooks.vm_get_page_prot(3 | 31 << 32) ^ hooks.vm_get_page_prot(3)
    assert keyed == golden[name]["words"].get("pkey_31", 0)


@pytest.mark.parametrize(
    ("name", "live", "hint"),
    [
        pytest.param("hash-64k-v3.14", 0x0000048D00000383, 0x0000048D00000392, id="v3.14"),
        pytest.param("hash-64k-v4.0", 0x0000048D00000383, 0x0000048D00000381, id="v4.0"),
        pytest.param("hash-64k-v4.12", 0xC000000012340186, 0xC000000012340180, id="v4.12"),
        pytest.param("radix-64k-v6.1", 0xC000000012340186, 0xC000000012340180, id="v6.1"),
        pytest.param("radix-64k-v6.12", 0xC000000012340186, 0xC000000012340180, id="v6.12"),
    ],
    indirect=["name"],
)
def test_the_hint_of_a_writable_page_in_five_eras(hooks, private, live, hint):
    """The same page is hinted in three ways; one word meant two things in 6.1 and 6.12."""
    assert hooks.pte_mknuma(private, live) == hint


def test_one_word_is_a_writable_hint_in_61_and_any_hint_in_612(hooks_of):
    """A saved write permission of Linux 6.1 is no longer one in 6.12."""
    word = 0xC000000012340180
    found = [hooks_of[f"radix-64k-{era}"].pte_write(word) for era in ("v4.12", "v6.1", "v6.12")]
    assert found == [True, True, False]
    assert all(hooks.pte_protnone(word) for name, hooks in hooks_of.items() if "64k-v6" in name)
