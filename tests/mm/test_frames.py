"""Frames: allocation by node, and no frame freed while it is mapped."""

from __future__ import annotations

import pytest

from archcore.errors import MachineError
from archcore.mm.frames import Frames


def test_a_full_node_falls_back_to_the_next():
    """Allocation prefers a node; only a strict one fails when that is full."""
    frames = Frames(nodes=2, per_node=4)
    taken = [frames.allocate(0) for _ in range(3)]

    assert [frames.nid(pfn) for pfn in taken] == [0, 0, 0]
    assert frames.allocate(0, strict=True) is None
    assert frames.nid(frames.allocate(0)) == 1


def test_a_freed_frame_is_used_again():
    """Memory does not leak: what was freed is what comes next."""
    frames = Frames(nodes=1, per_node=4)
    pfn = frames.allocate(0)
    frames.free(pfn)

    assert frames.allocate(0) == pfn


def test_a_mapped_frame_cannot_be_freed():
    """Freeing a frame that an entry maps is a bug of the engine, said loudly."""
    frames = Frames(nodes=1, per_node=4)
    pfn = frames.allocate(0)
    frames.mapcount[pfn] = 1

    with pytest.raises(MachineError, match="freed while 1 entries map it"):
        frames.free(pfn)


def test_a_block_is_aligned_to_its_size():
    """A table larger than a page needs neighbouring frames at a multiple of its size."""
    frames = Frames(nodes=1, per_node=64)
    frames.allocate(0)

    block = frames.block(0, 8)

    assert block % 8 == 0
    assert frames.allocate(0) not in range(block, block + 8)
