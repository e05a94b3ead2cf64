"""Words worked out by hand from the header, and a second formula written down from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.vmflags import VM_EXEC, VM_READ, VM_SHARED, VM_WRITE
from archcore_mips.layout import INVALID_PMD_TABLE, INVALID_PTE_TABLE
from archcore_mips.targets import TARGET

HOOKS = bind(TARGET)
HELPERS = HOOKS.helpers
WORDS = st.integers(0, 2**64 - 1)
ALL = 2**64 - 1
FRAME = 0x12345 << 16

# The enum pgtable_bits counts: P W A M H S XI RI G V D, and three bits C from 11 on.
P, W, A, M, H, S, XI, RI, G, V, D = (1 << bit for bit in range(11))
CACHE, CACHED, UNCACHED = 7 << 11, 3 << 11, 2 << 11
CHANGED = A | M | CACHE | ALL >> 16 << 16  # _PAGE_CHG_MASK

R, WR, X, SH = VM_READ, VM_WRITE, VM_EXEC, VM_SHARED
PROTECTIONS = {
    0: 0x18C1,
    R: 0x1841,
    WR: 0x18C1,
    R | WR: 0x1841,
    X: 0x1801,
    R | X: 0x1801,
    WR | X: 0x1801,
    R | WR | X: 0x1801,
    SH: 0x18C1,
    SH | R: 0x1841,
    SH | WR: 0x18C3,
    SH | R | WR: 0x1843,
    SH | X: 0x1801,
    SH | R | X: 0x1801,
    SH | WR | X: 0x1803,
    SH | R | WR | X: 0x1803,
}


@pytest.mark.parametrize(("flags", "prot"), PROTECTIONS.items(), ids=str)
def test_protections(flags, prot):
    """The sixteen of setup_protection_map with RI and XI, cached as a Loongson-3 caches."""
    assert HOOKS.vm_get_page_prot(int(flags)) == prot


def test_life_of_a_page():
    """Mapped private and written, hinted, disarmed, and written again: word by word."""
    fresh = HOOKS.pfn_pte(0x12345, 0x1841)
    assert fresh == 0x0000_0001_2345_1841
    live = HOOKS.pte_mkwrite(HOOKS.pte_mkdirty(HOOKS.pte_mkyoung(fresh)), None)
    assert live == 0x0000_0001_2345_1E4F
    none = HOOKS.pte_modify(live, HOOKS.page_none())
    assert none == 0x0000_0001_2345_18CD
    back = HOOKS.pte_modify(none, 0x1841)
    assert back == 0x0000_0001_2345_1A4D
    assert HOOKS.pte_mkwrite(back, None) == live


def test_life_of_a_huge_page():
    """pmd_modify keeps HUGE and does not give VALID back; pmd_mkyoung does."""
    live = HOOKS.pmd_mkhuge(HOOKS.pfn_pmd(0x12345 << 11, 0x1E4F))
    assert live == 0x0000_091A_2800_1E5F
    none = HOOKS.pmd_modify(live, HOOKS.page_none())
    assert none == 0x0000_091A_2800_18DD
    back = HOOKS.pmd_modify(none, 0x1841)
    assert back == 0x0000_091A_2800_185D
    assert HOOKS.pmd_mkyoung(back) == 0x0000_091A_2800_1A5D
    assert HOOKS.pmd_mkinvalid(live) == 0x0000_091A_2800_185E


def test_swap_entry():
    """The area in bits 16 to 23, the offset from 24 on, nothing below."""
    assert HOOKS.arch_swp_entry(1, 0x12345) == 0x0000_0123_4501_0000
    assert HELPERS["swp_entry_to_pte"](HELPERS["swp_entry"](5, 7)) == 0x0000_0000_0705_0000


def test_entrylo():
    """Eight software bits leave at the bottom, RI and XI come back in at the top."""
    assert HELPERS["pte_to_entrylo"](FRAME | CACHED | D | V | G | RI | P) == (
        1 << 63 | 0x12345 << 8 | 3 << 3 | 4 | 2 | 1
    )
    assert HELPERS["pte_to_entrylo"](XI | W | A | M | H | S) == 1 << 62


def test_empty_entries_of_upper_levels_point_to_nothing():
    """A word is none if it is that address, and a table if it is any other without HUGE."""
    assert HOOKS.pmd_none(INVALID_PTE_TABLE)
    assert not HOOKS.pmd_present(INVALID_PTE_TABLE)
    assert not HOOKS.pmd_none(0)
    assert HOOKS.pmd_present(0)
    assert HELPERS["pud_none"](INVALID_PMD_TABLE)
    assert not HELPERS["pud_none"](INVALID_PTE_TABLE)


def test_a_kernel_may_have_its_tables_of_nothing_elsewhere():
    """A vector file names them; without a CPU probe no attribute was chosen for combined writes."""
    built = TARGET.built({"&invalid_pte_table": 0x410000, "invalid_pmd_table": 0x40C000})
    hooks = bind(built)
    assert hooks.pmd_none(0x410000)
    assert not hooks.pmd_none(INVALID_PTE_TABLE)
    assert hooks.helpers["pud_none"](0x40C000)
    assert hooks.helpers["pgprot_writecombine"](0x1841) == 0x41
    assert hooks.vm_get_page_prot(0) == HOOKS.vm_get_page_prot(0)
    assert TARGET.built({"PAGE_SHIFT": 14}) is TARGET


def silent(word, right, flag):
    """Return a word with what spares an exception, where the right is there."""
    return word | flag if right else word


SECOND = {
    "pte_none": lambda e: not e & ~G,
    "pte_present": lambda e: bool(e & P),
    "pte_write": lambda e: bool(e & W),
    "pte_dirty": lambda e: bool(e & M),
    "pte_young": lambda e: bool(e & A),
    "pte_special": lambda e: bool(e & S),
    "pte_huge": lambda e: bool(e & H),
    "pte_no_exec": lambda e: bool(e & XI),
    "pte_pfn": lambda e: e >> 16,
    "pte_pgprot": lambda e: e & 0xFFFF,
    "pte_mkwrite": lambda e: silent(e | W, e & M, D),
    "pte_mkdirty": lambda e: silent(e | M, e & W, D),
    "pte_mkyoung": lambda e: silent(e | A, not e & RI, V),
    "pte_mkold": lambda e: e & ~(A | V),
    "pte_mkclean": lambda e: e & ~(M | D),
    "pte_wrprotect": lambda e: e & ~(W | D),
    "pte_mkspecial": lambda e: e | S,
    "pte_mkhuge": lambda e: e | H,
    "pmd_leaf": lambda e: bool(e & H),
    "pmd_trans_huge": lambda e: bool(e & H),
    "pmd_bad": lambda e: not e & H and bool(e & 0x3FFF),
    "pmd_none": lambda e: e == INVALID_PTE_TABLE,
    "pmd_present": lambda e: bool(e & P) if e & H else e != INVALID_PTE_TABLE,
    "pmd_mkinvalid": lambda e: e & ~(P | V | D),
    "pud_bad": lambda e: bool(e & 0x3FFF),
    "pud_leaf": lambda e: bool(e & H),
    "pgprot_noncached": lambda e: e & ~CACHE | UNCACHED,
    "pte_to_entrylo": lambda e: e >> 8 | (e & (XI | RI)) << 56 & ALL,
}


def call(name, word):
    """Call a helper as the vector files do."""
    function = HELPERS.get(name) or getattr(HOOKS, name)
    return function(word, None) if name == "pte_mkwrite" else function(word)


@pytest.mark.parametrize("name", SECOND)
@given(word=WORDS)
def test_the_second_formula_agrees(name, word):
    """Every helper gives what the same line of the header gives when it is read again."""
    assert call(name, word) == SECOND[name](word)


@given(word=WORDS, pending=st.booleans())
def test_what_linux_does_not_know_here(word, pending):
    """Nothing is protnone without NUMA balancing, and any entry may be in a TLB."""
    assert not HOOKS.pte_protnone(word)
    assert HOOKS.pte_accessible(word, pending)


@given(word=WORDS, prot=WORDS)
def test_changes_of_protection_agree(word, prot):
    """pte_modify and pmd_modify, for any word and any protection."""
    changed = word & CHANGED | prot & ~CHANGED
    ready = changed & A and not changed & RI
    assert HOOKS.pte_modify(word, prot) == (changed | V if ready else changed)
    assert HOOKS.pmd_modify(word, prot) == word & (CHANGED | H) | prot & ~CHANGED


@given(pfn=WORDS, prot=WORDS)
def test_nothing_is_cut_off_but_at_the_top(pfn, prot):
    """pfn_pte and pfn_pmd shift and add."""
    assert HOOKS.pfn_pte(pfn, prot) == HOOKS.pfn_pmd(pfn, prot) == (pfn << 16 & ALL) | prot
