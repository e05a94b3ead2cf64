"""The loongarch target: a format, a geometry and an encoding of the hint under one id."""

from __future__ import annotations

from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, at_levels, layer
from archcore.target import Target
from archcore_loongarch.entry import HugeEntry, PageEntry
from archcore_loongarch.hardware import MANUAL, Tables, mmu
from archcore_loongarch.layout import SOURCE, SWAP, Layouts
from archcore_loongarch.maintenance import Maintenance
from archcore_loongarch.protection import Protections
from archcore_loongarch.swap import HugeSwapEntry, Swap, SwapEntry, types


def target(page_shift: int) -> Target:
    """Return the target of a kernel with pages of ``2**page_shift`` bytes and three levels."""
    layouts = Layouts(page_shift)
    size = f"{1 << page_shift - 10}K"
    return Target(
        id=f"loongarch-{size.lower()}-v6.1",
        arch="loongarch",
        era="v6.1",
        summary=(
            f"loongarch, {size} pages, 3 levels, software TLB in pairs: PROTNONE for the hint, "
            "VALID is ACCESSED"
        ),
        geometry=layouts.geometry,
        architecture=layer(
            AtLevel("pte", PageEntry(layouts.entry)),
            AtLevel("pte", SwapEntry()),
            AtLevel("pmd", HugeEntry(layouts.huge, layouts.table["OFFSET"])),
            AtLevel("pmd", HugeSwapEntry(layouts.huge["HUGE"])),
            Protections(layouts.entry),
            Swap(SWAP),
            Tables(layouts.table),
            Maintenance(),
        ),
        encoding=at_levels(Protnone(Write.STASHED), "pte", "pmd"),
        mmu=mmu(page_shift, layouts.address["FRAME"]),
        swap=SWAP,
        sources=(SOURCE, MANUAL),
        swap_types=types(page_shift),
    )


TARGETS = (target(14),)
