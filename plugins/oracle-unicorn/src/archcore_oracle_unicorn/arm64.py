"""An emulated Arm Cortex-A72 at EL0, with a specimen's tables under TTBR0_EL1.

System registers: Arm ARM (DDI 0487), chapter D19. The board's kernel code runs in the upper half,
under TTBR1_EL1, so that the specimen may have the lower one but for the root's last entry. The CPU
is of Armv8.0: the access flag faults when it is clear and there is no dirty bit modifier.
"""

from __future__ import annotations

import struct
from copy import deepcopy
from typing import TYPE_CHECKING

import unicorn
from attrs import evolve
from unicorn import arm64_const as reg

from archcore.conformance.witness import Verdict
from archcore.hw.mmu import Access
from archcore.hw.outcome import Translation
from archcore.hw.walker import Walker
from archcore_oracle_unicorn.board import MARK, PAGE, landed, lay_out, store_word

if TYPE_CHECKING:
    from archcore.conformance.specimen import Specimen
    from archcore.hw.mmu import Mmu
    from archcore.target import Target

PAGE_SHIFT, PA_BITS, VA_BITS = 12, 48, (39, 48)
ENTRIES = 512
SLOT = ENTRIES - 1  # the last entry of the root belongs to the board
BOARD = 1 << 24  # the board's memory: first its own tables, then its code, above any specimen
KERNEL_PAGE, USER_PAGE = BOARD + 8 * PAGE, BOARD + 9 * PAGE
TABLE, KERNEL, USER = 0x3, 0x703, 0x7C3 | 1 << 53  # table; AF and shareable; AP[2:1]=11, PXN
ENTER_AT = 0x100
DBM, READ_ONLY = 1 << 51, 1 << 7
# EL1 is AArch64 and secure: without RW the emulator translates as AArch32 would
SCR_EL3, SCR_RW = (1, 1, 3, 6, 0), 0x400
TG1_4K, IPS_44, CACHED = 2 << 30, 4 << 32, 0x35003500  # write-back, inner shareable, both halves
MAIR, SCTLR_M = 0xFF, 0x1
SVC = struct.pack("<I", 0xD4000001)
SUPERVISOR_CALL = 2  # unicorn's number of the exception that svc raises


def _code(*words: int) -> bytes:
    return struct.pack(f"<{len(words)}I", *words)


# msr ttbr0_el1, x0; msr ttbr1_el1, x0; msr tcr_el1, x1; msr mair_el1, x2; isb;
# msr sctlr_el1, x3; isb; brk
SET_UP = _code(
    0xD5182000, 0xD5182020, 0xD5182041, 0xD518A202, 0xD5033FDF, 0xD5181003, 0xD5033FDF, 0xD4200000
)
# msr ttbr0_el1, x2; tlbi vmalle1; dsb sy; isb; msr elr_el1, x4; msr spsr_el1, x5; eret
ENTER = _code(0xD5182002, 0xD508871F, 0xD5033F9F, 0xD5033FDF, 0xD5184024, 0xD5184005, 0xD69F03E0)
CODE = {
    Access.READ: _code(0xF9400020) + SVC,  # ldr x0, [x1]
    Access.WRITE: _code(0xF9000020) + SVC,  # str x0, [x1]
    Access.EXECUTE: _code(0xD61F0020),  # br x1
}
PLACES = {access: at * 0x10 for at, access in enumerate(Access)}
LANDING = 16


