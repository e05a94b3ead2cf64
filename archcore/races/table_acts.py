"""What actors do with two pages of one table, for stories of hints on tables: S12."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.protect import change_prot_numa
from archcore.mm.syscalls import madvise_dontneed
from archcore.races.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.races.scene import Scene


def two_pages(scene: Scene) -> None:
    """Write a second page, and let both be wanted on T2's node."""
    scene.told = (scene.page, scene.page + scene.size)
    scene.store(scene.t1, 9, at=scene.size)
    scene.used_by(scene.t2)


def arm_table(scene: Scene) -> None:
    """Arm two pages, and their table with them where profile and target can."""
    two_pages(scene)
    scan_both(scene)


def scan_both(scene: Scene) -> None:
    """Let the scanner of T1 come by both pages."""
    change_prot_numa(scene.engine, scene.t1, scene.vma, scene.page, scene.page + 2 * scene.size)


def load_both(scene: Scene) -> None:
    """Load from both pages on T2's node."""
    scene.load(scene.t2)
    scene.load(scene.t2, scene.size)


def throw_second_away(scene: Scene) -> None:
    """Throw the second page away."""
    start = scene.page + scene.size
    madvise_dontneed(scene.engine, scene.t1, start, start + scene.size)


def second_gone(scene: Scene) -> Iterator[Trouble]:
    """Find the second page, which was to be thrown away; then ask each entry what it costs."""
    if scene.frame(scene.told[1]) is not None:
        yield Trouble.LEFT_MAPPED
    yield from each_costs_a_fault(scene)


def each_costs_a_fault(scene: Scene) -> Iterator[Trouble]:
    """Load from both pages again: what is hinted or empty costs one fault, and nothing else does.

    A table that is a hint costs one, which settles what is hinted in it. The TLBs are empty then,
    for whoever hints a table and no page in it does not flush them.
    """
    hints = 1 if scene.table_hinted() else sum(map(scene.hinted, scene.told))
    empty = [scene.frame(at) for at in scene.told].count(None)
    before = scene.machine.vmstat.pgfault
    for cpu in scene.machine.cpus:
        cpu.tlb.flush()
    load_both(scene)
    if scene.machine.vmstat.pgfault - before != hints + empty:
        yield Trouble.MORE_FAULTS
