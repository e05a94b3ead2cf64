"""A witness: an emulated MMU that walks the same tables as the hardware model and must agree.

A witness is a distribution of its own, found through the entry-point group ``archcore.oracles``.
What it cannot tell it says by name; that is counted, never taken for agreement.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

from archcore.errors import PluginError, UnknownNameError

if TYPE_CHECKING:
    from archcore.conformance.specimen import Specimen
    from archcore.hw.mmu import Access, Mmu
    from archcore.target import Target

GROUP = "archcore.oracles"


@frozen
class Verdict:
    """How a witness saw one reference end: at a physical address, or in a fault.

    ``physical`` is None for a fault, and for a fetch, whose address no witness shows. ``leaf`` is
    the leaf entry as the witness left it. ``skipped`` names what it could not tell.
    """

    allowed: bool
    physical: int | None = None
    leaf: int | None = None
    skipped: str | None = None


class Witness(Protocol):
    """An emulated MMU."""

    name: str

    def refuses(self, target: Target) -> str | None:
        """Return why the witness cannot speak of a target, None if it can."""

    def mmu(self, target: Target) -> Mmu:
        """Return the target's hardware as the emulated CPU has it, such as without A/D updates."""

    def top(self, target: Target) -> int:
        """Return how many entries of the root a specimen may use; the others are the witness's."""

    def probe(self, target: Target, specimen: Specimen, address: int, access: Access) -> Verdict:
        """Carry one user-mode reference out on a copy of the specimen's tables."""


def witness(name: str) -> Witness:
    """Load a witness by name; raises UnknownNameError, or PluginError if it is broken."""
    points = {point.name: point for point in entry_points(group=GROUP)}
    if name not in points:
        remedy = "install it, such as plugins/oracle-unicorn"
        raise UnknownNameError("oracle", name, tuple(points), remedy)
    try:
        found: Witness = points[name].load()()
    except Exception as error:
        raise PluginError(
            f"oracle {name!r} cannot be used: {type(error).__name__}: {error}; reinstall it"
        ) from error
    return found
