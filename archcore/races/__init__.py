"""Every interleaving of a scenario: who takes which step when, and what it comes to.

``explore`` searches a ``Scenario``: one of ``SCENARIOS``, or your own.
"""

from __future__ import annotations

from archcore.races.result import Outcome, RaceResult, explore
from archcore.races.retell import retell
from archcore.races.scenario import Ending, Scenario
from archcore.races.scene import Scene
from archcore.races.stories import SCENARIOS, scenario
from archcore.races.trouble import Trouble

__all__ = [
    "SCENARIOS",
    "Ending",
    "Outcome",
    "RaceResult",
    "Scenario",
    "Scene",
    "Trouble",
    "explore",
    "retell",
    "scenario",
]
