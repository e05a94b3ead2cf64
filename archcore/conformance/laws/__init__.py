"""The laws, one room for each subject; ``LAWS`` are all of them, in the order of the rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.law import Law
from archcore.conformance.laws import (
    batch,
    disarm,
    faults,
    flush,
    hardware,
    hint,
    huge,
    hugetlb,
    kinship,
    maintenance,
    marks,
    pointed,
    protection,
    reading,
    recorded,
    speculation,
    stores,
    swap,
    totality,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

__all__ = ["LAWS"]

ROOMS = (
    *(reading, marks, protection, hint, disarm, hardware, huge, hugetlb, swap, speculation, flush),
    *(pointed, stores, faults, maintenance, kinship, totality, batch, recorded),
)


def _laws_of(room: ModuleType) -> Iterator[Law]:
    for value in vars(room).values():
        several = value if isinstance(value, tuple) else (value,)
        yield from (one for one in several if isinstance(one, Law))


LAWS: tuple[Law, ...] = tuple(one for room in ROOMS for one in _laws_of(room))
