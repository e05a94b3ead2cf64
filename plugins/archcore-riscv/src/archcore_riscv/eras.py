"""The kernels: what one has that another has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.encoding import Write
from archcore.entry import AtLevel, Layer, at_levels, layer
from archcore.swapformat import Swap, SwapEntry, TrustingSwap, swap_marks
from archcore.swaptypes import SwapTypes
from archcore_riscv import layout
from archcore_riscv.entry import HugeEntry, PteEntry, Pud
from archcore_riscv.hardware import Tables
from archcore_riscv.newer import Accessible, Devmap
from archcore_riscv.protection import Protections

if TYPE_CHECKING:
    from archcore.layout import EntryLayout

SWAPPED = ("pte", "pmd")


@frozen(kw_only=True)
class Era:
    """The rules of one kernel; ``own`` are the helpers that only it has."""

    name: str
    hint: str
    sources: tuple[str, ...]
    leaves: dict[str, EntryLayout]
    write: Write
    swap: EntryLayout
    swap_types: SwapTypes
    codec: Swap
    engine: str
    own: tuple[object, ...] = ()

    def architecture(self) -> Layer:
        """Return the helpers of every level, the protections, the swap codec and the tables."""
        return layer(
            AtLevel("pte", PteEntry(self.leaves["pte"])),
            AtLevel("pmd", HugeEntry(self.leaves["pmd"])),
            AtLevel("pud", Pud(self.leaves["pud"])),
            Protections(self.leaves["pte"]),
            self.codec,
            at_levels(SwapEntry(), *SWAPPED),
            *(AtLevel("pte", mark) for mark in swap_marks(self.swap)),
            Tables(),
            *self.own,
        )


V61 = Era(
    name="v6.1",
    hint="Linux 6.1: PROT_NONE in the bit of GLOBAL, write kept",
    sources=(
        layout.SOURCE,
        "Linux 6.1.192 (Debian) arch/riscv/include/asm/pgtable.h, defconfig with NUMA balancing",
    ),
    leaves=layout.V61,
    write=Write.STASHED,
    engine="v6.1",
    swap=layout.V61_SWAP,
    codec=TrustingSwap(layout.V61_SWAP),
    # include/linux/swap.h without CONFIG_MEMORY_FAILURE, DEVICE_PRIVATE and PTE_MARKER.
    swap_types=SwapTypes(
        max_swapfiles=28,
        hwpoison=None,
        migration_read=28,
        migration_read_exclusive=29,
        migration_write=30,
        pte_marker=None,
        swapin_error=31,
        pfn_bits=44,
        migration_ad=True,
    ),
)
V612 = Era(
    name="v6.12",
    hint="Linux 6.12: PROT_NONE in the bit of GLOBAL, write recomputed",
    sources=(
        layout.V612_SOURCE,
        "Linux 6.12.107 (Debian), whose own page tables are the test data",
    ),
    leaves=layout.V612,
    write=Write.LOST,
    engine="v7.0",
    swap=layout.V612_SWAP,
    codec=Swap(layout.V612_SWAP),
    # include/linux/swap.h of Linux 6.12 without CONFIG_MEMORY_FAILURE and DEVICE_PRIVATE.
    swap_types=SwapTypes(
        max_swapfiles=28,
        hwpoison=None,
        migration_read=28,
        migration_read_exclusive=29,
        migration_write=30,
        pte_marker=31,
        swapin_error=None,
        pfn_bits=44,
        migration_ad=True,
    ),
    own=(
        *(AtLevel(one, Accessible(layout.V612[one])) for one in layout.V612),
        *(AtLevel(one, Devmap(layout.V612[one])) for one in SWAPPED),
    ),
)
