"""What the scanner knows of one VMA (struct vma_numab_state, Linux 6.4 and later)."""

from __future__ import annotations

from attrs import define, field


@define
class NumabState:
    """When a VMA may be scanned, and who has used it lately.

    ``next_scan`` is the tick before which it is left alone, ``pids_active`` holds the tasks that
    faulted in it during this and the last window, ``start_scan_seq`` and ``prev_scan_seq`` are the
    sequences in which it was first seen and last scanned.
    """

    next_scan: int
    start_scan_seq: int
    pids_reset: int
    prev_scan_seq: int
    pids_active: list[set[int]] = field(factory=lambda: [set(), set()])
