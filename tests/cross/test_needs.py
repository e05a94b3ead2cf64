"""Dropping any maintenance call of the engine is caught on a target that is installed."""

from __future__ import annotations

import os

import pytest

from archcore.needs import CALLS, WITHIN_STORES, needs
from archcore.registry import installed

TARGETS = tuple(one for one in installed() if one.era == "v6.1")
if not TARGETS:
    pytest.skip("no target of Linux 6.1 is installed", allow_module_level=True)

OF_EVERY_TLB = {"x86", "arm64", "powerpc"}
SHOWN_BY = {
    "flush_tlb_page": OF_EVERY_TLB,
    "flush_tlb_range": OF_EVERY_TLB,
    "flush_tlb_batched_pending": OF_EVERY_TLB,
    "mmu_notifier_invalidate_range_start": OF_EVERY_TLB,
    "mmu_notifier_invalidate_range_end": OF_EVERY_TLB,
    "switch_mm": OF_EVERY_TLB | {"arm", "sparc64"},
    "flush_cache_page": {"arm"},
    "flush_cache_range": {"arm"},
    "flush_dcache_page": {"arm", "sparc64"},
    "update_mmu_cache": {"arm"},
    WITHIN_STORES: {"powerpc", "sparc64", "s390x"},
}
"""Architectures each of which has a target that a call is needed on; add yours."""
ALL = OF_EVERY_TLB | {"riscv", "s390x", "loongarch", "mips", "arm", "sparc64"}
"""Where all of these are installed, every call is needed by one."""


@pytest.fixture(scope="module")
def found():
    """Return what each target needs, by target."""
    return {target: needs(target, by_reason=False) for target in TARGETS}


def test_all_calls_are_enough_everywhere(found):
    """No story goes wrong unless something is left out."""
    broken = {
        (target.id, story.name): told.detail
        for target, shown in found.items()
        for story, told in shown.whole.items()
        if not told.clean
    }
    assert broken == {}


@pytest.mark.parametrize("hook", [*CALLS, WITHIN_STORES])
def test_a_dropped_call_is_caught(found, hook):
    """On each architecture that shows it, and on some once all are installed."""
    by = {target.arch for target, shown in found.items() if shown.needed(hook)}
    there = {target.arch for target in TARGETS}
    assert SHOWN_BY.get(hook, set()) & there <= by
    if set(os.environ.get("ARCHCORE_TEST_ARCHES", "").split(",")) >= ALL:
        assert by
