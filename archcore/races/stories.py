"""The stories of the 2012 review and of the bugs that followed it, by their ids."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from archcore.errors import UnknownNameError
from archcore.races.early_stories import EARLY
from archcore.races.late_stories import LATE

if TYPE_CHECKING:
    from archcore.races.scenario import Scenario

STORIES = (*EARLY, *LATE)
SCENARIOS = MappingProxyType({story.id: story for story in STORIES})


def scenario(name: str) -> Scenario:
    """Return a scenario by its id; raises UnknownNameError."""
    if name not in SCENARIOS:
        raise UnknownNameError("scenario", name, tuple(SCENARIOS))
    return SCENARIOS[name]
