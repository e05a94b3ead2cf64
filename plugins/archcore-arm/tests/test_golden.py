"""Words worked out by hand from the kernel's headers, and by a second formula that shares nothing.

Frame 0x12345, user, readable and writable, young and dirty unless a line says otherwise. The second
formula follows the assembly of Linux 6.1, instruction by instruction, on plain numbers.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.specimens import VmaView
from archcore.vmflags import VM_EXEC, VM_NONE, VM_READ, VM_SHARED, VM_WRITE
from archcore_arm.targets import V5, V7_LPAE
from archcore_arm.three_level.hardware import stored
from archcore_arm.two_level.hardware import hardware_word

PFN = 0x12345
RW = VM_READ | VM_WRITE
SHORT, LONG = bind(V5), bind(V7_LPAE)

# PRESENT 1, YOUNG 2, MT writeback 0xc, DIRTY 0x40, RDONLY 0x80, USER 0x100, XN 0x200, NONE 0x800.
V5_PROT = {
    VM_NONE: 0xA8F,
    VM_READ: 0x38F,
    VM_WRITE: 0x38F,
    RW: 0x38F,
    VM_EXEC: 0x18F,
    VM_READ | VM_EXEC: 0x18F,
    RW | VM_EXEC: 0x18F,
    VM_READ | VM_SHARED: 0x38F,
    RW | VM_SHARED: 0x30F,
    RW | VM_EXEC | VM_SHARED: 0x10F,
}
# PRESENT 3, MT write-allocate 0x1c, USER 0x40, SHARED 0x300, YOUNG 0x400, XN 1<<54, NONE 1<<57,
# RDONLY 1<<58.
LPAE_PROT = {
    VM_NONE: 0x0640_0000_0000_071F,
    VM_READ: 0x0440_0000_0000_075F,
    RW: 0x0440_0000_0000_075F,
    VM_READ | VM_EXEC: 0x0400_0000_0000_075F,
    RW | VM_SHARED: 0x0040_0000_0000_075F,
    RW | VM_EXEC | VM_SHARED: 0x0000_0000_0000_075F,
}


@pytest.mark.parametrize(("flags", "prot"), V5_PROT.items())
def test_v5_protections(flags, prot):
    """protection_map of arch/arm/mm/mmu.c with the write-back memory type."""
    assert SHORT.vm_get_page_prot(int(flags)) == prot


@pytest.mark.parametrize(("flags", "prot"), LPAE_PROT.items())
def test_lpae_protections(flags, prot):
    """protection_map of arch/arm/mm/mmu.c with the memory type and shareability of SMP."""
    assert LONG.vm_get_page_prot(int(flags)) == prot


def test_v5_entries():
    """A live page, its hint with and without write permission, and what the hardware gets."""
    live = SHORT.pte_mkdirty(SHORT.pte_mkwrite(SHORT.pfn_pte(PFN, V5_PROT[RW]), None))
    vma = VmaView(RW, V5_PROT[RW])
    hint = SHORT.pte_mknuma(vma, live)
    assert (live, hint) == (0x1234_534F, 0x1234_5A4F)
    assert SHORT.pte_mknuma(vma, SHORT.pte_wrprotect(live)) == 0x1234_5ACF
    assert SHORT.pte_mknonnuma(vma, hint) == live
    # Small page, cached and buffered; user may store; then the kernel alone may; then nobody.
    assert hardware_word(live) == 0x1234_5FFE
    assert hardware_word(hint) == 0x1234_555E
    assert hardware_word(SHORT.pte_mkclean(live)) == 0x1234_5AAE
    assert hardware_word(SHORT.pte_mkold(live)) == 0
    assert SHORT.arch_swp_entry_to_pte(SHORT.arch_swp_entry(1, PFN)) == 0x0091_A284


def test_lpae_entries():
    """A live page and its hint, as helpers make them and as they are stored."""
    live = LONG.pte_mkdirty(LONG.pte_mkwrite(LONG.pfn_pte(PFN, LPAE_PROT[RW]), None))
    hint = LONG.pte_mknuma(VmaView(RW, LPAE_PROT[RW]), live)
    assert live == 0x00C0_0000_1234_575F
    assert stored(live) == 0x00C0_0000_1234_5F5F
    assert stored(LONG.pte_mkclean(live)) == 0x0040_0000_1234_5FDF
    assert hint == 0x02C0_0000_1234_571F
    assert stored(hint) == 0x02C0_0000_1234_571E
    assert LONG.pte_present(stored(hint))
    assert LONG.arch_swp_entry_to_pte(LONG.arch_swp_entry(1, PFN)) == 0x0091_A284


def test_v5_tables():
    """__pmd_populate: hardware tables of the page at 0x345000, domain 1, PMD_BIT4."""
    assert SHORT.pxd_populate("pmd", 0x0034_5000) == 0x0034_5831
    assert SHORT.pxd_page_paddr("pmd", 0x0034_5831) == 0x0034_5000


def armv3_set_pte_ext(linux: int) -> int:
    """Return what the macro leaves in r2 when it stores the hardware version."""
    r3 = linux ^ (0x1 | 0x2 | 0x40)
    r2 = linux & ~0xFF0
    r2 = (r2 & ~0x3) | 0x2
    if r3 & 0x100:
        r2 |= 0xAA0
    if not r3 & (0x80 | 0x40):
        r2 |= 0x550
    return 0 if r3 & (0x1 | 0x2) else r2


def cpu_v7_set_pte_ext(entry: int) -> int:
    """Return what set_pte_at and the function of three levels store."""
    if entry & 1 and entry & 0x40 and entry & 0x400:
        entry |= 0x800
    low, high = entry & 0xFFFF_FFFF, entry >> 32
    if low & 1:
        if high & 1 << (57 - 32):
            low &= ~1
        elif (high ^ 1 << (55 - 32)) & (1 << (55 - 32) | 1 << (58 - 32)):
            low |= 0x80
        else:
            low &= ~0x80
    return high << 32 | low


@given(st.integers(0, 2**32 - 1))
def test_every_hardware_word_is_the_macros(entry):
    """The formula of words and the assembly agree on any word."""
    assert hardware_word(entry) == armv3_set_pte_ext(entry)


@given(st.integers(0, 2**64 - 1))
def test_every_stored_word_is_the_functions(entry):
    """The formula of words and the assembly agree, and storing twice changes nothing."""
    assert stored(entry) == cpu_v7_set_pte_ext(entry)
    assert stored(stored(entry)) == stored(entry)


def test_arrays_are_stored_alike():
    """A whole table at once gets what one entry after another gets."""
    rng = np.random.default_rng(11)
    short = rng.integers(0, 2**32, 512, dtype=np.uint32)
    assert hardware_word(short).tolist() == [armv3_set_pte_ext(one) for one in short.tolist()]
    long = rng.integers(0, 2**64, 512, dtype=np.uint64)
    assert stored(long).tolist() == [cpu_v7_set_pte_ext(one) for one in long.tolist()]
