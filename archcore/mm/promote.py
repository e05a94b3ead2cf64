"""Promotion: whether a page of slow memory is hot enough to move up (kernel/sched/fair.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.balancer import Promotions

if TYPE_CHECKING:
    from archcore.mm.balancer import Balancer
    from archcore.mm.engine import Engine

ENOUGH_PAGES_SHIFT = 30
ENOUGH_PART = 16
TIME_BITS = 21
"""Bits of the access time that a page has room for (LAST_CPUPID_SHIFT, less the bucket bits)."""


def should_promote(engine: Engine, balancer: Balancer, pfn: int, src: int, dst: int) -> bool:
    """Say whether a page of a slow node may move up now, and count it as a candidate if hot."""
    books = balancer.promotions.setdefault(src, Promotions())
    pages = engine.frames.size(pfn)
    if _free_space_enough(engine, dst):
        books.threshold = 0
        return True
    reference = balancer.tuning.hot_threshold
    limit = balancer.tuning.promote_rate_limit << 20 - engine.geometry.page_shift
    _adjust_threshold(balancer, books, limit, reference)
    mask = (1 << TIME_BITS) - 1
    latency = (balancer.now - engine.frames.access_time.get(engine.frames.head(pfn), 0)) & mask
    if latency >= (books.threshold or reference):
        return False
    return not _rate_limited(engine, balancer, books, limit, pages)


def _free_space_enough(engine: Engine, nid: int) -> bool:
    """Say whether a node has a gibibyte, or a sixteenth of itself, to spare."""
    frames = engine.frames
    gibibyte = 1 << ENOUGH_PAGES_SHIFT - engine.geometry.page_shift
    return frames.free_count(nid) > max(gibibyte, frames.per_node // ENOUGH_PART)


def _rate_limited(
    engine: Engine, balancer: Balancer, books: Promotions, limit: int, pages: int
) -> bool:
    """Count a candidate, and say whether this second has had as many as may move."""
    books.candidates += pages
    engine.vmstat.pgpromote_candidate += pages
    if balancer.now - books.rate_since > 1000:  # noqa: PLR2004 - a second
        books.rate_since, books.rate_candidates = balancer.now, books.candidates
    return books.candidates - books.rate_candidates >= limit


def _adjust_threshold(balancer: Balancer, books: Promotions, limit: int, reference: int) -> None:
    """Once in the longest period, make fewer or more pages hot, to meet the limit."""
    longest = balancer.tuning.scan_period_max
    if balancer.now - books.threshold_since <= longest:
        return
    wanted = limit * longest // 1000
    found = books.candidates - books.threshold_candidates
    unit = reference * 2 // balancer.tuning.adjust_steps
    threshold = books.threshold or reference
    if found > wanted * 11 // 10:
        threshold = max(threshold - unit, unit)
    elif found < wanted * 9 // 10:
        threshold = min(threshold + unit, reference * 2)
    books.threshold = threshold
    books.threshold_since, books.threshold_candidates = balancer.now, books.candidates
