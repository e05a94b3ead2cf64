"""Stories of one entry that several want: S0 to S6.

Each follows the scenario of that name in the project's notes on the fault engine; what is known to
go wrong under a profile is part of the story, with the kernel's own bug where there is one.
"""

from __future__ import annotations

from archcore.races import acts
from archcore.races.known import SEEDS, of
from archcore.races.scenario import Scenario
from archcore.races.trouble import Trouble
from archcore.vmflags import VM_NONE, VM_READ

EARLY = (
    Scenario(
        id="S0",
        sentence="a store to a hinted huge page, and nobody else",
        prepare=acts.arm,
        threads={"T1": lambda scene: scene.store(scene.t1, 2)},
    ),
    Scenario(
        id="S0b",
        sentence="two nodes store to two pages whose table is not there yet",
        prepare=acts.untouched,
        threads={
            "T1": lambda scene: acts.store_there(scene, scene.t1, 0),
            "T2": lambda scene: acts.store_there(scene, scene.t2, 1),
        },
    ),
    Scenario(
        id="S1",
        sentence="a store to a hinted huge page while it is split",
        prepare=acts.arm,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "split": lambda scene: scene.split(),
        },
        # Who reads again without looking whether the page is being split writes to its entry.
        known=of("seed+reread", what=frozenset({Trouble.SPLIT_WRITTEN, Trouble.HINT_RAISED})),
    ),
    Scenario(
        id="S1b",
        sentence="a store to the last part of a hinted huge page that is split",
        prepare=acts.both_ends,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2, at=acts.last(scene)),
            "split": lambda scene: scene.split(),
        },
        preemptions=1,
        known=of("seed+reread", what=frozenset({Trouble.SPLIT_WRITTEN, Trouble.HINT_RAISED})),
    ),
    Scenario(
        id="S2",
        sentence="two nodes store to one hinted huge page",
        prepare=acts.arm_wanted,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "T2": lambda scene: scene.store(scene.t2, 3, at=16),
        },
    ),
    Scenario(
        id="S3",
        sentence="a page moves while mprotect takes the right to write",
        prepare=acts.arm,
        threads={
            "compaction": acts.compact,
            "mprotect": lambda scene: acts.protect(scene, VM_READ),
        },
        huge=False,
    ),
    Scenario(
        id="S3b",
        sentence="a load from a hinted huge page while mprotect takes all rights",
        prepare=acts.arm,
        threads={
            "T1": lambda scene: scene.load(scene.t1),
            "mprotect": lambda scene: acts.protect(scene, VM_NONE),
        },
    ),
    Scenario(
        id="S4",
        sentence="a store to a hinted page while compaction moves it",
        prepare=acts.arm,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "compaction": acts.compact,
        },
        huge=False,
    ),
    Scenario(
        id="S4b",
        sentence="a page goes to swap while a CPU stores through its TLB",
        threads={
            "reclaim": acts.swap,
            "T1": lambda scene: scene.store_if_mapped(scene.t1, 2),
        },
        huge=False,
        swap=True,
    ),
    Scenario(
        id="S4c",
        sentence="two nodes store to a page that is in swap",
        prepare=acts.swap,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "T2": lambda scene: scene.store(scene.t2, 3, at=16),
        },
        huge=False,
        swap=True,
    ),
    Scenario(
        id="S4e",
        sentence="a page moves while a CPU stores through its TLB",
        threads={
            "compaction": acts.compact,
            "T1": lambda scene: scene.store_if_mapped(scene.t1, 2),
        },
        huge=False,
    ),
    Scenario(
        id="S4d",
        sentence="a process forks while its page goes to swap and is stored to; then both store",
        threads={
            "fork": acts.fork,
            "reclaim": acts.swap,
            "T1": lambda scene: scene.store(scene.t1, 2),
        },
        judge=acts.both_write,
        huge=False,
        swap=True,
        preemptions=1,
    ),
    Scenario(
        id="S5",
        sentence="MADV_DONTNEED throws a huge page away while it is armed",
        threads={
            "scanner": acts.scan,
            "madvise": acts.throw_away,
        },
        judge=acts.is_mapped,
        # ced108037c2a: the scanner empties the slot for a moment, and the zap passes it over.
        known=of(*SEEDS, "v3.8", what=frozenset({Trouble.LEFT_MAPPED})),
    ),
    Scenario(
        id="S5b",
        sentence="a page moves while it is thrown away, and another takes its place and moves",
        threads={
            "compaction": acts.compact,
            "madvise": lambda scene: acts.again(scene, 1),
        },
        huge=False,
        preemptions=2,
    ),
    Scenario(
        id="S5c",
        sentence="a hinted huge page moves while it is thrown away and another takes its place",
        prepare=acts.arm_wanted,
        threads={
            "T2": lambda scene: scene.load(scene.t2),
            "madvise": acts.again,
        },
        preemptions=1,
    ),
    Scenario(
        id="S5d",
        sentence="MADV_DONTNEED throws a huge page away while it is split",
        threads={
            "split": lambda scene: scene.split(),
            "madvise": acts.throw_away,
        },
        judge=acts.is_mapped,
        preemptions=1,
    ),
    Scenario(
        id="S5e",
        sentence="a CPU stores through its TLB to a page thrown away, whose frame another gets",
        prepare=acts.used_by_both,
        threads={
            "madvise": acts.throw_away,
            "T1": acts.use_second,
            "T2": acts.late_store,
        },
        huge=False,
        preemptions=1,
    ),
    Scenario(
        id="S6",
        sentence="a store to a hinted huge page while the scanner arms it again",
        prepare=acts.arm,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "scanner": acts.scan,
        },
        # The entry read before is the same again, so the write path makes a hint writable. It is
        # then no hint that anyone would recognise, and the task faults for ever.
        known=of(*SEEDS, what=frozenset({Trouble.HINT_RAISED, Trouble.BROKEN})),
    ),
    Scenario(
        id="S6b",
        sentence="a store to a huge page of zeros that the scanner has armed",
        prepare=acts.arm_zeros,
        threads={"T1": lambda scene: scene.store(scene.t1, 2)},
        written=False,
    ),
)
