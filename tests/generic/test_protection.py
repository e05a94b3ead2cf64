from __future__ import annotations

import numpy as np
import toy
from swapping import bound

from archcore.binding import bind
from archcore.entry import helper
from archcore.words import Mask, put

TOY = toy.module()
OPEN, UNCACHED = 0x5, Mask(1 << 9, 32)
NAMES = ("noncached", "writecombine", "writethrough", "device", "dmacoherent", "nx")


class Typed:
    """A memory type, in a bit that toy entries leave free."""

    @helper("pgprot_noncached")
    def noncached(self, prot):
        """Set the bit."""
        return put(prot, UNCACHED)


def test_without_memory_types_a_protection_stays_as_it_is():
    """Every family of memory types falls back on none at all."""
    own = bind(TOY.TARGET).helpers

    assert [own[f"pgprot_{name}"](OPEN) for name in NAMES] == [OPEN] * len(NAMES)


def test_what_an_architecture_leaves_out_is_uncached():
    """All but the protection against fetches, which is no memory type."""
    own = bound(Typed()).helpers

    assert [own[f"pgprot_{name}"](OPEN) for name in NAMES] == [OPEN | 1 << 9] * 5 + [OPEN]


def test_a_changed_protection_keeps_the_memory_type():
    """An uncached mapping stays uncached when its rights change, an ordinary one ordinary."""
    old = np.array([OPEN, OPEN | 1 << 9], np.uint32)
    new = np.array([1, 1], np.uint32)

    assert bound(Typed()).pgprot_modify(old, new).tolist() == [1, 1 | 1 << 9]
