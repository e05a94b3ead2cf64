"""Where a vector file's own words about its kernel contradict the target it is checked against."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.target import Target
    from archcore.vectors.group import VectorFile

RELEASE = re.compile(r"(\d+\.\d+)")
SWAP_TYPES = {
    "MAX_SWAPFILES": "max_swapfiles",
    "SWP_HWPOISON": "hwpoison",
    "SWP_MIGRATION_READ": "migration_read",
    "SWP_MIGRATION_READ_EXCLUSIVE": "migration_read_exclusive",
    "SWP_MIGRATION_WRITE": "migration_write",
    "SWP_PTE_MARKER": "pte_marker",
    "SWP_SWAPIN_ERROR": "swapin_error",
    "SWP_DEVICE_WRITE": "device_write",
    "SWP_DEVICE_READ": "device_read",
    "SWP_DEVICE_EXCLUSIVE_WRITE": "device_exclusive_write",
    "SWP_DEVICE_EXCLUSIVE_READ": "device_exclusive_read",
    "SWP_PFN_BITS": "pfn_bits",
}


def contradictions(target: Target, vectors: VectorFile) -> Iterator[str]:
    """Yield a sentence for each; differing records may come from there."""
    meta, geometry = vectors.meta, target.geometry
    facts = {
        "page_size": geometry.page_size,
        "levels": len(geometry.levels),
        "va_bits": geometry.va_bits,
        "pa_bits": geometry.pa_bits,
    }
    for key, own in facts.items():
        found = meta.get(key)
        if isinstance(found, int) and found != own:
            yield f"{key} is {found} in the file and {own} in the target"
    yield from _words(target, vectors)
    yield from _numbers(target, vectors)


def _words(target: Target, vectors: VectorFile) -> Iterator[str]:
    variant, mmu, kernel = (vectors.meta.get(key) for key in ("variant", "mmu", "kernel"))
    if isinstance(variant, str) and not variant.startswith(target.arch):
        yield f"the file is of variant {variant}, the target of architecture {target.arch}"
    if isinstance(mmu, str) and mmu not in target.id.split("-"):
        yield f"the file's kernel ran with mmu {mmu}"
    release = RELEASE.search(kernel) if isinstance(kernel, str) else None
    if release is not None and target.era != f"v{release[1]}":
        yield f"the file's kernel is Linux {release[1]}, the target's era {target.era}"


def _numbers(target: Target, vectors: VectorFile) -> Iterator[str]:
    known: dict[str, object] = {"PAGE_SHIFT": target.geometry.page_shift}
    if target.swap_types is not None:
        for name, attribute in SWAP_TYPES.items():
            known[name] = getattr(target.swap_types, attribute)
    for name, own in known.items():
        found = vectors.constants.get(name, own)
        if found != own:
            yield f"{name} is {found} in the file and {own} in the target"
