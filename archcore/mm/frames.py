"""Page frames on NUMA nodes: who owns them, who used them last, and where one is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archcore.errors import MachineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_NODE = -1
NO_PID = -1


class Frames:
    """``nodes`` nodes of ``per_node`` frames each, node by node, as the columns of struct page.

    Columns (one element a frame): ``mapcount`` (entries of the lowest level), ``refcount``,
    ``last_nid`` and ``last_pid`` (the CPU's node and the task of the last hint fault),
    ``exclusive`` (PageAnonExclusive), ``pins``. A compound page is known by its ``head``, whose
    ``order`` is the logarithm of its size; ``entire_mapcount`` counts the upper-level entries
    that map all of it, and references belong to the head. ``isolated`` are the pages that somebody
    is about to move or to swap out (taken off the LRU); ``access_time`` has when pages of slow
    memory were scanned; ``mapping`` are the pages of shared mappings (page_mapping), ``tables`` the
    frames of page tables (PageTable).
    """

    def __init__(self, nodes: int, per_node: int) -> None:
        """Make all frames free, but for frame 0, which stays out of use."""
        if nodes < 1 or per_node < 1:
            msg = f"a machine needs nodes with frames, not {nodes} nodes of {per_node}"
            raise MachineError(msg)
        total = nodes * per_node
        self.nodes, self.per_node, self.total = nodes, per_node, total
        self.mapcount: NDArray[np.int32] = np.zeros(total, np.int32)
        self.refcount: NDArray[np.int32] = np.zeros(total, np.int32)
        self.last_nid: NDArray[np.int32] = np.full(total, NO_NODE, np.int32)
        self.last_pid: NDArray[np.int32] = np.full(total, NO_PID, np.int32)
        self.exclusive: NDArray[np.bool_] = np.zeros(total, np.bool_)
        self.pins: NDArray[np.int32] = np.zeros(total, np.int32)
        self.heads: NDArray[np.int32] = np.arange(total, dtype=np.int32)
        self.order: NDArray[np.int8] = np.zeros(total, np.int8)
        self.entire_mapcount: NDArray[np.int32] = np.zeros(total, np.int32)
        self.isolated: set[int] = set()
        self.access_time: dict[int, int] = {}
        self.mapping: set[int] = set()
        self.tables: set[int] = set()
        self._freed_huge: dict[tuple[int, int], list[int]] = {}
        self._fresh = [node * per_node + (node == 0) for node in range(nodes)]
        self._freed: list[list[int]] = [[] for _ in range(nodes)]

    def nid(self, pfn: int) -> int:
        """Return the node of a frame."""
        return pfn // self.per_node

    def allocate(self, nid: int, *, strict: bool = False) -> int | None:
        """Return a free frame of a node, or of the next one that has any unless ``strict``.

        None when there is no free frame where it was asked for.
        """
        order = (nid,) if strict else (nid, *(n for n in range(self.nodes) if n != nid))
        for node in order:
            pfn = self._take(node)
            if pfn is not None:
                self.refcount[pfn] = 1
                return pfn
        return None

    def _take(self, node: int) -> int | None:
        if self._freed[node]:
            return self._freed[node].pop()
        pfn = self._fresh[node]
        if pfn >= (node + 1) * self.per_node:
            return None
        self._fresh[node] = pfn + 1
        return pfn

    def block(self, nid: int, count: int) -> int | None:
        """Return the first of ``count`` neighbouring free frames of a node, for large tables."""
        pfn = -(-self._fresh[nid] // count) * count
        if pfn + count > (nid + 1) * self.per_node:
            return None
        self._freed[nid].extend(range(self._fresh[nid], pfn))
        self._fresh[nid] = pfn + count
        self.refcount[pfn : pfn + count] = 1
        return pfn

    def free(self, pfn: int) -> None:
        """Give a frame back; raises MachineError while it is mapped."""
        if self.mapcount[pfn]:
            msg = f"frame {pfn:#x} is freed while {self.mapcount[pfn]} entries map it"
            raise MachineError(msg)
        self.refcount[pfn] = 0
        self.exclusive[pfn] = False
        self.mapping.discard(pfn)
        self.last_nid[pfn], self.last_pid[pfn] = NO_NODE, NO_PID
        self._freed[self.nid(pfn)].append(pfn)

    def free_count(self, nid: int) -> int:
        """Return how many frames of a node are free."""
        fresh = (nid + 1) * self.per_node - self._fresh[nid]
        huge = sum(
            len(all_) << order for (at, order), all_ in self._freed_huge.items() if at == nid
        )
        return fresh + len(self._freed[nid]) + huge

    def head(self, pfn: int) -> int:
        """Return the first frame of the compound page a frame is part of, or the frame itself."""
        return int(self.heads[pfn])

    def size(self, pfn: int) -> int:
        """Return how many frames the page has that a frame is part of."""
        return 1 << int(self.order[self.heads[pfn]])

    def page_mapcount(self, pfn: int) -> int:
        """Return how many entries map a frame, alone or as part of a huge page."""
        return int(self.mapcount[pfn] + self.entire_mapcount[self.heads[pfn]])

    def total_mapcount(self, pfn: int) -> int:
        """Return how many entries of any level map the page that a frame is part of."""
        head = self.head(pfn)
        parts = self.mapcount[head : head + self.size(head)].sum()
        return int(self.entire_mapcount[head] + parts)

    def unexplained(self) -> list[int]:
        """Return the pages, by head, whose references are not those of mappings and pins."""
        plain = [
            np.asarray(column).view(np.ndarray)
            for column in (self.heads, self.mapcount, self.entire_mapcount, self.pins)
        ]
        heads, mapcount, entire, pins = plain
        explained = np.bincount(heads, mapcount, self.total).astype(np.int64) + entire + pins
        found: list[int] = np.flatnonzero(self.refcount.view(np.ndarray) != explained).tolist()
        return found

    def allocate_huge(self, nid: int, order: int, *, strict: bool = False) -> int | None:
        """Return the head of a free page of ``2**order`` frames of a node; see allocate."""
        for node in (nid,) if strict else (nid, *(n for n in range(self.nodes) if n != nid)):
            freed = self._freed_huge.get((node, order))
            head = freed.pop() if freed else self.block(node, 1 << order)
            if head is not None:
                frames = slice(head, head + (1 << order))
                self.refcount[frames] = 0
                self.refcount[head] = 1
                self.heads[frames] = head
                self.order[head] = order
                return head
        return None

    def free_huge(self, head: int) -> None:
        """Give a compound page back; raises MachineError while it is mapped."""
        mapped, order = self.total_mapcount(head), int(self.order[head])
        if mapped:
            msg = f"the huge page at frame {head:#x} is freed while {mapped} entries map it"
            raise MachineError(msg)
        self._dissolve(head)
        self.refcount[head] = 0
        self.exclusive[head : head + (1 << order)] = False
        self.last_nid[head], self.last_pid[head] = NO_NODE, NO_PID
        self._freed_huge.setdefault((self.nid(head), order), []).append(head)

    def get(self, pfn: int) -> None:
        """Take a reference to the page a frame is part of (get_page)."""
        self.refcount[self.heads[pfn]] += 1

    def put(self, pfn: int) -> bool:
        """Drop a reference to the page a frame is part of; free it with the last, and say so."""
        head = self.head(pfn)
        self.refcount[head] -= 1
        if self.refcount[head]:
            return False
        if self.order[head]:
            self.free_huge(head)
        else:
            self.free(head)
        return True

    def split(self, head: int) -> None:
        """Make a compound page many: each has a reference for each of its mappings.

        Other references to the page are then to its first frame.
        """
        frames = slice(head, head + self.size(head))
        others = int(self.refcount[head]) - self.total_mapcount(head)
        self._dissolve(head)
        self.mapcount[frames] += self.entire_mapcount[head]
        self.entire_mapcount[head] = 0
        self.refcount[frames] = self.mapcount[frames]
        self.refcount[head] += others
        self.exclusive[frames] = self.exclusive[head]
        self.last_nid[frames] = self.last_nid[head]
        self.last_pid[frames] = self.last_pid[head]

    def _dissolve(self, head: int) -> None:
        frames = slice(head, head + self.size(head))
        self.heads[frames] = np.arange(frames.start, frames.stop, dtype=np.int32)
        self.order[head] = 0
