"""No promise is vacuous: a helper without its body is noticed by a law."""

from __future__ import annotations

import pytest
from mutants_removed import EQUIVALENT, removals
from mutants_table import PAGE, UNNOTICED, excuses, section
from sound import SOUND

from archcore.conformance.judge import Judge
from archcore.registry import installed

pytest.importorskip("z3")
pytestmark = pytest.mark.slow

REPRESENTATIVE = (
    *("x86-v6.12", "x86-v6.1", "x86-v3.16", "arm64-4k-v6.12", "arm64-64k-v6.1"),
    *("powerpc-radix-64k-v6.1", "powerpc-hash-64k-v6.12", "powerpc-hash-64k-v3.14"),
)
TARGETS = (SOUND, *(one for one in installed() if one.id in REPRESENTATIVE))


def excused(target, removed):
    """Say whether a helper does no more than what is left of it."""
    of_any = removed.hook.replace(removed.level, "{level}")
    names = (removed.hook, of_any)
    return any((target.arch, hook, removed.answer) in EQUIVALENT for hook in names)


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


def test_the_page_says_which_may_lose_it():
    """docs/mutants.md gives each with its reason."""
    assert section(PAGE.read_text(encoding="utf-8"), UNNOTICED) == excuses()
