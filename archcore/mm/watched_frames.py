"""Frames under a seam: whose columns and free frames a step uses is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from archcore.hw.seam import Place, Use
from archcore.mm.frames import Frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.hw.seam import Seam

COLUMNS = (
    *("mapcount", "refcount", "last_nid", "last_pid", "exclusive", "pins", "heads", "order"),
    "entire_mapcount",
)

NOWHERE = -1  # the place of what belongs to no block of frames


class Column(np.ndarray[Any, Any]):
    """One column of struct page; ``tell`` hears which frames are read or written."""

    tell: Callable[[Any, int], None] | None = None

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - numpy's own signature
        """Read an element or a part; a part is an ordinary array from then on."""
        if self.tell is not None:
            self.tell(key, Use.READ)
        found = super().__getitem__(key)
        return found.view(np.ndarray) if isinstance(found, Column) else found

    def __setitem__(self, key: Any, value: Any) -> None:  # noqa: ANN401 - as above
        """Write an element or a part."""
        if self.tell is not None:
            self.tell(key, Use.WRITE)
        super().__setitem__(key, value)


class WatchedFrames(Frames):
    """Frames that tell their seam of pages, by blocks of ``2**order`` frames, and of free ones."""

    def __init__(self, nodes: int, per_node: int, seam: Seam, order: int) -> None:
        """Make all frames free."""
        self._seam, self._order = seam, order
        super().__init__(nodes, per_node)
        for name in COLUMNS:
            column = getattr(self, name).view(Column)
            column.tell = self._tell
            setattr(self, name, column)

    @property
    def isolated(self) -> set[int]:
        """The pages that somebody has reserved; whoever has the set may change it."""
        self._seam.uses(Place("page", NOWHERE), Use.WRITE)
        return self._isolated

    @isolated.setter
    def isolated(self, pages: set[int]) -> None:
        self._isolated = pages

    def _tell(self, key: Any, use: int) -> None:  # noqa: ANN401 - whatever numpy takes
        order = self._order
        if isinstance(key, slice):
            first, last = key.start or 0, key.stop or self.total
            for block in range(first >> order, (last - 1 >> order) + 1):
                self._seam.uses(Place("page", block), use)
        elif isinstance(key, (int, np.integer)):
            self._seam.uses(Place("page", int(key) >> order), use)
        else:
            for block in set((np.arange(self.total)[key] >> order).tolist()):
                self._seam.uses(Place("page", block), use)

    def _take(self, node: int) -> int | None:
        self._seam.uses(Place("node", node), Use.WRITE)
        return super()._take(node)

    def block(self, nid: int, count: int) -> int | None:
        """Return neighbouring free frames."""
        self._seam.uses(Place("node", nid), Use.WRITE)
        return super().block(nid, count)

    def free(self, pfn: int) -> None:
        """Give a frame back."""
        self._seam.uses(Place("node", self.nid(pfn)), Use.WRITE)
        super().free(pfn)

    def free_huge(self, head: int) -> None:
        """Give a compound page back."""
        self._seam.uses(Place("node", self.nid(head)), Use.WRITE)
        super().free_huge(head)

    def allocate_huge(self, nid: int, order: int, *, strict: bool = False) -> int | None:
        """Return a free compound page."""
        for node in (nid,) if strict else range(self.nodes):
            self._seam.uses(Place("node", node), Use.WRITE)
        return super().allocate_huge(nid, order, strict=strict)
