"""Engine profiles with a historic bug, and those to compare them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from archcore.mm.bugs import bug
from archcore.mm.profile import profile

if TYPE_CHECKING:
    from archcore.mm.profile import EngineProfile


def sound(number: str) -> EngineProfile:
    """Return the profile without the bug; raises UnknownNameError."""
    found = bug(number)
    return evolve(profile(found.base), **found.healthy)


def mutant(number: str) -> EngineProfile:
    """Return the profile with the bug, named after it; raises UnknownNameError."""
    found = bug(number)
    knobs = {**found.healthy, **found.changes}
    return evolve(profile(found.base), name=f"{found.base}+{number}", **knobs)
