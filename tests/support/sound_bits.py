"""The bits of the sound architecture by name, for those who break it."""

from __future__ import annotations

from sound import SWAP, layout

from archcore.words import Mask

PAGE = layout("pte")
VALID, WRITE, EXEC = PAGE["VALID"], PAGE["WRITE"], PAGE["EXEC"]
ACCESSED, DIRTY, SOFT_DIRTY = PAGE["ACCESSED"], PAGE["DIRTY"], PAGE["SOFT_DIRTY"]
CLOSED, INVALID, SAVED, ASIDE = PAGE["CLOSED"], PAGE["INVALID"], PAGE["SAVED"], PAGE["ASIDE"]
SPECIAL, DEVMAP, UFFD_WP, KEY = PAGE["SPECIAL"], PAGE["DEVMAP"], PAGE["UFFD_WP"], PAGE["KEY"]
LEAF, PFN, UNCACHED, NOTES = PAGE["LEAF"], PAGE["PFN"], PAGE["UNCACHED"], PAGE["NOTES"]
TYPE, OFFSET = SWAP["TYPE"], SWAP["OFFSET"]

FRAME = Mask(1 << PFN.shift)
"""The lowest bit of a frame number."""
KEY_BIT = Mask(1 << KEY.shift)
"""A bit of the protection key, which no VMA of the laws sets."""
NAMELESS = Mask(1 << 63)
"""A bit that the layout has no name for."""
