"""The riscv targets: each era in each mode, and one on a hart with Svvptc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.encoding import Protnone
from archcore.entry import at_levels, layer
from archcore.hw.mmu import Mmu
from archcore.target import Target
from archcore_riscv.eras import V61, V612
from archcore_riscv.hardware import MANUAL, Hardware
from archcore_riscv.layout import LEVELS, geometry
from archcore_riscv.maintenance import Changes, Fences, Flushes

if TYPE_CHECKING:
    from archcore_riscv.eras import Era


def mmu(*, svvptc: bool = False, svade: bool = False) -> Mmu:
    """Return the MMU of a hart, which may have extensions.

    Until it is fenced it may keep the rights that an entry had before they were raised, and without
    Svvptc an invalid entry, too ("either the new or old permissions will be used", SFENCE.VMA in
    the manual). With Svade a use of an entry that lacks A, or a store through one that lacks D,
    faults; without, the walker sets them.
    """
    return Mmu(
        Hardware(),
        sets_accessed=not svade,
        sets_dirty=not svade,
        keeps="rights" if svvptc else "all",
        source=MANUAL,
    )


def target(era: Era, mode: str, *, svvptc: bool = False) -> Target:
    """Return an era in a mode; a kernel that finds Svvptc patches its fences out."""
    fences = (Flushes(),) if svvptc else (Fences(), at_levels(Changes(), *era.leaves))
    return Target(
        id=f"riscv-{mode}-{'svvptc-' if svvptc else ''}{era.name}",
        arch="riscv",
        era=era.name,
        summary=f"riscv {mode.title()}{' with Svvptc' if svvptc else ''}, {era.hint}",
        geometry=geometry(mode, era.leaves),
        architecture=layer(era.architecture(), *fences),
        encoding=at_levels(Protnone(era.write), *era.leaves),
        mmu=mmu(svvptc=svvptc),
        swap=era.swap,
        swap_types=era.swap_types,
        sources=(*era.sources, MANUAL),
        engine=era.engine,
        golden=f"{__package__}:golden/{era.name}.jsonl.gz",
    )


TARGETS = (
    *(target(era, mode) for era in (V61, V612) for mode in LEVELS),
    target(V612, "sv48", svvptc=True),
)
