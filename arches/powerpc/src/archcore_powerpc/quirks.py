"""Where the kernel's answer depends on more than the entry: unset table sizes, missing huge pages.

Sources: arch/powerpc/include/asm/book3s/64/hash.h and hash-4k.h, Linux 6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from attrs import frozen

from archcore.entry import Layer, helper, offers_of
from archcore.errors import MachineError
from archcore.words import has_any
from archcore_powerpc.layout import INT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.entry import Offer
    from archcore.words.types import Truth, Word


@frozen
class SideBySide(Layer):
    """Parts of which one may bring a helper, for vectors, under the name of another's hook."""

    def offers(self) -> Iterator[Offer]:
        """Yield the offers of all parts."""
        for part in self.parts:
            yield from offers_of(part)


@frozen
class Unsized:
    """pmd_bad and pud_bad of hash before hash__early_init_mmu has set the sizes of tables.

    A size of 0 makes the mask of what must be clear all ones, of which the int that the helper
    returns keeps the lower half. This is how vectors of these helpers come out that were made
    outside a booted kernel; the hooks of the same names know the sizes.
    """

    @helper("{level}_bad")
    def bad(self, entry: Word) -> Truth:
        """Find any bit that an int can hold."""
        return has_any(entry, INT["int"])


@frozen
class NoHugePages:
    """Hash with 4K pages has no transparent huge pages: making one is a BUG()."""

    def mkhuge(self, entry: Word) -> Word:
        """Change nothing: there is nothing that pfn_pmd could have marked."""
        return entry

    @helper("pfn_{level}")
    def pfn(self, pfn: Word, pgprot: Word) -> NoReturn:  # noqa: ARG002 - the kernel's arguments
        """Raise MachineError."""
        _bug("pfn_pmd")

    @helper("mk_{level}")
    def mk(self, pfn: Word, pgprot: Word) -> NoReturn:  # noqa: ARG002 - the kernel's arguments
        """Raise MachineError."""
        _bug("mk_pmd")

    @helper("{level}_mkdevmap")
    def mkdevmap(self, entry: Word) -> NoReturn:  # noqa: ARG002 - the kernel's argument
        """Raise MachineError."""
        _bug("pmd_mkdevmap")


def _bug(name: str) -> NoReturn:
    msg = f"{name}: hash with 4K pages has no transparent huge pages; the kernel stops with BUG()"
    raise MachineError(msg)
