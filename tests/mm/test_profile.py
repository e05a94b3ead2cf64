from __future__ import annotations

from archcore.mm.profile import PROFILES
from archcore.target import ENGINES


def test_the_names_that_a_plugin_may_give_are_those_of_the_profiles():
    """They stand where plugins are checked, below the engine that has the profiles."""
    assert tuple(PROFILES) == ENGINES
