"""The mips target: a format, a geometry and an encoding of the hint under one id."""

from __future__ import annotations

from archcore.entry import AtLevel, at_levels, layer
from archcore.target import Target
from archcore.vmflags import VM_READ
from archcore_mips.entry import Folded, HugeEntry, PageEntry
from archcore_mips.hardware import MANUAL, MMU, Tables
from archcore_mips.hint import Inhibited
from archcore_mips.layout import ENTRY, SOURCE, SWAP, TABLE, InvalidTables, geometry
from archcore_mips.maintenance import Maintenance
from archcore_mips.protection import Protections
from archcore_mips.swap import TYPES, Swap, SwapEntry


def target(invalid: InvalidTables, protections: Protections) -> Target:
    """Return the target of a kernel with its tables of nothing there and these protections."""
    offset = TABLE["OFFSET"]
    return Target(
        id="mips64-16k-v6.1",
        arch="mips64",
        era="v6.1",
        summary=(
            "mips64 with RI and XI, 16K pages, 3 levels, software TLB in pairs, aliasing caches; "
            "no NUMA balancing, the hint is a proposal"
        ),
        geometry=geometry(invalid),
        architecture=layer(
            AtLevel("pte", PageEntry(ENTRY)),
            AtLevel("pte", SwapEntry()),
            AtLevel("pmd", HugeEntry(ENTRY, invalid.pte, offset)),
            Folded(ENTRY, invalid.pmd, offset),
            protections,
            Swap(SWAP),
            Tables(),
            Maintenance(),
        ),
        encoding=at_levels(Inhibited(ENTRY), "pte", "pmd"),
        mmu=MMU,
        swap=SWAP,
        sources=(SOURCE, MANUAL),
        swap_types=TYPES,
        reads=VM_READ,
        proposal=True,
    )


TARGET = target(InvalidTables(), Protections(ENTRY))
TARGETS = (TARGET,)
