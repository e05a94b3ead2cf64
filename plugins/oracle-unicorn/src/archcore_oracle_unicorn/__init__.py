"""The unicorn emulator's MMU as a witness for archcore's hardware models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore_oracle_unicorn.arm64 import Arm64Cpu
from archcore_oracle_unicorn.riscv import RiscvCpu
from archcore_oracle_unicorn.x86 import X86Cpu

if TYPE_CHECKING:
    from archcore.conformance.specimen import Specimen
    from archcore.conformance.witness import Verdict
    from archcore.hw.mmu import Access, Mmu
    from archcore.target import Target

CPUS: dict[str, type[X86Cpu | Arm64Cpu | RiscvCpu]] = {
    "x86": X86Cpu,
    "arm64": Arm64Cpu,
    "riscv": RiscvCpu,
}


class Unicorn:
    """One emulated CPU for each target that is asked about, made when it is first needed."""

    name = "unicorn"

    def __init__(self) -> None:
        """Start without any CPU."""
        self._cpus: dict[str, X86Cpu | Arm64Cpu | RiscvCpu] = {}

    def refuses(self, target: Target) -> str | None:
        """Return why the emulator cannot speak of a target."""
        if target.arch not in CPUS:
            return f"unicorn's {target.arch} MMU cannot be set up from outside, or is missing"
        return CPUS[target.arch].refuses(target)

    def mmu(self, target: Target) -> Mmu:
        """Return the target's hardware with the abilities of the emulated CPU."""
        return CPUS[target.arch].mmu(target)

    def top(self, target: Target) -> int:
        """Return how many entries of the root are free for a specimen."""
        return CPUS[target.arch].top(target)

    def probe(self, target: Target, specimen: Specimen, address: int, access: Access) -> Verdict:
        """Carry one user-mode reference out."""
        cpu = self._cpus.get(target.id)
        if cpu is None:
            cpu = self._cpus[target.id] = CPUS[target.arch](target)
        return cpu.probe(specimen, address, access)
