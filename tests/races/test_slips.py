# ruff: noqa: E501 - the words of a slip stay together
from __future__ import annotations

import hugetoy
import pytest
from attrs import evolve
from planting import Slip

from archcore.mm.profile import PROFILES
from archcore.mm.syscalls import madvise_dontneed
from archcore.races import SCENARIOS, Scenario, Trouble, acts, explore

HALF = Scenario(
    id="half",
    sentence="half of a hinted huge page is thrown away while it moves",
    prepare=acts.both_ends,
    threads={
        "T2": lambda scene: scene.load(scene.t2),
        "madvise": lambda scene: madvise_dontneed(
            scene.engine, scene.t1, scene.page + scene.size // 2, scene.page + scene.size
        ),
    },
    preemptions=1,
)


@pytest.mark.parametrize("engine", PROFILES)
def test_a_huge_page_that_is_split_on_its_way_arrives_in_parts(engine):
    """The half that stays is found again, and who holds a reference keeps it through a split."""
    assert explore(HALF, hugetoy.TARGET, engine).unexpected == frozenset()


RECHECK = "if not orig.same(engine.hooks.pte_same, pte):\n            return"
SLIPS = [
    ("S1b", "v6.1", Trouble.LOST_STORE, Slip("huge_table.small_entries", "np.arange(huge.nr, dtype=word) +", "np.zeros(huge.nr, dtype=word) +")),
    ("S2", "v6.1", Trouble.UNITS, Slip("huge_migrate._moved", "pgmigrate_success += nr", "pgmigrate_success += 1")),
    ("S2", "v6.1", Trouble.UNITS, Slip("huge_migrate._moved", "count_moved(engine, nr,", "count_moved(engine, 1,")),
    ("S2", "v6.1", Trouble.UNITS, Slip("numa_fault.learn", "numa_hint_faults += 1", "numa_hint_faults += frames.size(pfn)")),
    ("S2", "v6.1", Trouble.UNITS, Slip("numa_fault.learn", "numa_hint_faults_local += nid == task.nid", "numa_hint_faults_local += nid != task.nid")),
    ("S2", "v6.1", Trouble.NO_NOTIFIER, Slip("huge_migrate._set_pmd_migration_entry", "start + huge.size),\n        engine", "start + 1),\n        engine")),
    ("S4", "v6.1", Trouble.NOT_A_HINT, Slip("numa_fault.do_numa_page", RECHECK, "pass")),
    ("S4", "v6.1", Trouble.UNITS, Slip("numa_fault.do_numa_page", RECHECK, RECHECK.replace("return", "engine.vmstat.numa_hint_faults += 1\n            return"))),
    ("S4", "v6.1", Trouble.NO_NOTIFIER, Slip("notifier.invalidating", "bracket.begin()", "pass")),
    ("S4", "v6.1", Trouble.BRACKET_OPEN, Slip("notifier.invalidating", "bracket.finish()", "pass")),
    ("S4", "v6.1", Trouble.NO_NOTIFIER, Slip("notifier.invalidating", "(engine, mm, start, end, reason)", "(engine, mm, end, start, reason)")),
    ("S4c", "v6.1", Trouble.REFERENCES, Slip("swapin._swap_in", "given_up = area.free(place)", "given_up = None")),
    ("S4d", "v6.1", Trouble.REFERENCES, Slip("fork._copied_swap", "engine.swap.get(hooks.arch_swp_offset(swp))", "pass")),
    ("S4e", "v6.1", Trouble.LOST_STORE, Slip("migrate._try_to_migrate_one", "if hooks.pte_accessible(pte, pending):", "if False:")),
    ("S5e", "v6.1", Trouble.LOST_STORE, Slip("zap.zap_page_range", "        if gather.stale:\n", "        for pfn in gather.pages:\n            put_page(engine, pfn)\n        gather.pages.clear()\n        if gather.stale:\n")),
    ("S8d", "v6.1", Trouble.WRONG_FRAME, Slip("fork._must_copy", "engine.profile.fork_copies_pinned", "False")),
    ("S8e", "v6.1", Trouble.WRONG_FRAME, Slip("huge_migrate._move", "bool(engine.frames.refcount[head] == 1)", "True")),
    ("S9c", "v6.1", Trouble.REFERENCES, Slip("fork._share_huge", "frames.entire_mapcount[head] += 1", "pass")),
    ("S10", "v6.1", Trouble.UNITS, Slip("huge_protect._changed", "huge.size, huge=1)", "huge.size, huge=pages)")),
    ("S10", "v6.1", Trouble.ARMED_TWICE, Slip("scan.task_numa_work", "mm.numa_next_scan = now + settings.period", "pass")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("story", "engine", "trouble", "slip"),
    SLIPS,
    ids=[f"{one[0]}-{one[3].function}" for one in SLIPS],
)
def test_a_slip_in_the_engine_is_caught(monkeypatch, story, engine, trouble, slip):
    """By the scenario and as the trouble that are named, which is not there without it."""
    told = evolve(SCENARIOS[story], preemptions=min(SCENARIOS[story].preemptions or 2, 2))
    assert trouble not in explore(told, hugetoy.TARGET, engine, limit=300).unexpected
    slip.plant(monkeypatch)
    assert trouble in explore(told, hugetoy.TARGET, engine, limit=300).unexpected
