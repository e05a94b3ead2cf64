"""A comparison in several processes is the comparison in one."""

from __future__ import annotations

import numpy as np
import toy
from attrs import evolve

from archcore.replay.settings import Settings
from archcore.report.compare import document
from archcore.report.pool import compare_all
from archcore.trace.record import Trace

PAGES = np.tile(np.arange(16, dtype=np.uint64), 200)
TRACE = Trace(
    vaddr=PAGES << np.uint64(12),
    size=np.full(len(PAGES), 8, np.uint32),
    op=np.ones(len(PAGES), np.uint8),
    tid=np.zeros(len(PAGES), np.uint32),
    origin="16 pages, round and round",
)


def test_two_processes_give_the_rows_of_one_in_the_same_order():
    """Six targets over two workers: the same documents, and progress tells of each once."""
    targets = [evolve(toy.module().TARGET, id=f"toy-{at}-v1") for at in range(6)]
    told = []

    alone = compare_all(targets, TRACE, Settings(), jobs=1)
    spread = compare_all(targets, TRACE, Settings(), jobs=2, progress=told.append)

    assert [document(row) for row in spread] == [document(row) for row in alone]
    assert sum(told) == 6
