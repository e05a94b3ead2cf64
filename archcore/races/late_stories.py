"""Stories of TLBs, devices, children and scanners: S7 to S12.

Each follows the scenario of that name in the project's notes on the fault engine; what is known to
go wrong under a profile is part of the story, with the kernel's own bug where there is one.
"""

from __future__ import annotations

from archcore.races import acts, table_acts
from archcore.races.known import SEEDS, of
from archcore.races.scenario import Scenario
from archcore.races.trouble import Trouble
from archcore.vmflags import VM_NONE

LATE = (
    Scenario(
        id="S7",
        sentence="a CPU stores through its TLB while a page is armed and moves",
        prepare=acts.wanted,
        threads={
            "scanner": acts.scan,
            "T2": lambda scene: scene.load(scene.t2),
            "T1": lambda scene: scene.store_if_mapped(scene.t1, 2),
        },
        huge=False,
    ),
    Scenario(
        id="S7b",
        sentence="a CPU stores through its TLB while a huge page is armed and moves",
        prepare=acts.wanted,
        threads={
            "scanner": acts.scan,
            "T2": lambda scene: scene.load(scene.t2),
            "T1": lambda scene: scene.store_if_mapped(scene.t1, 2),
        },
    ),
    Scenario(
        id="S7c",
        sentence="as S7, with two scanners, the first of whom to end takes the flush for done",
        prepare=acts.wanted,
        threads={
            "scanner": acts.scan,
            "other": acts.scan_too,
            "T2": lambda scene: scene.load(scene.t2),
            "T1": lambda scene: scene.store_if_mapped(scene.t1, 2),
        },
        huge=False,
        preemptions=1,
    ),
    Scenario(
        id="S8",
        sentence="get_user_pages pins a page without locks while its hint fault moves it",
        prepare=acts.arm_wanted,
        threads={
            "gup": acts.pin,
            "T2": lambda scene: scene.load(scene.t2),
        },
        judge=acts.pinned_elsewhere,
        huge=False,
    ),
    Scenario(
        id="S8b",
        sentence="get_user_pages pins a page without locks while compaction moves it",
        threads={"gup": acts.pin, "compaction": acts.compact},
        judge=acts.pinned_elsewhere,
        huge=False,
    ),
    Scenario(
        id="S8c",
        sentence="a debugger forces a store into a page while mprotect takes all rights",
        prepare=acts.forked,
        threads={
            "gup": acts.force,
            "mprotect": lambda scene: acts.protect(scene, VM_NONE),
        },
        judge=acts.hint_taken,
        huge=False,
    ),
    Scenario(
        id="S8d",
        sentence="a process forks and stores to a page that a device has pinned",
        prepare=acts.pinned,
        threads={
            "fork": acts.fork,
            "T1": lambda scene: scene.store(scene.t1, 2),
        },
        judge=acts.pinned_elsewhere,
        huge=False,
        # Until 70e806e4e645 (Linux 5.9) the child got the page, and the parent's store a copy.
        known=of(*SEEDS, "v3.8", what=frozenset({Trouble.WRONG_FRAME})),
    ),
    Scenario(
        id="S8e",
        sentence="get_user_pages pins a huge page without locks while its hint fault moves it",
        prepare=acts.arm_wanted,
        threads={
            "gup": acts.pin,
            "T2": lambda scene: scene.load(scene.t2),
        },
        judge=acts.pinned_elsewhere,
        preemptions=2,
    ),
    Scenario(
        id="S9",
        sentence="a process forks while it stores to a hinted page; afterwards both store",
        prepare=acts.arm,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "fork": acts.fork,
        },
        judge=acts.both_write,
        huge=False,
    ),
    Scenario(
        id="S9b",
        sentence="two threads store to a page that their process shares with a child",
        prepare=acts.forked,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "T2": lambda scene: scene.store(scene.t2, 3, at=16),
        },
        huge=False,
    ),
    Scenario(
        id="S9c",
        sentence="a process forks while it stores to a hinted huge page; afterwards both store",
        prepare=acts.arm,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "fork": acts.fork,
        },
        judge=acts.both_write,
        preemptions=1,
    ),
    Scenario(
        id="S10",
        sentence="two threads of a process find that it is time to scan",
        prepare=acts.off_first_node,
        threads={
            "T1": lambda scene: acts.work(scene, scene.t1),
            "T2": lambda scene: acts.work(scene, scene.t2),
        },
        judge=acts.scanned,
        # Linux 3.8 looks for the page in the slot it has just emptied (5a6dac3ec5f5, hash
        # unverified), so nothing is armed and all is counted.
        known=of("v3.8", what=frozenset({Trouble.NOT_ARMED})),
    ),
    Scenario(
        id="S11",
        sentence="the hints of a large folio are settled while part of it goes elsewhere",
        prepare=acts.folio,
        threads={
            "T2": lambda scene: scene.load(scene.t2),
            "mremap": acts.move_part,
        },
        preemptions=0,  # the mmap lock keeps the two apart
        profiles=("v6.1", "v7.0"),
    ),
    Scenario(
        id="S12",
        sentence="hints of a table are settled while pages are thrown away and armed again",
        prepare=table_acts.arm_table,
        threads={
            "T2": lambda scene: scene.load(scene.t2),
            "madvise": table_acts.throw_second_away,
            "scanner": table_acts.scan_both,
        },
        judge=table_acts.second_gone,
        huge=False,
        preemptions=1,
    ),
    Scenario(
        id="S12b",
        sentence="a CPU stores through its TLB to a page whose table is armed and settled",
        prepare=table_acts.two_pages,
        threads={
            "scanner": table_acts.scan_both,
            "T2": lambda scene: scene.load(scene.t2),
            "T1": lambda scene: scene.store_if_mapped(scene.t1, 2, at=scene.size),
        },
        huge=False,
        preemptions=1,
    ),
)
