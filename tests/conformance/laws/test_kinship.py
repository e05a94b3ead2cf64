"""A helper that is missing is missed."""

from __future__ import annotations

import pytest
import toy
from attrs import evolve
from changed_toy import TARGET, TOY, result, results, without

from archcore.conformance.verdict import Status
from archcore.entry import AtLevel, layer
from archcore.layout import Geometry, Level
from archcore.words import clear, has_all, put

ENTRY = TOY.ENTRY
LOWEST = ("pte_mkyoung", "pte_mkold", "pte_mkdirty", "pte_modify", "pte_none", "pte_mknuma")


class Huge:
    """What the toy lacks for huge pages of its upper level, with a mark of its own."""

    def leaf(self, entry):
        """Read LEAF."""
        return has_all(entry, ENTRY["LEAF"])

    def mkhuge(self, entry):
        """Set LEAF."""
        return put(entry, ENTRY["LEAF"])

    def bad(self, entry):
        """Take a leaf for no table."""
        return has_all(entry, ENTRY["LEAF"])

    def trans_huge(self, entry):
        """Read LEAF."""
        return has_all(entry, ENTRY["LEAF"])

    def mkinvalid(self, entry):
        """Clear V."""
        return clear(entry, ENTRY["V"])


class Hugetlb:
    """What pages need where there are huge ones."""

    def mkhuge(self, entry):
        """Change nothing: every size has the same mark."""
        return entry


class Soft:
    """Soft-dirty, in the place of the mark of special mappings."""

    def soft_dirty(self, entry):
        """Read it."""
        return has_all(entry, ENTRY["SPECIAL"])

    def mksoft_dirty(self, entry):
        """Set it."""
        return put(entry, ENTRY["SPECIAL"])

    def clear_soft_dirty(self, entry):
        """Clear it."""
        return clear(entry, ENTRY["SPECIAL"])


class SoftSwap:
    """Soft-dirty of swap entries."""

    def swp_soft_dirty(self, entry):
        """Read it."""
        return has_all(entry, TOY.SWAP["HINT"])

    def swp_mksoft_dirty(self, entry):
        """Set it."""
        return put(entry, TOY.SWAP["HINT"])

    def swp_clear_soft_dirty(self, entry):
        """Clear it."""
        return clear(entry, TOY.SWAP["HINT"])


def _renamed(level):
    """Return the toy's helpers of pages for another level, by the names of helpers."""
    hooks = {name[4:]: one for name, one in vars(TOY).items() if name.startswith("pte_")}
    made = {name: staticmethod(_of_entry(one)) for name, one in hooks.items()}
    made["pfn_entry"] = staticmethod(TOY.pfn_pte)
    return AtLevel(level, type("Pages", (), made)())


def _of_entry(function):
    """Return a hook of pages under the argument names that helpers of any level have."""

    def one(entry):
        return function(entry)

    def two(entry, newprot):
        return function(entry, newprot)

    return two if function is TOY.pte_modify else one


def _huge_toy():
    """Return the toy with huge pages."""
    pte, pmd, pgd = TARGET.geometry.levels
    levels = (pte, Level("pmd", pmd.shift, 10, ENTRY), pgd)
    architecture = layer(
        *(TARGET.architecture, AtLevel("pte", Hugetlb())),
        *(_renamed("pmd"), AtLevel("pmd", Huge()), AtLevel("pmd", TOY.HINT)),
    )
    return evolve(TARGET, geometry=Geometry(levels, pa_bits=32), architecture=architecture)


def _soft(target, *parts):
    """Return a target that tracks soft-dirty at its lowest level."""
    return evolve(target, encoding=layer(target.encoding, *parts))


SOFT, SOFT_SWAP = AtLevel("pte", Soft()), AtLevel("pte", SoftSwap())
HUGE = _huge_toy()
COMPLETE = _soft(HUGE, SOFT, SOFT_SWAP, AtLevel("pmd", Soft()))


@pytest.mark.parametrize("level", ["pte", "pmd"])
def test_a_complete_target_holds(level):
    """With huge pages and soft-dirty everywhere nothing is missed."""
    for name in ("pages-have-their-helpers", "helpers-have-their-kin"):
        assert result(COMPLETE, name, level).status is Status.SAMPLED
    assert result(COMPLETE, "levels-have-the-same-helpers", level).status is Status.SAMPLED
    assert result(COMPLETE, "swap-keeps-marks-of-pages").status is Status.SAMPLED
    assert result(COMPLETE, "huge-pages-can-be-closed", "pmd").status is Status.SAMPLED


@pytest.mark.parametrize("name", LOWEST)
def test_what_every_page_needs_is_missed(name):
    """A level of pages without one of these helpers is asked for it, by name and page size."""
    found = result(without(TARGET, name), "pages-have-their-helpers")
    assert found.status is Status.REFUTED
    assert found.reason == f"pages of 4096 bytes without {name}"


@pytest.mark.parametrize("name", ["pmd_leaf", "pmd_mkhuge", "pmd_bad", "pmd_young"])
def test_what_every_huge_page_needs_is_missed(name):
    """An upper level of pages needs what tells them from tables, too."""
    found = result(without(HUGE, name), "pages-have-their-helpers", "pmd")
    assert found.reason == f"pages of 4194304 bytes without {name}"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("pte_special", "pte_mkspecial without pte_special"),
        ("pte_mkspecial", "pte_special without pte_mkspecial"),
        (
            "pte_clear_soft_dirty",
            "pte_soft_dirty, pte_mksoft_dirty without pte_clear_soft_dirty",
        ),
        ("arch_pte_to_swp_entry", "arch_swp_entry_to_pte without arch_pte_to_swp_entry"),
        (
            "pte_swp_mksoft_dirty",
            "pte_swp_soft_dirty, pte_swp_clear_soft_dirty without pte_swp_mksoft_dirty",
        ),
    ],
)
def test_kin_is_missed(name, reason):
    """Of helpers that belong together none may be missing."""
    found = result(without(COMPLETE, name), "helpers-have-their-kin")
    assert (found.status, found.reason) == (Status.REFUTED, reason)


def test_a_family_may_be_absent():
    """Whoever marks nothing special needs neither helper."""
    plain = without(TARGET, "pte_special", "pte_mkspecial")
    assert result(plain, "helpers-have-their-kin").status is Status.SAMPLED


def test_a_level_that_lost_a_helper_is_noticed():
    """What pages of one size track, those of the other track."""
    name = "levels-have-the-same-helpers"
    assert result(_soft(HUGE, SOFT), name, "pmd").reason == "pte_soft_dirty without pmd_soft_dirty"
    found = result(without(HUGE, "pte_mkhuge"), name)
    assert found.reason == "pmd_mkhuge without pte_mkhuge"


def test_swap_without_a_place_for_a_mark_is_noticed():
    """Where pages are soft-dirty, their swap entries can be."""
    found = result(_soft(TARGET, SOFT), "swap-keeps-marks-of-pages")
    assert found.reason == "pte_soft_dirty without pte_swp_soft_dirty"


def test_a_huge_page_that_cannot_be_closed_is_noticed():
    """A split has to close a huge page."""
    found = result(without(HUGE, "pmd_mkinvalid"), "huge-pages-can-be-closed", "pmd")
    assert found.reason == "pmd_trans_huge without pmd_mkinvalid"


def test_levels_without_pages_are_not_asked():
    """The toy's upper levels hold pointers to tables only."""
    assert results(toy.module().TARGET, "pages-have-their-helpers", "pmd") == []
