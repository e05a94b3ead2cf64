from __future__ import annotations

from types import SimpleNamespace

import pytest
import toy
from attrs import evolve

from archcore.binding import bind
from archcore.entry import helper, layer
from archcore.errors import InputError
from archcore.vectors.check import check
from archcore.words import Mask, bits
from archcore.words.mask import full

TARGET = toy.module().TARGET
HOOKS = bind(TARGET)
RIGHT = [
    ("pte_young", "b:p", [0x8], 1),
    ("pte_young", "b:p", [0x7], 0),
    ("pte_mkdirty", "p:p", [0x1], 0x11),
    ("pte_mkwrite", "p:p", [0x1], 0x3),
    ("pte_pfn", "n:p", [0x12345FFF], 0x12345),
    ("pte_same", "b:pp", [0x1, 0x1], 1),
    ("pfn_pte", "p:ng", [0x5, 0x1], 0x5021),
    ("pte_access_permitted", "b:pf", [0x1, 1], 0),
    ("pte_accessible", "b:pf", [0x0, 0], 1),
    ("vm_get_page_prot", "g:v", [0x1], 0x1),
    ("vm_get_page_prot", "g:v", [0xA], 0x3),
    ("__swp_entry", "s:to", [0x3, 0x5], 0x506),
    ("__swp_type", "n:s", [0x506], 0x3),
    ("__pte_to_swp_entry", "s:p", [0x506], 0x506),
    ("ptep_get_and_clear", "p:p", [0x5021], 0x5021),
    ("ptep_get_and_clear:after", "p:p", [0x5021], 0),
]


def test_records_that_agree_pass(vectors):
    """Hooks, helpers that are no hooks, and helpers of pointers."""
    verdict = check(TARGET, HOOKS, vectors(*RIGHT))

    assert verdict.failures == ()
    assert (verdict.passed, verdict.failed) == (len(RIGHT), 0)
    assert verdict.not_modelled == {}


@pytest.mark.parametrize("at", range(len(RIGHT)), ids=[one[0] for one in RIGHT])
def test_one_changed_result_is_found(vectors, at):
    """Whichever record it is, with what the target gives instead."""
    name, signature, args, result = RIGHT[at]
    wrong = [*RIGHT[:at], (name, signature, args, result ^ 1), *RIGHT[at + 1 :]]
    verdict = check(TARGET, HOOKS, vectors(*wrong))
    (failure,) = verdict.failures

    assert (verdict.passed, verdict.failed) == (len(RIGHT) - 1, 1)
    assert (failure.helper, failure.args) == (name, tuple(args))
    assert (failure.expected, failure.got) == (result ^ 1, result)
    assert failure.line == at + 2


def test_a_target_is_made_anew_for_the_kernel_of_the_file(vectors):
    """What a build chose stands among the constants; a target that depends on it is bound again."""

    def built(constants):
        shift = constants["SHIFT"]
        shifted = helper("pte_shifted")(lambda pte: bits(pte, Mask(full(32) >> shift << shift, 32)))
        return evolve(TARGET, architecture=layer(TARGET.architecture, SimpleNamespace(one=shifted)))

    file = vectors(("pte_shifted", "n:p", [0x500], 0x5), constants={"SHIFT": 8})
    verdict = check(evolve(TARGET, built=built), HOOKS, file)

    assert (verdict.passed, verdict.not_modelled) == (1, {})
    assert check(TARGET, HOOKS, file).not_modelled == {"pte_shifted": 1}


def test_helpers_the_target_lacks_are_counted(vectors):
    """By their records; one that leans on a missing hook counts as missing too."""
    verdict = check(
        TARGET,
        HOOKS,
        vectors(
            ("pte_tagged", "b:p", [0x1], 0),
            ("pte_tagged", "b:p", [0x2], 0),
            ("arch_make_huge_pte", "p:pn", [0x1, 0x16], 1),
        ),
    )
    reasons = {one.helper: one.missing for one in verdict.tallies}

    assert verdict.not_modelled == {"pte_tagged": 2, "arch_make_huge_pte": 1}
    assert "pte_mkhuge" in reasons["arch_make_huge_pte"]
    assert (verdict.passed, verdict.failed) == (0, 0)


def test_traps_are_neither_passed_nor_failed_nor_missing(vectors):
    """Whether the target has the helper or not."""
    verdict = check(
        TARGET,
        HOOKS,
        vectors(("pte_young", "b:p", [0x8], "trap"), ("mk_pmd", "m:ng", [1, 1], "trap")),
    )

    assert verdict.traps == {"pte_young": 1, "mk_pmd": 1}
    assert (verdict.passed, verdict.failed, verdict.not_modelled) == (0, 0, {})


@pytest.mark.parametrize("name", ["set_pte_at", "flush_tlb_page", "ptep_get"])
def test_what_works_on_memory_is_no_helper_of_entries(vectors, name):
    """A hook that stores or flushes is never called with an entry for an address."""
    verdict = check(TARGET, HOOKS, vectors((name, "p:p", [1], 1)))

    assert verdict.not_modelled == {name: 1}


def test_failures_come_from_all_helpers_in_turn(vectors):
    """So that a short list shows every kind of difference."""
    records = [
        *[("pte_young", "b:p", [word], 1) for word in (0, 1, 2)],
        *[("pte_mkdirty", "p:p", [word], 0) for word in (0, 1, 2)],
    ]
    verdict = check(TARGET, HOOKS, vectors(*records), limit=3)

    assert verdict.failed == 6
    assert [one.helper for one in verdict.failures] == ["pte_young", "pte_mkdirty", "pte_young"]


def test_a_check_can_be_of_some_helpers(vectors):
    """The others are then neither run nor counted."""
    verdict = check(TARGET, HOOKS, vectors(*RIGHT), only=("pte_young",))

    assert [one.helper for one in verdict.tallies] == ["pte_young"]
    assert verdict.passed == 2


def test_words_wider_than_the_target_are_refused(vectors):
    """They would be cut off in silence."""
    wide = ("pte_young", "b:p", [0x1_0000_0008], 1)

    with pytest.raises(InputError, match=r"toy.jsonl:2: expected words of the target's 32 bits"):
        check(TARGET, HOOKS, vectors(wide))


class Broken:
    """Helpers that do not keep what helpers promise."""

    @helper("pte_raises")
    def raises(self, entry):
        """Fail on some words."""
        if int(entry) == 2:
            raise OverflowError("two")
        return entry

    @helper("pte_says")
    def says(self, _):
        """Return no word."""
        return "yes"

    @helper("pte_half")
    def half(self, entry):
        """Return fewer answers than questions."""
        return entry[:1] if hasattr(entry, "shape") else entry


def test_a_helper_that_gives_no_word_differs_and_says_why(vectors):
    """The others of its records are compared all the same."""
    broken = evolve(TARGET, architecture=layer(TARGET.architecture, Broken()))
    records = [
        ("pte_raises", "p:p", [1], 1),
        ("pte_raises", "p:p", [2], 2),
        ("pte_says", "p:p", [1], 1),
        ("pte_half", "p:p", [1], 1),
        ("pte_half", "p:p", [2], 2),
    ]
    verdict = check(broken, bind(broken), vectors(*records))

    assert (verdict.passed, verdict.failed) == (3, 2)
    assert [one.got for one in verdict.failures] == [
        "OverflowError: two",
        "'yes', which is no word",
    ]
