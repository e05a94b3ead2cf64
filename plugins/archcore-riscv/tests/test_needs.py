"""The fence of update_mmu_cache: what happens on a hart that keeps invalid entries without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.outcome import Outcome
from archcore.needs import Call, Ending, stories_of, tell
from archcore.vmflags import VM_READ, VM_WRITE
from archcore_riscv.eras import V612
from archcore_riscv.targets import TARGETS, mmu

if TYPE_CHECKING:
    from archcore.target import Target

TARGET = {target.id: target for target in TARGETS}
KEEPS = [target for target in TARGETS if target.mmu.keeps == "all"]
FENCES = ("update_mmu_cache", "update_mmu_cache_pmd")
PAGE = 0x40_0000


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.id)
def test_every_story_is_clean(target: Target) -> None:
    """With all calls made no load is stale, no store lost and no fault endless."""
    ends = {story.name: tell(story, target, target.engine).told for story in stories_of(target)}
    assert {name: told.detail for name, told in ends.items() if not told.clean} == {}


@pytest.mark.parametrize("target", KEEPS, ids=lambda target: target.id)
@pytest.mark.parametrize(("hook", "name"), [*zip(FENCES, ("hint", "huge-hint"), strict=True)])
def test_without_the_fence_a_hint_faults_for_ever(target: Target, hook: str, name: str) -> None:
    """The hart goes on using the invalid entry that it read before the kernel disarmed it."""
    (story,) = (one for one in stories_of(target) if one.name == name)
    assert tell(story, target, left_out=Call(hook)).told.ending is Ending.ENDLESS_FAULT


def test_with_svvptc_no_fence_is_needed() -> None:
    """Such a hart keeps no invalid entry, and its kernel flushes where it raises rights."""
    target = TARGET["riscv-sv48-svvptc-v6.12"]
    for story in stories_of(target):
        for hook in FENCES:
            assert tell(story, target, left_out=Call(hook)).told.clean, story.name


def test_a_hart_with_svvptc_may_keep_the_rights_that_were() -> None:
    """So the kernel flushes them: a store to a huge page that was hinted goes through."""
    target = TARGET["riscv-sv48-svvptc-v6.12"]
    assert target.mmu.keeps == "rights"
    unflushed = evolve(target, architecture=V612.architecture())
    (story,) = (one for one in stories_of(target) if one.name == "huge-hint")
    assert tell(story, target).told.clean
    assert tell(story, unflushed).told.ending is Ending.ENDLESS_FAULT


def test_another_hart_fences_itself() -> None:
    """It faults on what it kept, finds the page accessible, and fences all the same.

    That is why ptep_set_access_flags never says that nothing changed.
    """
    built = Machine(TARGET["riscv-sv48-v6.1"], frames_per_node=1 << 10, zero_page=False)
    mm = built.mm()
    first, second = built.task(mm, cpu=0), built.task(mm, cpu=1, pid=2)
    mm.mmap(PAGE, PAGE + 0x1000, VM_READ | VM_WRITE)
    assert second.cpu.touch(PAGE, Access.READ) is not None
    built.store(first, PAGE, 7)

    slot = mm.tables.slot(PAGE)
    assert slot is not None
    before = slot.load()

    assert second.cpu.touch(PAGE, Access.READ) is not None
    assert built.load(second, PAGE) == 7
    assert (slot.load(), built.outcomes[Outcome.FLAGS]) == (before, 1)


@pytest.mark.parametrize("target", KEEPS[:1], ids=lambda target: target.id)
def test_svade_costs_faults_and_nothing_else(target: Target) -> None:
    """Where hardware sets no flag, every story is as clean."""
    svade = evolve(target, mmu=mmu(svade=True))
    ends = {story.name: tell(story, svade).told.detail for story in stories_of(svade)}
    assert ends == dict.fromkeys(ends, "")
