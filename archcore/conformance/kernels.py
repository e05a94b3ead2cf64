"""Kernels in the order of their release, as eras name them."""

from __future__ import annotations

import re
import sys

RELEASE = re.compile(r"v(\d+)\.(\d+)")
POSTED = re.compile(r"\d{4}-\d\d")
FIRST = (0, 0)
NEWEST = (sys.maxsize, 0)


def release(era: str) -> tuple[int, int]:
    """Return the release that an era follows.

    Patches that were posted and never merged, whose eras are dates, come before all; an era that
    names no kernel, such as that of a proposal, comes after all.
    """
    found = RELEASE.fullmatch(era)
    if found:
        return int(found[1]), int(found[2])
    return FIRST if POSTED.fullmatch(era) else NEWEST


def within(era: str, first: str | None, last: str | None) -> bool:
    """Say whether an era lies between two kernels, both included; None is no limit."""
    after = first is None or release(era) >= release(first)
    return after and (last is None or release(era) <= release(last))
