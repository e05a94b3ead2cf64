"""The loongarch target: a format, a geometry and an encoding of the hint under one id."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, at_levels, layer
from archcore.swapformat import SwapEntry, TrustingSwap
from archcore.target import Target
from archcore_loongarch.entry import Folded, HugeEntry, PageEntry
from archcore_loongarch.hardware import MANUAL, Tables, mmu
from archcore_loongarch.layout import SOURCE, SWAP, Layouts
from archcore_loongarch.maintenance import Maintenance
from archcore_loongarch.protection import Protections
from archcore_loongarch.swap import HugeSwapEntry, types

if TYPE_CHECKING:
    from collections.abc import Mapping


def target(layouts: Layouts) -> Target:
    """Return the target of a kernel with these layouts and three levels."""
    page_shift, offset = layouts.page_shift, layouts.table["OFFSET"]
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
            AtLevel("pmd", HugeEntry(layouts.huge, layouts.invalid_pte, offset)),
            Folded(layouts.huge, layouts.invalid_pmd, offset),
            AtLevel("pmd", HugeSwapEntry(layouts.huge["HUGE"])),
            Protections(layouts.entry),
            TrustingSwap(SWAP),
            Tables(layouts.table),
            Maintenance(),
        ),
        encoding=at_levels(Protnone(Write.STASHED), "pte", "pmd"),
        mmu=mmu(page_shift, layouts.address["FRAME"]),
        swap=SWAP,
        sources=(SOURCE, MANUAL),
        swap_types=types(page_shift),
        built=partial(_built, page_shift),
        golden=f"{__package__}:golden/{size.lower()}-v6.1.jsonl.gz" if page_shift == K16 else "",
    )


def _built(page_shift: int, constants: Mapping[str, int]) -> Target:
    """Return the target of a kernel that has its tables of nothing elsewhere."""
    invalid = (constants.get(f"invalid_{level}_table") for level in ("pte", "pmd"))
    return target(Layouts(page_shift, *(one for one in invalid if one is not None)))


K16 = 14
TARGETS = (target(Layouts(K16)),)
