from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from archcore.layout import Bit, Bits, EntryLayout
from archcore.mm.bulk import bulk_arm, bulk_disarm
from archcore.words import both, clear, either, has_all, has_none, negate, put, same, where, xor

LAYOUT = EntryLayout(
    "toy PTE",
    (
        Bit("V", 0),
        Bit("W", 1),
        Bit("A", 2),
        Bit("D", 3),
        Bit("CLOSED", 4),
        Bit("STORED", 5),
        Bits("PFN", 12, 31),
    ),
    width=32,
)
FLAGS = 6
FRAMES = (0, 1, 0x5A5A5, 0xFFFFF)
EVERY = np.array([frame << 12 | flags for frame in FRAMES for flags in range(1 << FLAGS)], "u4")


@frozen
class ToyVma:
    """As much of a VMA as the toy asks for."""

    vm_page_prot: int
    accessible: bool = True


@frozen
class ToyHooks:
    """A format whose hint inverts the frame; ``computes`` makes dirtiness depend on two bits."""

    computes: bool = False

    def pte_none(self, pte):
        """Compare with the empty entry."""
        return same(pte, 0)

    def pte_present(self, pte):
        """Count a closed entry too."""
        return either(has_all(pte, LAYOUT["V"]), has_all(pte, LAYOUT["CLOSED"]))

    def pte_numa(self, vma, pte):
        """Ask for closed but not valid, where the VMA may be accessed."""
        closed = both(has_all(pte, LAYOUT["CLOSED"]), has_none(pte, LAYOUT["V"]))
        return both(closed, vma.accessible)

    def pte_mknuma(self, _vma, pte):
        """Close the entry; a stored-to writable page becomes dirty on the way, if it computes."""
        hint = put(clear(pte, LAYOUT["V"]), LAYOUT["CLOSED"])
        if self.computes:
            stored = has_all(pte, LAYOUT.mask("W", "STORED"))
            hint = where(stored, put(hint, LAYOUT["D"]), hint)
        return xor(
            hint, where(has_all(pte, LAYOUT["V"]), LAYOUT["PFN"], LAYOUT["PFN"] - LAYOUT["PFN"])
        )

    def pte_mknonnuma(self, vma, pte):
        """Open the entry with the VMA's protection and mark it used."""
        return put(clear(xor(pte, LAYOUT["PFN"]), LAYOUT["CLOSED"]), vma.vm_page_prot)


VMA = ToyVma(LAYOUT.mask("V", "A").value)
VMAS = (VMA, evolve(VMA, accessible=False))
FORMATS = (ToyHooks(), ToyHooks(computes=True))


def armed_singly(hooks, vma, words):
    """Return the words after the hooks armed one at a time, and how many they armed."""
    after = []
    for pte in words.tolist():
        fits = hooks.pte_present(pte) and not hooks.pte_numa(vma, pte) and not hooks.pte_none(pte)
        after.append((hooks.pte_mknuma(vma, pte), 1) if fits else (pte, 0))
    return [pte for pte, _ in after], sum(one for _, one in after)


@pytest.mark.parametrize("vma", VMAS, ids=["accessible", "inaccessible"])
@pytest.mark.parametrize("hooks", FORMATS, ids=["one-case", "computed"])
def test_every_combination_of_flags_is_armed_as_the_hooks_arm_it(hooks, vma):
    """The whole flag space, with frames whose inversion shows."""
    words = EVERY.copy()
    expected, count = armed_singly(hooks, vma, words)
    assert bulk_arm(hooks, vma, 32)(words) == count
    assert words.tolist() == expected


@given(
    hooks=st.sampled_from(FORMATS),
    vma=st.sampled_from(VMAS),
    runs=st.lists(st.tuples(st.sampled_from(EVERY.tolist()), st.integers(1, 1500)), max_size=8),
    every_third=st.booleans(),
)
def test_runs_of_entries_are_armed_as_the_hooks_arm_them(hooks, vma, runs, every_third):
    """Tables full, empty and mixed, chosen or not."""
    words = np.repeat(np.array([w for w, _ in runs], "u4"), [n for _, n in runs])
    chosen = np.arange(len(words)) % 3 == 0 if every_third else np.ones(len(words), np.bool_)
    expected = words.tolist()
    expected_of_chosen, count = armed_singly(hooks, vma, words[chosen])
    for place, word in zip(np.flatnonzero(chosen).tolist(), expected_of_chosen, strict=True):
        expected[place] = word
    assert bulk_arm(hooks, vma, 32)(words, chosen if every_third else None) == count
    assert words.tolist() == expected


def test_what_was_armed_is_not_armed_again():
    """A second pass finds nothing left to arm."""
    words = EVERY.copy()
    arm = bulk_arm(FORMATS[0], VMA, 32)
    first = arm(words)
    once = words.tolist()
    assert first == np.count_nonzero(EVERY & LAYOUT["V"].value)
    assert arm(words) == 0
    assert words.tolist() == once


def test_disarming_gives_back_what_arming_took():
    """Arming and disarming changes nothing but the accessed bit, which a fault sets."""
    ordinary = EVERY[EVERY & LAYOUT.mask("V", "CLOSED").value == LAYOUT["V"].value]
    words = ordinary.copy()
    armed = bulk_arm(FORMATS[0], VMA, 32)(words)
    assert armed == bulk_disarm(FORMATS[0], VMA, 32)(words) == len(words)
    assert words.tolist() == (ordinary | LAYOUT["A"].value).tolist()


def test_a_format_says_in_masks_what_arming_does():
    """The rewrite is derived: valid is traded for closed and the frame is inverted."""
    (rewrite,) = bulk_arm(FORMATS[0], VMA, 32).rewrites
    assert rewrite.condition.ones == LAYOUT["V"]
    assert rewrite.cleared == LAYOUT["V"]
    assert rewrite.put == LAYOUT["CLOSED"]
    assert rewrite.inverted == LAYOUT["PFN"]


def test_hints_of_an_inaccessible_vma_are_no_hints():
    """Where the VMA gives no right, a closed entry counts as one to arm."""
    closed = np.array([LAYOUT["CLOSED"].value], "u4")
    assert bulk_arm(FORMATS[0], VMAS[1], 32)(closed.copy()) == 1
    assert bulk_arm(FORMATS[0], VMAS[0], 32)(closed.copy()) == 0
    assert negate(FORMATS[0].pte_numa(VMAS[1], closed)).all()
