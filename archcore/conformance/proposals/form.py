"""What a candidate is, in plain values that travel between processes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.conformance.proposals.flip import Flip


class Family(StrEnum):
    """What a hint is: a bit of an entry made invalid, a protection, a right of a valid entry."""

    BIT = "bit"
    PERMISSION = "permission"
    RIGHT = "right"


class Telling(StrEnum):
    """What tells a hint from an entry without rights: itself, pte_protnone besides, the VMA."""

    ITSELF = "itself"
    NOT_NONE = "protnone"
    VMA = "vma"


@frozen
class Form:
    """An encoding by name.

    ``mark`` is the bit of a hint that is one bit, ``learn`` are the helpers that had to learn of
    the hint, by level. ``room`` says that swap entries gave the bit up.
    """

    name: str
    family: Family
    mark: Flip | None = None
    telling: Telling = Telling.ITSELF
    learn: Mapping[str, tuple[str, ...]] = field(factory=dict)
    room: bool = False
