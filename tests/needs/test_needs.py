from __future__ import annotations

import pytest
from attrs import evolve
from hashed import HASHED
from sound import SOUND
from virtual_cache import VIPT, VIVT, Flushes, Switches, cached

from archcore.mm.profile import PROFILES
from archcore.needs import ALL_STORIES, Call, Ending, Story, needs, stories_of, tell
from archcore.report.needs import needs_document
from archcore.report.needs_text import render

TLB = {"flush_tlb_page", "flush_tlb_range", "flush_tlb_batched_pending"}
NOTIFIERS = {"mmu_notifier_invalidate_range_start", "mmu_notifier_invalidate_range_end"}
CACHES = {"flush_cache_page", "flush_cache_range", "flush_dcache_page"}
BY_NAME = {story.name: story for story in ALL_STORIES}


def needed(shown):
    """Return the hooks that something goes wrong without."""
    return {call.hook for call, stories in shown.without.items() if stories}


@pytest.fixture(scope="module")
def shown():
    """Return what each kind of cache needs."""
    return {name: needs(one) for name, one in (("PIPT", SOUND), ("VIPT", VIPT), ("VIVT", VIVT))}


def test_every_story_can_be_told_where_nothing_is_missing():
    """Of the invented architecture that has everything."""
    assert stories_of(SOUND) == ALL_STORIES


@pytest.mark.parametrize("engine", sorted(set(PROFILES) - {"v3.8"}))
@pytest.mark.parametrize("target", [SOUND, VIPT, VIVT], ids=["PIPT", "VIPT", "VIVT"])
def test_all_calls_are_enough(target, engine):
    """Every story is clean whatever the cache and the profile.

    But for huge pages in a cache with virtual tags: until Linux 5.7 a store to a shared one flushed
    no cache, and no machine had both.
    """
    both = target is VIVT and engine not in {"v6.1", "v7.0"}
    stories = [story for story in ALL_STORIES if not (both and story.huge)]
    ends = {story.name: tell(story, target, engine).told.detail for story in stories}
    assert ends == dict.fromkeys(ends, "")


def test_the_scanner_of_3_8_hints_no_huge_page():
    """Its bug (B07) is told as that, and takes nothing else along."""
    whole = needs(SOUND, "v3.8", by_reason=False).whole
    broken = {story.name for story, told in whole.items() if not told.clean}
    assert broken == {"huge-hint", "huge-move"}


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("PIPT", TLB | NOTIFIERS | {"switch_mm"}),
        ("VIPT", TLB | NOTIFIERS | {"switch_mm"} | CACHES),
        ("VIVT", TLB | NOTIFIERS | {"switch_mm"} | CACHES),
    ],
)
def test_what_is_needed_is_what_the_cache_makes_needed(shown, kind, wanted):
    """A cache that goes by physical addresses needs no flush, the others need both."""
    assert shown[kind].enough
    assert needed(shown[kind]) == wanted


@pytest.mark.parametrize(
    ("kind", "hook", "reason", "story", "ending"),
    [
        ("VIVT", "flush_cache_page", "FRAME_CHANGES", "late-store", Ending.STALE_READ),
        ("VIPT", "flush_cache_page", "FRAME_CHANGES", "moved", Ending.STALE_READ),
        ("VIVT", "flush_cache_page", "FRAME_CHANGES", "zeros", Ending.LOST_STORE),
        ("VIPT", "flush_cache_page", "UNMAPPED", "swapped", Ending.STALE_READ),
        ("VIPT", "flush_cache_range", "UNMAPPED", "thrown-away", Ending.LOST_STORE),
        ("VIVT", "flush_cache_range", "UNMAPPED", "thrown-away", Ending.STALE_READ),
        ("VIPT", "flush_cache_range", "MOVED", "remapped", Ending.STALE_READ),
        ("VIPT", "flush_cache_range", "COPY_ON_WRITE", "copied", Ending.STALE_READ),
        ("PIPT", "flush_tlb_range", "RIGHTS_REMOVED", "hint", Ending.STALE_RIGHT),
        ("PIPT", "flush_tlb_batched_pending", "FLUSH_OWED", "swapped", Ending.STALE_RIGHT),
    ],
)
def test_a_missing_call_ends_in_what_is_known_of_it(shown, kind, hook, reason, story, ending):
    """By name: the trouble that the kernel's own documentation warns of."""
    assert shown[kind].without[Call(hook, reason)][BY_NAME[story]].ending is ending


