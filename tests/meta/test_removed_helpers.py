"""No promise is vacuous: a helper without its body is noticed by a law."""

from __future__ import annotations

import pytest
from mutants_removed import GIVEN, removals
from sound import SOUND

from archcore.conformance.judge import Judge
from archcore.registry import installed

pytest.importorskip("z3")
pytestmark = pytest.mark.slow

REPRESENTATIVE = ("powerpc-hash-64k-v3.14",)
TARGETS = (SOUND, *(one for one in installed() if one.id in REPRESENTATIVE))
AS_STORED = "what is stored is the swap value itself"
EQUIVALENT = {
    ("x86", "arch_{level}_to_swp_entry", GIVEN): AS_STORED,
    ("x86", "arch_swp_entry_to_{level}", GIVEN): AS_STORED,
    ("arm64", "arch_{level}_to_swp_entry", GIVEN): AS_STORED,
    ("arm64", "arch_swp_entry_to_{level}", GIVEN): AS_STORED,
    ("powerpc", "{level}_mkhuge", GIVEN): "a PTE has no mark of its size, hugetlb knows it",
}
"""Why a helper without its body is the helper that it was: architecture, hook, what it returns."""


def excused(target, removed):
    """Say whether a helper does no more than what is left of it."""
    hook = removed.hook.replace(removed.level, "{level}")
    return (target.arch, hook, removed.answer) in EQUIVALENT


@pytest.mark.parametrize("target", TARGETS, ids=lambda one: one.id)
def test_no_helper_loses_its_body_unnoticed(target):
    """Whether it returns nothing, what it was given, or a constant, some law is refuted."""
    judge = Judge()
    unnoticed = [
        (one.hook, one.answer)
        for one in removals(target)
        if not excused(target, one) and one.refuting(target, judge) is None
    ]
    assert unnoticed == []
