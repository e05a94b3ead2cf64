"""Words worked out by hand from pgtable_64.h and init_64.c, and by a second formula on numbers.

Frame 0x12345, user, readable and writable, young and dirty unless a line says otherwise.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.specimens import VmaView
from archcore.vmflags import VM_EXEC, VM_NONE, VM_READ, VM_SHARED, VM_WRITE
from archcore_sparc64.targets import SUN4U, SUN4V

PFN = 0x12345
RW = VM_READ | VM_WRITE
U, V = bind(SUN4U), bind(SUN4V)
WORDS = st.integers(0, 2**64 - 1)

# sun4u: PRESENT 0x80, CP|CV 0x30, ACCESSED 0x400, READ 0x200, WRITE 0x100, EXEC 0x1000.
# sun4v: PRESENT 0x10, CP|CV 0x600, EXEC 0x80, WRITE 1<<58, READ 1<<59, ACCESSED 1<<60.
PROTECTIONS = {
    VM_NONE: (0x4B0, 0x1000_0000_0000_0610),
    VM_READ: (0x8000_0000_0000_06B0, 0x9800_0000_0000_0610),
    RW: (0x8000_0000_0000_06B0, 0x9800_0000_0000_0610),
    VM_READ | VM_EXEC: (0x8000_0000_0000_16B0, 0x9800_0000_0000_0690),
    RW | VM_SHARED: (0x8000_0000_0000_07B0, 0x9C00_0000_0000_0610),
    RW | VM_EXEC | VM_SHARED: (0x8000_0000_0000_17B0, 0x9C00_0000_0000_0690),
}


@pytest.mark.parametrize(("flags", "sun4u", "sun4v"), [(k, *v) for k, v in PROTECTIONS.items()])
def test_protections(flags, sun4u, sun4v):
    """sun4u_pgprot_init and sun4v_pgprot_init over prot_init_common."""
    assert U.vm_get_page_prot(int(flags)) == sun4u
    assert V.vm_get_page_prot(int(flags)) == sun4v


@pytest.mark.parametrize(
    ("hooks", "live", "hint", "clean_hint"),
    [
        (U, 0x8000_0000_2468_AFB2, 0x0000_0000_2468_ADB2, 0x0000_0000_2468_A4B0),
        (V, 0xBC00_0000_2468_A650, 0x3400_0000_2468_A650, 0x1000_0000_2468_A610),
    ],
    ids=["sun4u", "sun4v"],
)
def test_entries(hooks, live, hint, clean_hint):
    """A live page; its hint; and the hint of one that is neither dirty nor writable."""
    prot = PROTECTIONS[RW][hooks is V]
    vma = VmaView(RW, prot)
    made = hooks.pte_mkwrite(hooks.pte_mkdirty(hooks.pfn_pte(PFN, prot)), None)
    assert made == live
    assert hooks.pte_mknuma(vma, live) == hint
    assert hooks.pte_mknonnuma(vma, hint) == live
    clean = hooks.pte_mkclean(hooks.pte_wrprotect(live))
    assert hooks.pte_mknuma(vma, clean) == clean_hint
    assert hooks.pte_present(hint)
    assert not hooks.pte_accessible(hint, True)


@pytest.mark.parametrize("hooks", [U, V], ids=["sun4u", "sun4v"])
def test_swap_entries(hooks):
    """Area 1 at bit 13, offset 0x12345 from bit 21 on; nothing below."""
    assert hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(1, PFN)) == 0x24_68A0_2000


def test_huge_pages():
    """8 MB at 0x40000000: PMD_HUGE and the size of 4 MB, in either place."""
    assert U.pmd_mkhuge(U.pfn_pmd(0x20000, PROTECTIONS[RW][0])) == 0xE100_0000_4000_06B0
    assert V.pmd_mkhuge(V.pfn_pmd(0x20000, PROTECTIONS[RW][1])) == 0x9900_0000_4000_0613


@given(WORDS, WORDS)
def test_modify_keeps_by_the_masks_that_the_header_states(entry, newprot):
    """The header has them in a comment above pte_modify; it leaves out bits it sets aside for size.

    sun4u: 0x630107ffffffec38, sun4v: 0x33ffffffffffee07.
    """
    for hooks, mask in ((U, 0x6301_07FF_FFFF_EC38), (V, 0x33FF_FFFF_FFFF_EE07)):
        # SPECIAL and PMD_HUGE are in the code's mask; Panther's size bit 48 is not in this layout.
        kept = (mask | 0x0300_0000_0000_0000) & ~(0x0001_0000_0000_0000 if hooks is U else 0)
        assert hooks.pte_modify(entry, newprot) == (entry & kept) | (newprot & ~kept)
