"""References that can be left out: hits on the page its TLB set used last.

Such a hit changes neither the tables nor the order of the set, so a replay without it ends in the
same state; only the number of hits has to be added. A reference counts as one when, since the
stretch began, its set was used by no other page after the same kind of access to the same page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def needed(
    pages: NDArray[np.uint64],
    kinds: NDArray[np.uint8],
    cuts: NDArray[np.intp],
    sets: int,
    *,
    pairs: bool = False,
) -> NDArray[np.bool_]:
    """Say for each reference whether it must be carried out.

    ``pages`` and ``kinds`` are those of the references, ``cuts`` the places where a stretch
    begins, ``sets`` how many sets a TLB has. In one of ``pairs`` the set of the other half is used
    along with a page's own.
    """
    if not len(pages):
        return np.zeros(0, np.bool_)
    stretch = np.zeros(len(pages), np.int64)
    stretch[cuts[cuts < len(pages)]] = 1
    used = (pages & np.uint64(sets - 1)) >> np.uint64(pairs)
    owner = np.cumsum(stretch) * sets + used.astype(np.int64)
    order = np.argsort(owner, kind="stable")
    turned = (np.diff(owner[order]) != 0) | (np.diff(pages[order]) != 0)
    run = np.concatenate([[0], np.cumsum(turned)])
    kind_of_run = run * (int(kinds.max()) + 1) + kinds[order]
    _, first = np.unique(kind_of_run, return_index=True)
    keep = np.zeros(len(pages), np.bool_)
    keep[order[first]] = True
    return keep