def test_flushes_do_not_help_a_page_at_two_addresses():
    """With virtual tags it has two lines at a time where a set has room; it must be uncached."""
    roomy = evolve(VIVT.mmu.dcache, ways=4)
    target = evolve(VIVT, mmu=evolve(VIVT.mmu, dcache=roomy))
    assert tell(BY_NAME["shared"], target).told.ending is Ending.STALE_READ


@pytest.mark.parametrize("reason", ["RIGHTS_REMOVED", "UNMAPPED", "FRAME_CHANGES", "MOVED"])
def test_a_device_misses_each_notifier(shown, reason):
    """Without the start it keeps a page that is gone, without the end it waits for ever."""
    without = shown["PIPT"].without
    started = without[Call("mmu_notifier_invalidate_range_start", reason)]
    ended = without[Call("mmu_notifier_invalidate_range_end", reason)]
    assert {told.ending for told in started.values()} == {Ending.STALE_RIGHT}
    assert {told.ending for told in ended.values()} == {Ending.ENDLESS_FAULT}


@pytest.mark.parametrize(
    "target",
    [cached("VIPT"), cached("VIVT", Flushes()), cached("VIVT", Switches())],
    ids=["no flush", "no flush between processes", "only a flush between processes"],
)
def test_an_architecture_that_does_too_little_is_found_out(target):
    """Calls are made, and nobody does what they ask for."""
    assert not needs(target, by_reason=False).enough


def test_a_huge_page_moves_only_once_its_lines_are_out():
    """In a cache of two ways, where the kernel's own reads do not push them out by chance."""
    target = cached("VIVT", Flushes(), Switches(), ways=2)
    story, flush = BY_NAME["huge-move"], Call("flush_cache_range", "FRAME_CHANGES")

    assert tell(story, target).told.clean
    assert tell(story, target, left_out=flush).told.ending is Ending.STALE_READ


@pytest.fixture(scope="module")
def hashed():
    """Return what an MMU needs whose table the kernel fills, and may fill ahead of a miss."""
    return needs(HASHED, stories=[BY_NAME[name] for name in ("hint", "moved", "protected")])


def test_a_call_that_only_saves_walks_is_told_as_a_cost(hashed):
    """Nothing is lost without it, and each story that makes it walks more often."""
    preload = Call("update_mmu_cache", "MADE_ACCESSIBLE")
    more = hashed.dearer[preload]

    assert hashed.enough
    assert hashed.without[preload] == {}
    assert {story.name for story in more} == {"hint", "moved", "protected"}
    assert all(count > 0 for count in more.values())
    assert hashed.saves(preload) == sum(more.values())


def test_what_a_walk_costs_is_said_in_the_words_of_the_architecture(hashed):
    """With how many more there are, in the table and in the document."""
    saved = hashed.saves(Call("update_mmu_cache", "MADE_ACCESSIBLE"))
    (shown,) = needs_document([hashed])["targets"]
    rows = {row["call"]: row for row in shown["calls"]}

    assert f"nothing is lost; trips to the clerk: {saved} more" in render([hashed])
    assert shown["walks"] == "trips to the clerk"
    assert rows["update_mmu_cache"]["walks_saved"] == saved
    assert rows["update_mmu_cache"]["needed"] is False


def test_a_call_that_is_needed_is_not_told_as_a_cost(hashed):
    """A table that keeps what it was to forget is worse than any cost."""
    flush = Call("flush_tlb_range", "RIGHTS_REMOVED")

    assert hashed.without[flush][BY_NAME["hint"]].ending is Ending.STALE_RIGHT
    assert hashed.saves(flush) == 0


def test_who_walks_by_hardware_saves_nothing(shown):
    """No call of the sound architecture is for speed."""
    assert shown["PIPT"].dearer == {}


def test_a_store_that_faults_twice_is_told():
    """A page that is hinted and shared, which only the patch of 2012 hints, faults for either."""

    def twice(room):
        room.store(room.t1, room.start, 1)
        room.fork(room.t1)
        room.hint()
        room.store_at_once(room.t1, room.start, 2)

    assert tell(Story("twice", "", twice), SOUND, "seed").told.ending is Ending.SECOND_FAULT
