"""Entries that are not valid and must not name memory all the same: the L1 terminal fault.

A speculative load may follow the address that stands in such an entry into the cache. Linux keeps
it harmless by storing addresses of the upper half of the address range, where these processors
have no memory that a guest or another process could want (l1tf_pfn_limit).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import HINTS, LEAVES, SPECULATES, SWAP
from archcore.conformance.declare import law
from archcore.conformance.laws.swap import swapped
from archcore.words import Mask, both, either, has_any
from archcore.words.mask import full

if TYPE_CHECKING:
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word

SOURCE = "6b28baca9b1f, Documentation/admin-guide/hw-vuln/l1tf.rst"


def names_no_memory(on: Subject, entry: Word) -> Truth:
    """Say whether an entry is valid, or holds an address of the upper half."""
    high = Mask(full(on.width) & ~full(on.target.geometry.pa_bits - 1), on.width)
    return either(on.hw_valid(entry), has_any(on.hw_address(entry), high))


@law("hint-names-no-memory", LEAVES, HINTS, SPECULATES, source=SOURCE)
def hint_names_no_memory(on: Subject, vma: Mapping, low_made: Word) -> Truth:
    """A hint of a page in the lower half of memory holds an address of the upper half."""
    return names_no_memory(on, on.own.mknuma(vma, low_made))


@law("none-names-no-memory", LEAVES, SPECULATES, source=SOURCE)
def none_names_no_memory(on: Subject, low_made: Word, none: Mapping) -> Truth:
    """An entry without rights, fresh or changed, holds an address of the upper half."""
    from archcore.conformance.made import fresh

    new = fresh(on, on.own.pfn(low_made), none.vm_page_prot)
    changed = on.own.modify(low_made, none.vm_page_prot)
    return both(names_no_memory(on, new), names_no_memory(on, changed))


@law("swap-names-no-memory", SWAP, SPECULATES, source=SOURCE)
def swap_names_no_memory(on: Subject, type: Word, low_offset: Word) -> Truth:  # noqa: A002
    """A swap entry of an area smaller than half of memory holds an address of the upper half."""
    return names_no_memory(on, swapped(on, type, low_offset))