class Arm64Cpu:
    """One CPU with memory for a specimen and, elsewhere, the board's own code and tables."""

    @staticmethod
    def top(_: Target) -> int:
        """Return how many entries of the root are free for a specimen."""
        return SLOT

    @staticmethod
    def refuses(target: Target) -> str | None:
        """Return why a target's tables cannot be put under this CPU."""
        geometry = target.geometry
        if geometry.page_shift != PAGE_SHIFT:
            return "the emulated CPU is set up for the 4K granule"
        if geometry.pa_bits > PA_BITS or geometry.va_bits not in VA_BITS:
            return "the emulated CPU has no 52-bit addresses"
        return None

    @staticmethod
    def mmu(target: Target) -> Mmu:
        """Return the target's hardware without updates of access flag and dirty state."""
        return evolve(target.mmu, sets_accessed=False, sets_dirty=False)

    def __init__(self, target: Target) -> None:
        """Make the CPU; the board is set up with the first specimen."""
        self._geometry = target.geometry
        self._walker = Walker(target.geometry, self.mmu(target))
        self._uc: unicorn.Uc | None = None
        self._number = 0

    def probe(self, specimen: Specimen, address: int, access: Access) -> Verdict:
        """Carry one reference out and tell how it ended."""
        uc = self._uc or self._start(specimen)
        lay_out(uc, specimen, SVC)
        store_word(uc, specimen.root + 8 * SLOT, BOARD + PAGE | TABLE)
        uc.context_restore(self._kernel)
        place = address & -PAGE
        user = (SLOT << self._geometry.levels[-1].shift) + PLACES[access]
        for register, value in (
            (reg.UC_ARM64_REG_X0, MARK),
            (reg.UC_ARM64_REG_X1, place + (LANDING if access is Access.EXECUTE else 0)),
            (reg.UC_ARM64_REG_X2, specimen.root),
            (reg.UC_ARM64_REG_X4, user),
            (reg.UC_ARM64_REG_X5, 0),
        ):
            uc.reg_write(register, value)
        try:
            uc.emu_start(self._high + KERNEL_PAGE + ENTER_AT, 0, count=16)
        except unicorn.UcError as error:
            return Verdict(allowed=False, skipped=f"the emulator stopped: {error}")
        untold = self._untold(specimen, address, access)
        if untold or self._number != SUPERVISOR_CALL:
            return Verdict(allowed=False, skipped=untold)
        frame = landed(uc, specimen, access, uc.reg_read(reg.UC_ARM64_REG_X0))
        physical = None if frame is None else frame + (address & (PAGE - 1))
        return Verdict(allowed=True, physical=physical)

    def _untold(self, specimen: Specimen, address: int, access: Access) -> str | None:
        """Name what this CPU does differently by right: no dirty state, RES0 bits of a block."""
        leaf = self._walker.walk(deepcopy(specimen.memory), specimen.root, address, access)
        if not isinstance(leaf, Translation):
            return None
        if access is Access.WRITE and leaf.entry & DBM and leaf.entry & READ_ONLY:
            return "the dirty bit modifier, which the CPU lacks"
        below = (1 << leaf.shift) - (1 << PAGE_SHIFT)
        return "address bits of a block that are RES0" if leaf.entry & below else None

    @property
    def _high(self) -> int:
        """The first address of the upper half."""
        return (1 << 64) - (1 << self._geometry.va_bits)

    def _start(self, specimen: Specimen) -> unicorn.Uc:
        """Turn translation on once; every probe enters user mode from there."""
        uc = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
        uc.ctl_set_tlb_mode(unicorn.UC_TLB_CPU)
        uc.mem_map(0, specimen.size)
        uc.mem_map(BOARD, 16 * PAGE)
        self._map(uc, BOARD, KERNEL_PAGE, KERNEL_PAGE | KERNEL, 4)
        self._map(uc, BOARD, SLOT << self._geometry.levels[-1].shift, USER_PAGE | USER, 0)
        uc.mem_write(KERNEL_PAGE, SET_UP)
        uc.mem_write(KERNEL_PAGE + ENTER_AT, ENTER)
        for access, code in CODE.items():
            uc.mem_write(USER_PAGE + PLACES[access], code)
        size = 64 - self._geometry.va_bits
        control = size | size << 16 | TG1_4K | IPS_44 | CACHED
        uc.reg_write(reg.UC_ARM64_REG_CP_REG, (*SCR_EL3, SCR_RW))
        for register, value in (
            (reg.UC_ARM64_REG_X0, BOARD),
            (reg.UC_ARM64_REG_X1, control),
            (reg.UC_ARM64_REG_X2, MAIR),
            (reg.UC_ARM64_REG_X3, SCTLR_M),
        ):
            uc.reg_write(register, value)
        uc.hook_add(unicorn.UC_HOOK_INTR, self._interrupted)
        uc.emu_start(KERNEL_PAGE, 0, count=8)
        self._kernel = uc.context_save()
        self._uc = uc
        return uc

    def _map(self, uc: unicorn.Uc, root: int, address: int, leaf: int, spare: int) -> None:
        """Map one page of the board; its tables below the root are the pages from ``spare`` on."""
        table = root
        for at, level in enumerate(reversed(self._geometry.levels[1:]), spare + 1):
            store_word(uc, table + 8 * level.index(address), BOARD + at * PAGE | TABLE)
            table = BOARD + at * PAGE
        store_word(uc, table + 8 * self._geometry.levels[0].index(address), leaf)

    def _interrupted(self, uc: unicorn.Uc, number: int, _: object) -> None:
        self._number = number
        uc.emu_stop()
