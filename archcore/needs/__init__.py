"""Which maintenance calls a target needs, shown by leaving each of them out."""

from __future__ import annotations

from archcore.needs.call import CALLS, Call
from archcore.needs.ending import Ending, Told
from archcore.needs.judge import ALL_STORIES, Needs, needs, stories_of
from archcore.needs.room import Room
from archcore.needs.story import Story, Telling, tell
from archcore.needs.within import WITHIN_STORES

__all__ = [
    "ALL_STORIES",
    "CALLS",
    "WITHIN_STORES",
    "Call",
    "Ending",
    "Needs",
    "Room",
    "Story",
    "Telling",
    "Told",
    "needs",
    "stories_of",
    "tell",
]
