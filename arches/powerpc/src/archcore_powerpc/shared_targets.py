"""The targets of the format that hash and radix share: each era, MMU and page size."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from archcore.encoding import Write
from archcore.target import Target
from archcore_powerpc import hardware
from archcore_powerpc.assembly import Assembly
from archcore_powerpc.era import PAGES
from archcore_powerpc.eras import ERAS
from archcore_powerpc.format import Format

if TYPE_CHECKING:
    from archcore_powerpc.era import Era


def target(era: Era, pages: str, *, hashes: bool) -> Target:
    """Return one target; ``pages`` is ``4k`` or ``64k``."""
    mmu, shift = "hash" if hashes else "radix", PAGES[pages]
    made = Assembly(Format(era, shift, hashes))
    geometry = made.format.geometry
    what = f"powerpc {mmu}, {pages.upper()} pages, 4 levels, Linux {era.name[1:]}"
    return Target(
        id=f"powerpc-{mmu}-{pages}-{era.name}",
        arch="powerpc",
        era=era.name,
        summary=f"{what}: {era.meaning}",
        geometry=geometry,
        architecture=made.architecture(),
        encoding=made.encoding(),
        mmu=hardware.power9_hash(made.handler()) if hashes else hardware.radix(geometry),
        swap=era.swap(shift),
        sources=(era.source, *era.sources),
        # Since 6.2 the engine computes write permission anew; v7.0 is the first profile to do so.
        engine="v7.0" if era.write is Write.LOST else "v6.1",
        golden=f"{__package__}:golden/{mmu}-{pages}-{era.name}.jsonl.gz",
        swap_types=era.swap_types[shift],
    )


TARGETS = tuple(
    target(era, pages, hashes=hashes) for era, hashes, pages in product(ERAS, (False, True), PAGES)
)
