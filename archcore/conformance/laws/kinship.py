"""Helpers that belong together: whoever brings one of them brings the others.

A law is asked where its helpers are there. So that a forgotten helper does not silently take laws
with it, these ask for what must be there because of the page sizes, or because of another helper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import LEAF_LEVEL, LEAVES, SWAP, TRANS_HUGE
from archcore.conformance.declare import trials
from archcore.conformance.law import Trial
from archcore.conformance.subject import subjects
from archcore.entry import hook_name
from archcore.hookspecs import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcore.conformance.subject import Subject

PTE, PMD = LEVELS[:2]
OF_PAGES = (
    *("pfn_entry", "pfn", "modify", "none", "present", "numa", "mknuma", "mknonnuma"),
    *("young", "mkyoung", "mkold", "dirty", "mkdirty", "mkclean", "write", "mkwrite", "wrprotect"),
)
OF_HUGE_PAGES = ("leaf", "mkhuge", "bad", "trans_huge")
FAMILIES = (
    ("special", "mkspecial"),
    ("devmap", "mkdevmap"),
    ("soft_dirty", "mksoft_dirty", "clear_soft_dirty"),
    ("uffd_wp", "mkuffd_wp", "clear_uffd_wp"),
    ("savedwrite", "mk_savedwrite", "clear_savedwrite"),
    ("swp_entry_to_entry", "to_swp_entry"),
    ("swp_exclusive", "swp_mkexclusive", "swp_clear_exclusive"),
    ("swp_soft_dirty", "swp_mksoft_dirty", "swp_clear_soft_dirty"),
    ("swp_uffd_wp", "swp_mkuffd_wp", "swp_clear_uffd_wp"),
)
"""Helpers of which a target has all or none at a level."""

OF_ALL_LEVELS = (
    *("same", "protnone", "accessible", "advance_pfn", "savedwrite", "soft_dirty", "uffd_wp"),
    "mkhuge",  # hugetlb makes every size with that of the lowest level
)
"""What every level of pages has that any has; the kernel configures these for all at once."""

OF_THE_LOWEST_TWO = ("devmap", "needs_flush")
"""What huge pages have if pages have it; the kernel has no twin of some of them further up."""


@trials("pages-have-their-helpers", LEAF_LEVEL)
def pages_have_their_helpers(on: Subject) -> Iterator[Trial]:
    """A level that maps pages has the helpers that make, read, change and hint its entries."""
    reason = f"pages of {on.level.size} bytes"
    yield _complete(on, OF_PAGES + (OF_HUGE_PAGES if on.upper else ()), reason)


@trials("helpers-have-their-kin", LEAF_LEVEL)
def helpers_have_their_kin(on: Subject) -> Iterator[Trial]:
    """What reads a mark comes with what sets it and what takes it off, and the other way round."""
    for family in FAMILIES:
        present = [one for one in family if on.offers(one)]
        yield _complete(on, family if present else (), ", ".join(_named(on, present)))


@trials("levels-have-the-same-helpers", LEAF_LEVEL)
def levels_have_the_same_helpers(on: Subject) -> Iterator[Trial]:
    """What tells something of pages of one size tells it of those of the others."""
    others = [one for one in subjects(on.target) if one.level.leaf and one.name != on.name]
    for other in others:
        lowest = {on.name, other.name} == {PTE, PMD}
        asked = OF_ALL_LEVELS + (OF_THE_LOWEST_TWO if lowest else ())
        for one in asked:
            yield _complete(on, (one,) if other.offers(one) else (), *_named(other, (one,)))
    if not others:
        yield Trial(held=True)


@trials("swap-keeps-marks-of-pages", LEAF_LEVEL, SWAP)
def swap_keeps_marks_of_pages(on: Subject) -> Iterator[Trial]:
    """Soft-dirty and uffd-wp have a place in swap entries where pages have them."""
    for mark in ("soft_dirty", "uffd_wp"):
        yield _complete(on, (f"swp_{mark}",) if on.offers(mark) else (), *_named(on, (mark,)))


@trials("huge-pages-can-be-closed", LEAVES, TRANS_HUGE, levels=(PMD,))
def huge_pages_can_be_closed(on: Subject) -> Iterator[Trial]:
    """A transparent huge page can be closed for a moment, as a split has to."""
    yield _complete(on, ("mkinvalid",), *_named(on, ("trans_huge",)))


def _complete(on: Subject, wanted: Iterable[str], reason: str) -> Trial:
    """Say whether the target has all of some helpers, and what calls for them if it has not."""
    missing = [one for one in wanted if not on.offers(one)]
    if not missing:
        return Trial(held=True)
    return Trial(held=False, done=f"{reason} without {', '.join(_named(on, missing))}")


def _named(on: Subject, helpers: Iterable[str]) -> list[str]:
    return [hook_name(one, on.name) for one in helpers]
