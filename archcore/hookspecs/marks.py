"""The markers of the boundary, and names for what its calls hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pluggy

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = "archcore"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
ask = hookspec(firstresult=True)

Vma: TypeAlias = Any
Mm: TypeAlias = Any
Slot: TypeAlias = Any
Task: TypeAlias = Any
DataCache: TypeAlias = Any
Reason: TypeAlias = Any

_Declaration = TypeVar("_Declaration", bound="Callable[..., Any]")


def each_level(declaration: _Declaration) -> _Declaration:
    """Declare an entry helper: a hook of every level, written down for the PTE."""
    declaration.each_level = True  # type: ignore[attr-defined]
    return declaration
