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

    Columns (one element a frame): ``mapcount``, ``refcount``, ``last_nid`` and ``last_pid`` (the
    CPU's node and the task of the last hint fault), ``zero`` (a page of zeros nobody owns).
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
        self.last_nid[pfn], self.last_pid[pfn] = NO_NODE, NO_PID
        self._freed[self.nid(pfn)].append(pfn)
