"""Which entries arming takes: the skip list of a profile, for one entry and for a whole table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archcore.mm.knobs import Skip
from archcore.words import both, negate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from archcore.mm.engine import Engine
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma
    from archcore.words.types import Truth


def is_candidate(engine: Engine, task: Task, vma: Vma, pte: int) -> bool:
    """Say whether arming takes this entry."""
    hooks, skips = engine.hooks, engine.profile.skips
    if hooks.pte_none(pte) or not hooks.pte_present(pte):
        return False
    if Skip.HINTED in skips and hooks.pte_numa(vma, pte):
        return False
    pfn = engine.page(pte)
    if pfn is None:
        return Skip.NO_PAGE not in skips
    return _page_taken(engine, task, vma, pfn)


def _page_taken(engine: Engine, task: Task, vma: Vma, pfn: int) -> bool:
    frames, skips = engine.frames, engine.profile.skips
    head = frames.heads[pfn]
    if Skip.MAPPED_MORE_THAN_ONCE in skips and frames.mapcount[pfn] != 1:
        return False
    if Skip.SHARED_COPY in skips and vma.private and frames.refcount[head] != 1:
        return False
    if Skip.MAPPED_SHARED in skips and vma.private and frames.page_mapcount(pfn) > 1:
        return False
    if Skip.PINNED in skips and frames.pins[head]:
        return False
    if _skips_local(engine, vma) and frames.nid(pfn) == task.nid:
        return False
    return taken_by_tier(engine, int(head))


def taken_by_tier(engine: Engine, head: int) -> bool:
    """Say whether a page's tier lets it be hinted, and note the time of the scan if it is slow."""
    balancer, nid = engine.balancer, engine.frames.nid(head)
    if balancer is None:
        return True
    if not balancer.normal and nid not in balancer.slow_nodes:
        return False
    if balancer.times_access(nid):
        engine.frames.access_time[head] = balancer.now
    return True


def candidates(
    engine: Engine, task: Task, vma: Vma, words: NDArray[np.uint64]
) -> NDArray[np.bool_]:
    """Say for each entry of a table whether arming takes it."""
    hooks, skips = engine.hooks, engine.profile.skips
    chosen = both(hooks.pte_present(words), negate(hooks.pte_none(words)))
    if Skip.HINTED in skips:
        chosen = both(chosen, negate(hooks.pte_numa(vma, words)))
    chosen = np.broadcast_to(chosen, words.shape)
    pages, pfns = _pages(engine, words, chosen)
    kept = _page_rules(engine, task, vma, pfns[pages])
    result = np.array(chosen if Skip.NO_PAGE not in skips else pages)
    if engine.balancer is not None:
        heads = engine.frames.heads[pfns[pages]]
        kept = np.array([
            bool(one) and taken_by_tier(engine, int(head))
            for one, head in zip(kept, heads, strict=True)
        ], np.bool_)  # fmt: skip
    result[pages] = kept
    return result


def _pages(
    engine: Engine, words: NDArray[np.uint64], among: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Say which of some entries have an ordinary page behind them, and give their frames."""
    total = engine.frames.total
    pages = both(among, negate(engine.hooks.pte_special(words)))
    pfns = np.where(pages, engine.hooks.pte_pfn(words), total).astype(np.int64)
    return pages & (pfns < total) & (pfns != _pfn_or_none(engine.zero_page)), pfns


def one_node(engine: Engine, words: NDArray[np.uint64]) -> bool:
    """Say whether the pages that entries of a table map lie on one node (all_same_node)."""
    hooks = engine.hooks
    present = both(hooks.pte_present(words), negate(hooks.pte_none(words)))
    pages, pfns = _pages(engine, words, np.broadcast_to(present, words.shape))
    return len(np.unique(pfns[pages] // engine.frames.per_node)) <= 1


def _page_rules(engine: Engine, task: Task, vma: Vma, pfns: NDArray[np.int64]) -> NDArray[np.bool_]:
    frames, skips = engine.frames, engine.profile.skips
    kept = np.ones(pfns.shape, np.bool_)
    if Skip.MAPPED_MORE_THAN_ONCE in skips:
        kept &= frames.mapcount[pfns] == 1
    heads = frames.heads[pfns]
    if Skip.SHARED_COPY in skips and vma.private:
        kept &= frames.refcount[heads] == 1
    if Skip.MAPPED_SHARED in skips and vma.private:
        kept &= frames.mapcount[pfns] + frames.entire_mapcount[heads] <= 1
    if Skip.PINNED in skips:
        kept &= frames.pins[heads] == 0
    if _skips_local(engine, vma):
        kept &= pfns // frames.per_node != task.nid
    return kept


def _skips_local(engine: Engine, vma: Vma) -> bool:
    alone = vma.private and vma.vm_mm.users == 1
    return Skip.ALREADY_LOCAL in engine.profile.skips and alone


def _pfn_or_none(pfn: int | None) -> int:
    return -1 if pfn is None else pfn


def runs(chosen: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the start and length of each run of chosen entries."""
    edges = np.flatnonzero(np.diff(chosen, prepend=False, append=False))
    for first, last in edges.reshape(-1, 2).tolist():
        yield first, last - first


def span(owed: Truth, count: int) -> tuple[int, int] | None:
    """Return the first place that owes a flush and the one after the last, None if none does."""
    places = np.flatnonzero(np.broadcast_to(np.asarray(owed, np.bool_), (count,)))
    return (int(places[0]), int(places[-1]) + 1) if places.size else None
