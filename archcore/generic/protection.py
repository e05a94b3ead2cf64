"""Fallbacks of the protection helpers: an architecture without memory types ignores them.

Source: include/linux/pgtable.h and include/linux/dma-map-ops.h of Linux 6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.hookspecs import hookimpl
from archcore.words import same, where

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.words.types import Word


@frozen
class Protections:
    """Memory types fall back on ``pgprot_noncached``, and that on doing nothing."""

    @hookimpl
    def pgprot_modify(self, own: LevelHooks, oldprot: Word, newprot: Word) -> Word:
        """Give the new protection each memory type that the old one has."""
        for typed in (own.pgprot_noncached, own.pgprot_writecombine, own.pgprot_device):
            newprot = where(same(oldprot, typed(oldprot)), typed(newprot), newprot)
        return newprot

    @helper("pgprot_nx")
    def pgprot_nx(self, prot: Word) -> Word:
        """Change nothing."""
        return prot

    @helper("pgprot_noncached")
    def pgprot_noncached(self, prot: Word) -> Word:
        """Change nothing."""
        return prot

    @helper("pgprot_writecombine")
    def pgprot_writecombine(self, own: LevelHooks, prot: Word) -> Word:
        """Leave it uncached instead."""
        return own.pgprot_noncached(prot)

    @helper("pgprot_writethrough")
    def pgprot_writethrough(self, own: LevelHooks, prot: Word) -> Word:
        """Leave it uncached instead."""
        return own.pgprot_noncached(prot)

    @helper("pgprot_device")
    def pgprot_device(self, own: LevelHooks, prot: Word) -> Word:
        """Leave it uncached instead."""
        return own.pgprot_noncached(prot)

    @helper("pgprot_dmacoherent")
    def pgprot_dmacoherent(self, own: LevelHooks, prot: Word) -> Word:
        """Leave it uncached instead."""
        return own.pgprot_noncached(prot)
