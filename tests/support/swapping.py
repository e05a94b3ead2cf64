"""The toy architecture with swap types, and a kernel's swap types without an architecture."""

from __future__ import annotations

import toy
from attrs import evolve

from archcore.binding import bind
from archcore.entry import layer
from archcore.layout import Bit, EntryLayout, Geometry, Level
from archcore.swaptypes import SwapTypes

TYPES = SwapTypes(
    max_swapfiles=25,
    hwpoison=25,
    migration_read=26,
    migration_read_exclusive=27,
    migration_write=28,
    pte_marker=29,
    swapin_error=30,
    device_write=31,
    pfn_bits=20,
    migration_ad=True,
)
WIDE = EntryLayout("an entry of 64 bits", (Bit("V", 0),))


def target(*parts, **changes):
    """Return the toy, 32 bits wide, with swap types changed so and with further parts."""
    plain = toy.module().TARGET
    types = evolve(TYPES, **changes)
    return evolve(plain, swap_types=types, encoding=layer(plain.encoding, *parts))


def bound(*parts, **changes):
    """Return the hooks of that target."""
    return bind(target(*parts, **changes))


def configured(types):
    """Return a target of 64-bit words with these swap types; its entries mean nothing."""
    geometry = Geometry((Level("pte", 12, 9, WIDE),), pa_bits=52)
    return evolve(toy.module().TARGET, geometry=geometry, swap_types=types)
