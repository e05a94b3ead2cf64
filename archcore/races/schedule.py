"""The name of an interleaving: who takes how many steps, one letter for each actor."""

from __future__ import annotations

import re
from itertools import groupby
from string import ascii_uppercase
from typing import TYPE_CHECKING

from archcore.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

RUN = re.compile(r"([A-Z])(\d+)")


def schedule_id(schedule: Sequence[int]) -> str:
    """Return a schedule as runs, such as A12B3A1: the first actor takes twelve steps, and so on."""
    runs = ((who, len(list(steps))) for who, steps in groupby(schedule))
    return "".join(f"{ascii_uppercase[who]}{count}" for who, count in runs)


def schedule_of(name: str, actors: int) -> tuple[int, ...]:
    """Return the schedule that a name stands for; raises UsageError for anything else."""
    runs = RUN.findall(name)
    if "".join(f"{who}{count}" for who, count in runs) != name or not runs:
        raise UsageError(f"{name!r} names no interleaving; one looks like A12B3A1")
    schedule: list[int] = []
    for who, count in runs:
        number = ascii_uppercase.index(who)
        if number >= actors:
            raise UsageError(f"{name!r} has an actor {who}, and the scenario {actors} of them")
        schedule += [number] * int(count)
    return tuple(schedule)
