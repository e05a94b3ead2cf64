"""Target: one architecture, one geometry, one era; the frozen value a plugin registers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.errors import PluginError
from archcore.vmflags import VM_ACCESS_FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcore.hw.mmu import Mmu
    from archcore.layout import EntryLayout, Geometry, Level
    from archcore.swaptypes import SwapTypes
    from archcore.vmflags import VmFlags

API_VERSION = 1
ID = re.compile(r"[a-z0-9]+(-[a-z0-9.]+)+")
GOLDEN = re.compile(r"[A-Za-z_][\w.]*:[^:]+")


def _is_id(_: object, __: object, value: str) -> None:
    if not ID.fullmatch(value):
        raise PluginError(f"target id {value!r} is not of the form arch-geometry-era in lower case")


ENGINES = ("seed", "seed+recheck", "seed+reread", "seed+both", "v3.8", "v6.1", "v7.0")
"""The names of the engine profiles, which ``archcore.mm.profile`` defines."""


def _is_place(_: object, __: object, value: str) -> None:
    if value and not GOLDEN.fullmatch(value):
        raise PluginError(
            f"golden file {value!r} is not of the form package:path, as in archcore_x:a.jsonl"
        )


@frozen(kw_only=True, eq=False, repr=False)
class Target:
    """What the engine, the laws and the report need to know of one target.

    ``architecture`` and ``encoding`` are layers: anything ``archcore.entry.layer`` accepts, such as
    an object with ``hookimpl`` methods. ``swap`` is the layout of a not-present swap entry.
    ``sources`` name the documents the bits were read in. ``engine`` is the engine profile of the
    era, one of ``ENGINES``. ``swap_types`` is what the types above the real swap areas mean.
    ``golden`` is the vector file inside a package, as ``package:path``, that holds what a kernel
    answered; it is opened when the suite asks for it. ``reads`` are the rights of which a VMA has
    to give one so that the architecture's fault handler lets a load pass; any will do where none
    implies another. ``built`` makes the target of a kernel whose linker and configuration chose the
    constants that it is given by name. Raises PluginError for a malformed id or place, or another
    ``api`` than this core speaks.
    """

    id: str = field(validator=_is_id)
    arch: str
    era: str
    summary: str
    geometry: Geometry
    architecture: object
    encoding: object
    mmu: Mmu
    swap: EntryLayout
    sources: tuple[str, ...]
    engine: str = "v6.1"
    swap_types: SwapTypes | None = None
    reads: VmFlags = VM_ACCESS_FLAGS
    built: Callable[[Mapping[str, int]], Target] | None = None
    proposal: bool = False
    golden: str = field(default="", validator=_is_place)
    api: int = API_VERSION

    def __attrs_post_init__(self) -> None:
        """Refuse a target written for another version of the boundary."""
        if self.api != API_VERSION:
            raise PluginError(
                f"target {self.id!r} speaks version {self.api} of the boundary, this archcore "
                f"speaks {API_VERSION}; install matching versions"
            )

    def __repr__(self) -> str:
        """Show the id; the layouts in full would fill pages."""
        return f"Target({self.id!r})"

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that can hold leaf entries, lowest first."""
        return tuple(level for level in self.geometry.levels if level.leaf)
