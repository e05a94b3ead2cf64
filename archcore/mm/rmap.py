"""The reverse map: where else the page behind an address may be mapped (mm/rmap.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.mm.vma import Vma


def family_of(vma: Vma, address: int) -> Iterator[tuple[Vma, int]]:
    """Yield each VMA that may map the page at an address, and the address of the page there.

    Fork, split and mremap keep a family together, so one page is found in all its address spaces.
    """
    family = vma.anon_vma
    if family is None:
        yield vma, address
        return
    index = address - vma.moved
    for mm in family.mms:
        for other in mm.vmas:
            if other.anon_vma is family and other.vm_start <= index + other.moved < other.vm_end:
                yield other, index + other.moved
