"""An emulated RV64 hart in user mode, with a specimen's tables under satp.

Registers and instructions: The RISC-V Instruction Set Manual, volumes I and II. Machine mode is not
translated, so that the board's code needs no tables; what user mode runs is mapped by the last
entry of the root's lower half. The hart sets A and D itself and has neither Svpbmt nor Svnapot.
"""

from __future__ import annotations

import struct
from copy import deepcopy
from typing import TYPE_CHECKING

import unicorn
from unicorn import riscv_const as reg

from archcore.conformance.witness import Verdict
from archcore.hw.mmu import Access
from archcore.hw.outcome import FaultKind, Translation
from archcore.hw.walker import Walker
from archcore_oracle_unicorn.board import MARK, PAGE, landed, lay_out, leaf_after, store_word

if TYPE_CHECKING:
    from archcore.conformance.specimen import Specimen
    from archcore.hw.mmu import Mmu
    from archcore.target import Target

PAGE_SHIFT = 12
SLOT = 255  # the last entry of the root's lower half belongs to the board
BOARD = 1 << 24  # the board's memory: first its own tables, then its code, above any specimen
MACHINE_PAGE, USER_PAGE = BOARD + 8 * PAGE, BOARD + 9 * PAGE
MODES = {39: 8, 48: 9, 57: 10}  # satp.MODE by the address bits that it translates
MODE_SHIFT, PPN_SHIFT, PPN_END = 60, 10, 54
TABLE, USER = 0x01, 0xDF  # V; D, A, U, X, W, R, V
RIGHTS, RESERVED_IN_TABLES = 0x0E, 0xD0  # R, W, X; U, A, D
ECALL = struct.pack("<I", 0x00000073)
FROM_USER = 8  # mcause of an ecall in user mode, which is unicorn's number, too


def _code(*words: int) -> bytes:
    return struct.pack(f"<{len(words)}I", *words)


# csrw satp, a2; sfence.vma; csrw mepc, a4; csrw mstatus, a5; mret
ENTER = _code(0x18061073, 0x12000073, 0x34171073, 0x30079073, 0x30200073)
CODE = {
    Access.READ: _code(0x0005B503) + ECALL,  # ld a0, 0(a1)
    Access.WRITE: _code(0x00A5B023) + ECALL,  # sd a0, 0(a1)
    Access.EXECUTE: _code(0x00058067),  # jr a1
}
PLACES = {access: at * 0x10 for at, access in enumerate(Access)}
LANDING = 16


class RiscvCpu:
    """One hart with memory for a specimen and, elsewhere, the board's own code and tables."""

    @staticmethod
    def top(_: Target) -> int:
        """Return how many entries of the root are free for a specimen."""
        return SLOT

    @staticmethod
    def refuses(target: Target) -> str | None:
        """Return why a target's tables cannot be put under this hart."""
        if target.geometry.va_bits not in MODES:
            return "the emulated hart has Sv39, Sv48 and Sv57 only"
        return None

    @staticmethod
    def mmu(target: Target) -> Mmu:
        """Return the target's hardware: the hart sets both flags, as the model does."""
        return target.mmu

    def __init__(self, target: Target) -> None:
        """Make the hart; the board is set up with the first specimen."""
        self._target = target
        self._walker = Walker(target.geometry, target.mmu)
        self._uc: unicorn.Uc | None = None
        self._number = 0

    def probe(self, specimen: Specimen, address: int, access: Access) -> Verdict:
        """Carry one reference out and tell how it ended."""
        uc = self._uc or self._start(specimen)
        lay_out(uc, specimen, ECALL)
        self._map(uc, specimen.root)
        uc.context_restore(self._machine)
        place = address & -PAGE
        geometry = self._target.geometry
        user = (SLOT << geometry.levels[-1].shift) + PLACES[access]
        satp = MODES[geometry.va_bits] << MODE_SHIFT | specimen.root >> PAGE_SHIFT
        for register, value in (
            (reg.UC_RISCV_REG_A0, MARK),
            (reg.UC_RISCV_REG_A1, place + (LANDING if access is Access.EXECUTE else 0)),
            (reg.UC_RISCV_REG_A2, satp),
            (reg.UC_RISCV_REG_A4, user),
            (reg.UC_RISCV_REG_A5, 0),
        ):
            uc.reg_write(register, value)
        self._number = 0
        try:
            uc.emu_start(MACHINE_PAGE, 0, count=16)
        except unicorn.UcError as error:
            return Verdict(allowed=False, skipped=f"the emulator stopped: {error}")
        untold = self._untold(specimen, address, access)
        if untold or self._number != FROM_USER:
            return Verdict(allowed=False, skipped=untold)
        frame = landed(uc, specimen, access, uc.reg_read(reg.UC_RISCV_REG_A0))
        physical = None if frame is None else frame + (address & (PAGE - 1))
        leaf = leaf_after(uc, self._target, specimen, address, access)
        return Verdict(allowed=True, physical=physical, leaf=leaf)

    def _untold(self, specimen: Specimen, address: int, access: Access) -> str | None:
        """Name what this hart does differently by right: reserved bits that it does not look at.

        The emulator is older than the rule that they fault. A page may also lie where a table is,
        and have no stamp to be read.
        """
        found = self._walker.walk(deepcopy(specimen.memory), specimen.root, address, access)
        if isinstance(found, Translation):
            table = access is Access.READ and found.physical // PAGE in specimen.memory.frames
            return "what a page holds that is a table as well" if table else None
        if found.kind is not FaultKind.RESERVED:
            return None
        entry = found.entry or 0
        if entry >> PPN_END:
            return "bits above the frame, which the hart takes for more of it"
        marked = not entry & RIGHTS and entry & RESERVED_IN_TABLES
        return "U, A and D of a table, which the hart does not look at" if marked else None

    def _start(self, specimen: Specimen) -> unicorn.Uc:
        """Lay the board out once; every probe enters user mode from machine mode."""
        uc = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV64)
        uc.ctl_set_tlb_mode(unicorn.UC_TLB_CPU)
        uc.mem_map(0, specimen.size)
        uc.mem_map(BOARD, 16 * PAGE)
        uc.mem_write(MACHINE_PAGE, ENTER)
        for access, code in CODE.items():
            uc.mem_write(USER_PAGE + PLACES[access], code)
        uc.hook_add(unicorn.UC_HOOK_INTR, self._interrupted)
        self._machine = uc.context_save()
        self._uc = uc
        return uc

    def _map(self, uc: unicorn.Uc, root: int) -> None:
        """Map the user page of the board from an entry of the root on."""
        place = root + 8 * SLOT
        for at in range(len(self._target.geometry.levels) - 1):
            store_word(uc, place, (BOARD + at * PAGE) >> PAGE_SHIFT << PPN_SHIFT | TABLE)
            place = BOARD + at * PAGE
        store_word(uc, place, USER_PAGE >> PAGE_SHIFT << PPN_SHIFT | USER)

    def _interrupted(self, uc: unicorn.Uc, number: int, _: object) -> None:
        self._number = number
        uc.emu_stop()
