"""What the kernel's own compiled helpers answered (data/README.md)."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("name", ["x86-v6.1", "x86-la57-v6.1"])
def test_every_sampled_answer_is_that_of_the_kernel(answer, hooks_of, oracle, name):
    """The model of Linux 6.1 answers as its compiled helpers did, swap frames of LA57 apart."""
    differing = []
    for helper, records in oracle.items():
        if name != "x86-v6.1" and helper in SWAP_FRAMES:
            continue
        for given, result in records:
            got = answer(hooks_of[name], helper, *given)
            if int(got) != result:
                differing.append((helper, [hex(word) for word in given], hex(got), hex(result)))

    assert differing == []


# With LA57 a frame takes 40 offset bits instead of 34, and young and dirty stand above them.
SWAP_FRAMES = {
    "swp_offset_pfn",
    *(f"{verb}_migration_entry_{mark}" for verb in ("is", "make") for mark in ("young", "dirty")),
}


def test_the_sample_asks_for_every_helper_of_the_run(oracle):
    """All 172 helpers are sampled, each more than once but the two-record ones."""
    assert len(oracle) == 172
    assert min(map(len, oracle.values())) >= 2


def test_predicates_are_truths(answer, hooks_of, oracle):
    """A predicate gives a bool, never a masked word."""
    hooks = hooks_of["x86-v6.1"]
    for helper in ("pte_dirty", "pmd_bad", "pud_leaf", "__pte_needs_invert", "pte_exec"):
        given, _ = oracle[helper][0]

        assert type(answer(hooks, helper, *given)) is bool
