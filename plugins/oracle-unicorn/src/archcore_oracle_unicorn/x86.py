"""An emulated x86-64 CPU in user mode, with four levels of the specimen's tables under CR3.

Registers and descriptors: Intel SDM volume 3A, chapters 2 (system registers), 3 (segments) and 4.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import unicorn
from unicorn import x86_const as reg

from archcore.conformance.witness import Verdict
from archcore.hw.mmu import Access
from archcore_oracle_unicorn.board import MARK, PAGE, landed, lay_out, leaf_after, store_word

if TYPE_CHECKING:
    from archcore.conformance.specimen import Specimen
    from archcore.hw.mmu import Mmu
    from archcore.target import Target

LEVELS = 4
SLOT = 255  # the last entry of the user half of the root belongs to the board
BOARD = SLOT << 39
TABLE, USER_CODE, USER_DATA, KERNEL = 0x7, 0x5, 0x7, 0x3  # P, R/W and U/S of the board's entries
CR0_PG_WP_ET_PE, CR4_PAE_OSFXSR, EFER_SCE_LME_LMA_NXE = 0x80010033, 0x220, 0xD01
EFER = 0xC0000080
PAGE_FAULT = 14
# null, kernel code, kernel data, user data, user code: flat 64-bit segments
DESCRIPTORS = (0, 0xAF9B000000FFFF, 0xCF93000000FFFF, 0xCFF3000000FFFF, 0xAFFB000000FFFF)
KERNEL_CS, KERNEL_SS, USER_SS, USER_CS = 0x08, 0x10, 0x1B, 0x23
SYSCALL = b"\x0f\x05"
CODE = {
    Access.READ: b"\x48\x8b\x03" + SYSCALL,  # mov rax, [rbx]
    Access.WRITE: b"\x48\x89\x03" + SYSCALL,  # mov [rbx], rax
    Access.EXECUTE: b"\xff\xe3",  # jmp rbx
}
PLACES = {access: at * 0x10 for at, access in enumerate(Access)}
RETURN = b"\x48\xcf"  # iretq
LANDING = 16  # behind a frame's stamp


class X86Cpu:
    """One CPU with memory for a specimen and, above it, the board's own code and tables."""

    @staticmethod
    def top(_: Target) -> int:
        """Return how many entries of the root are free for a specimen."""
        return SLOT

    @staticmethod
    def refuses(target: Target) -> str | None:
        """Return why a target's tables cannot be put under this CPU."""
        if len(target.geometry.levels) != LEVELS:
            return "the emulated CPU has four levels"
        return None

    @staticmethod
    def mmu(target: Target) -> Mmu:
        """Return the target's hardware: the CPU sets accessed and dirty as the model does."""
        return target.mmu

    def __init__(self, target: Target) -> None:
        """Make the CPU; the board is set up with the first specimen."""
        self._target = target
        self._uc: unicorn.Uc | None = None
        self._fault = False

    def probe(self, specimen: Specimen, address: int, access: Access) -> Verdict:
        """Carry one reference out and tell how it ended."""
        uc = self._uc or self._start(specimen)
        lay_out(uc, specimen, SYSCALL)
        self._board(uc, specimen)
        uc.context_restore(self._user)
        uc.reg_write(reg.UC_X86_REG_CR3, specimen.root)
        place = address & -PAGE
        uc.reg_write(reg.UC_X86_REG_RBX, place + (LANDING if access is Access.EXECUTE else 0))
        uc.reg_write(reg.UC_X86_REG_RAX, MARK)
        self._fault = False
        try:
            uc.emu_start(BOARD + PLACES[access], 0, count=4)
        except unicorn.UcError as error:
            return Verdict(allowed=False, skipped=f"the emulator stopped: {error}")
        if self._fault:
            return Verdict(allowed=False)
        frame = landed(uc, specimen, access, uc.reg_read(reg.UC_X86_REG_RAX))
        physical = None if frame is None else frame + (address & (PAGE - 1))
        return Verdict(
            allowed=True,
            physical=physical,
            leaf=leaf_after(uc, self._target, specimen, address, access),
        )

    def _start(self, specimen: Specimen) -> unicorn.Uc:
        """Bring the CPU into user mode once; every probe begins from there."""
        uc = unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_64)
        uc.ctl_set_tlb_mode(unicorn.UC_TLB_CPU)
        uc.mem_map(0, specimen.size + 16 * PAGE)
        self._base = specimen.size
        self._board(uc, specimen)
        for at, descriptor in enumerate(DESCRIPTORS):
            store_word(uc, self._base + 5 * PAGE + 8 * at, descriptor)
        for access, code in CODE.items():
            uc.mem_write(self._base + 3 * PAGE + PLACES[access], code)
        uc.mem_write(self._base + 3 * PAGE + 0x800, SYSCALL)
        uc.mem_write(self._base + 6 * PAGE, RETURN)
        stack = BOARD + 2 * PAGE - 0x100
        frame = struct.pack("<5Q", BOARD + 0x800, USER_CS, 0x2, stack - 0x100, USER_SS)
        uc.mem_write(self._base + 5 * PAGE - 0x100, frame)
        for register, value in (
            (reg.UC_X86_REG_CR3, specimen.root),
            (reg.UC_X86_REG_CR4, CR4_PAE_OSFXSR),
            (reg.UC_X86_REG_MSR, (EFER, EFER_SCE_LME_LMA_NXE)),
            (reg.UC_X86_REG_GDTR, (0, BOARD + 2 * PAGE, 8 * len(DESCRIPTORS) - 1, 0)),
            (reg.UC_X86_REG_CR0, CR0_PG_WP_ET_PE),
            (reg.UC_X86_REG_CS, KERNEL_CS),
            (reg.UC_X86_REG_SS, KERNEL_SS),
            (reg.UC_X86_REG_RSP, stack),
        ):
            uc.reg_write(register, value)
        uc.hook_add(unicorn.UC_HOOK_INTR, self._interrupted)
        uc.hook_add(unicorn.UC_HOOK_INSN, self._done, None, 1, 0, reg.UC_X86_INS_SYSCALL)
        uc.emu_start(BOARD + 3 * PAGE, 0, count=4)
        self._user = uc.context_save()
        self._uc = uc
        return uc

    def _board(self, uc: unicorn.Uc, specimen: Specimen) -> None:
        """Map the board: user code, user data, descriptors and kernel code, in that order."""
        base = self._base
        store_word(uc, specimen.root + 8 * SLOT, base | TABLE)
        store_word(uc, base, base + PAGE | TABLE)
        store_word(uc, base + PAGE, base + 2 * PAGE | TABLE)
        for at, flags in enumerate((USER_CODE, USER_DATA, KERNEL, KERNEL)):
            store_word(uc, base + 2 * PAGE + 8 * at, base + (3 + at) * PAGE | flags)

    def _interrupted(self, uc: unicorn.Uc, number: int, _: object) -> None:
        self._fault = number == PAGE_FAULT
        uc.emu_stop()

    def _done(self, uc: unicorn.Uc, _: object) -> None:
        uc.emu_stop()
