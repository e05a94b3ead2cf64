"""The mips target: a format, a geometry and an encoding of the hint under one id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.entry import AtLevel, at_levels, layer
from archcore.swapformat import SwapEntry, TrustingSwap
from archcore.target import Target
from archcore.vmflags import VM_READ
from archcore.words import bits, with_bits
from archcore_mips.entry import Folded, HugeEntry, PageEntry
from archcore_mips.hardware import MANUAL, MMU, Tables
from archcore_mips.hint import Inhibited
from archcore_mips.layout import ENTRY, SOURCE, SWAP, TABLE, InvalidTables, geometry
from archcore_mips.maintenance import Maintenance
from archcore_mips.protection import NONCOHERENT, Protections
from archcore_mips.swap import TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping


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
            TrustingSwap(SWAP),
            Tables(),
            Maintenance(),
        ),
        encoding=at_levels(Inhibited(ENTRY), "pte", "pmd"),
        mmu=MMU,
        swap=SWAP,
        sources=(SOURCE, MANUAL),
        swap_types=TYPES,
        reads=VM_READ,
        built=built,
        golden=f"{__package__}:golden/16k-v6.1.jsonl.gz",
        proposal=True,
    )


def built(constants: Mapping[str, int]) -> Target:
    """Return the target of a kernel that has its tables of nothing elsewhere.

    A file of recorded answers that gives those addresses comes from a program that no CPU probe
    ran in: the attributes that a probe chooses are what the file says, or as memory begins.
    """
    pte, pmd = (_constant(constants, f"invalid_{level}_table") for level in ("pte", "pmd"))
    if pte is None or pmd is None:
        return TARGET
    cache = ENTRY["CACHE"]
    cacheable = _constant(constants, "_page_cachable_default")
    cacheable = with_bits(0, cache, NONCOHERENT) if cacheable is None else cacheable
    combined = _constant(constants, "writecombine") or 0
    protections = Protections(ENTRY, bits(cacheable, cache), bits(combined, cache))
    return target(InvalidTables(pte, pmd), protections)


def _constant(constants: Mapping[str, int], name: str) -> int | None:
    """Return a constant by its name, which may stand in an expression such as an address."""
    return next((value for given, value in constants.items() if name in given), None)


TARGET = target(InvalidTables(), Protections(ENTRY))
TARGETS = (TARGET,)
