"""Stories of pages in a machine whose caches hold data: maintenance does what is asked of it.

What each call is there for: Documentation/core-api/cachetlb.rst.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import HINTS, LEAVES
from archcore.conformance.declare import trials
from archcore.conformance.law import Method, Trial
from archcore.hookspecs import LEVELS
from archcore.needs import stories_of, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.conformance.subject import Subject


@trials(
    "maintenance-is-enough",
    LEAVES,
    HINTS,
    method=Method.MACHINE,
    levels=LEVELS[:1],
    source="Documentation/core-api/cachetlb.rst, Linux 6.1",
)
def maintenance_is_enough(on: Subject) -> Iterator[Trial]:
    """As long as all maintenance calls are made, no load is stale, no store lost, no fault endless.

    Under Linux 6.1, whatever the era; each story of archcore.needs that the target has hooks for.
    """
    for story in stories_of(on.target):
        told = tell(story, on.target).told
        text = f"{story.name} ({story.sentence}): {told.ending.value}; {told.detail}"
        yield Trial(told.clean, text)
