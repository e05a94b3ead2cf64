"""Words worked out by hand from the header, and a second formula written down from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.specimens import vma_view
from archcore.vmflags import VM_EXEC, VM_READ, VM_SHARED, VM_WRITE
from archcore_loongarch.layout import INVALID_PMD_TABLE, INVALID_PTE_TABLE, Layouts
from archcore_loongarch.targets import TARGETS, target

TARGET = TARGETS[0]
HOOKS = bind(TARGET)
HELPERS = HOOKS.helpers
SMALL = bind(target(Layouts(12)))  # pages of 4 KB
WORDS = st.integers(0, 2**64 - 1)
ALL = 2**64 - 1

# asm/pgtable-bits.h counts the shifts out one by one.
V, D, PLV, CACHE, G, P, W, M, PN, S, HG = (
    *(1 << 0, 1 << 1, 3 << 2, 3 << 4, 1 << 6, 1 << 7),
    *(1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12),
)
PI, NR, NX = 1 << 60, 1 << 61, 1 << 62
PFN = (1 << 48) - (1 << 14)
CHANGED = M | S | PFN | CACHE | PLV  # _PAGE_CHG_MASK
HUGE_CHANGED = CHANGED | G

R, WR, X, SH = VM_READ, VM_WRITE, VM_EXEC, VM_SHARED
NONE, OPEN = 0x6000_0000_0000_041C, 0x0000_0000_0000_009D
PROTECTIONS = {
    0: NONE,
    R: OPEN | NX,
    WR: OPEN | NX,
    R | WR: OPEN | NX,
    X: OPEN,
    R | X: OPEN,
    WR | X: OPEN,
    R | WR | X: OPEN,
    SH: NONE,
    SH | R: OPEN | NX,
    SH | WR: OPEN | NX | W,
    SH | R | WR: OPEN | NX | W,
    SH | X: OPEN,
    SH | R | X: OPEN,
    SH | WR | X: OPEN | W,
    SH | R | WR | X: OPEN | W,
}


@pytest.mark.parametrize(("flags", "prot"), PROTECTIONS.items(), ids=str)
def test_protections(flags, prot):
    """The sixteen of protection_map in mm/cache.c."""
    assert HOOKS.vm_get_page_prot(int(flags)) == prot


LIVE, HINT, SAVED = 0x4000_0000_1234_539F, 0x2000_0000_1234_561C, 0x2000_0000_1234_571E
GENUINE, SWAP = 0x6000_0000_1234_561C, 0x0000_0123_4501_0000


def test_the_derived_words():
    """With pages of 4 KB, frame 0x12345: live, hint, hint that saved write, genuine none, swap."""
    vma = vma_view(SMALL, VM_READ | VM_WRITE)
    fresh = SMALL.pfn_pte(0x12345, vma.vm_page_prot)
    live = SMALL.pte_mkwrite(SMALL.pte_mkdirty(SMALL.pte_mkyoung(fresh)), vma)
    hint = SMALL.pte_modify(live, SMALL.page_none())
    assert (live, hint) == (LIVE, HINT)
    assert SMALL.pte_mk_savedwrite(hint) == SAVED == SMALL.pte_mknuma(vma, live)
    assert SMALL.pte_modify(live, SMALL.vm_get_page_prot(0)) == GENUINE
    assert SMALL.arch_swp_entry(1, 0x12345) == SWAP
    assert SMALL.pte_mknonnuma(vma, SAVED) == LIVE


def test_hint_and_genuine_none_differ_in_one_bit():
    """PAGE_NONE leaves NO_EXEC clear, the protection of a mapping without rights does not."""
    assert HINT ^ GENUINE == NX
    assert SMALL.pte_protnone(HINT)
    assert SMALL.pte_protnone(GENUINE)


def test_with_16k_the_frame_stands_two_bits_up():
    """The same words, frame apart."""
    live = HOOKS.pfn_pte(0x12345, LIVE & ~(0x12345 << 12))
    assert live == LIVE & ~(0x12345 << 12) | 0x12345 << 14
    assert HOOKS.pte_pfn(live) == 0x12345


def test_marking_makes_old_and_young_would_open():
    """ACCESSED is VALID: a hint is old, and what marks it used opens it to fetches."""
    assert SMALL.pte_young(LIVE)
    assert not SMALL.pte_young(HINT)
    level = TARGET.geometry.levels[0]
    assert not TARGET.mmu.format.valid(level, HINT)
    assert TARGET.mmu.format.valid(level, SMALL.pte_mkyoung(HINT))


def test_a_huge_page_closed_for_a_moment_is_present_and_no_hint():
    """pmd_mkinvalid sets bit 60 and clears what shows the page."""
    live = HOOKS.pmd_mkhuge(HOOKS.pfn_pmd(0x12345 << 11, LIVE & 0xFFF | NX))
    closed = HOOKS.pmd_mkinvalid(live)
    assert closed == live & ~(P | V | D | PN) | PI
    assert HOOKS.pmd_present(closed)
    assert HOOKS.pmd_trans_huge(closed)
    assert not HOOKS.pmd_protnone(closed)


def test_a_kernel_may_have_its_tables_of_nothing_elsewhere():
    """A vector file names them; what it does not name stays."""
    built = TARGET.built({"invalid_pte_table": 0x410000, "invalid_pmd_table": 0x40C000})
    hooks = bind(built)
    assert (built.id, built.geometry.levels[1].empty) == (TARGET.id, 0x410000)
    assert hooks.pmd_none(0x410000)
    assert not hooks.pmd_none(INVALID_PTE_TABLE)
    assert hooks.helpers["pud_none"](0x40C000)
    assert HELPERS["pud_none"](INVALID_PMD_TABLE)
    assert TARGET.built({}).geometry.levels[1].empty == INVALID_PTE_TABLE


def dirty(word):
    """Return a word with the stores that hardware knows of known to the kernel."""
    return word | M if word & D else word


def silent(word, right):
    """Return a word with DIRTY where a store needs no exception."""
    return word | D if right else word


def shown(word):
    """Say whether a huge page or a table stands here."""
    return bool(word & (P | PN | PI)) if word & G else word != INVALID_PTE_TABLE


SECOND = {
    "pte_none": lambda e: not e & ~G,
    "pte_present": lambda e: bool(e & (P | PN)),
    "pte_protnone": lambda e: bool(e & PN),
    "pte_write": lambda e: bool(e & W),
    "pte_dirty": lambda e: bool(e & M),
    "pte_young": lambda e: bool(e & V),
    "pte_special": lambda e: bool(e & S),
    "pte_huge": lambda e: bool(e & G),
    "pte_no_exec": lambda e: bool(e & NX),
    "pte_pfn": lambda e: (e & PFN) >> 14,
    "pte_mkwrite": lambda e: silent(e | W, e & M),
    "pte_mkdirty": lambda e: silent(e | M, e & W),
    "pte_mkyoung": lambda e: e | V,
    "pte_mkold": lambda e: e & ~V,
    "pte_mkclean": lambda e: e & ~(M | D),
    "pte_wrprotect": lambda e: e & ~(W | D),
    "pte_mkspecial": lambda e: e | S,
    "pte_mkhuge": lambda e: e | G,
    "pmd_leaf": lambda e: bool(e & G),
    "pmd_present": shown,
    "pmd_trans_huge": lambda e: bool(e & G) and shown(e),
    "pmd_bad": lambda e: bool(e & 0x3FFF),
    "pmd_none": lambda e: e == INVALID_PTE_TABLE,
    "pmd_mkhuge": lambda e: e & ~G | (e & G) << 6 | G,
    "pmd_mkinvalid": lambda e: (e | PI) & ~(P | V | D | PN),
    "pgprot_noncached": lambda e: e & ~CACHE,
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


@given(word=WORDS, prot=WORDS, pending=st.booleans())
def test_those_of_two_arguments_agree(word, prot, pending):
    """pte_modify, pmd_modify, pfn_pte and pte_accessible, for any words."""
    assert HOOKS.pte_modify(word, prot) == dirty(word) & CHANGED | prot & ~CHANGED
    assert HOOKS.pmd_modify(word, prot) == dirty(word) & HUGE_CHANGED | prot & ~HUGE_CHANGED
    assert HOOKS.pte_accessible(word, pending) == bool(word & P or (word & PN and pending))
    assert HOOKS.arch_swp_entry(word >> 32, prot) == (word >> 32 << 16 & ALL) | (prot << 24 & ALL)
