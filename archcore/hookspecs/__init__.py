"""The boundary: every call the engine may make, with the kernel's names and argument order.

An implementation leaves out the arguments it does not need; that ``pte_numa`` leaves out ``vma``
is a fact the report reads off. Entry helpers are written with ``archcore.words`` and run on any
number system. What is declared for ``pte`` holds for ``pmd`` and ``pud`` under their names.
"""

from __future__ import annotations

import inspect
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeAlias

from archcore.hookspecs import (
    hint,
    maintenance,
    making,
    placement,
    reading,
    registration,
    stores,
    swap,
    tables,
)
from archcore.hookspecs.levels import LEVELS, twin
from archcore.hookspecs.maintenance import MAINTENANCE
from archcore.hookspecs.marks import PROJECT, Mm, Reason, Slot, Task, Vma, hookimpl, hookspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "ENTRY_HELPERS",
    "HOOKS",
    "LEVELS",
    "LEVEL_OF",
    "MAINTENANCE",
    "PROJECT",
    "Mm",
    "Reason",
    "Slot",
    "Task",
    "Vma",
    "arguments",
    "hookimpl",
    "hookspec",
]

Hook: TypeAlias = "Callable[..., Any]"
ROOMS = (registration, reading, making, hint, swap, tables, stores, maintenance, placement)


def _declarations() -> Iterator[FunctionType]:
    for room in ROOMS:
        for value in vars(room).values():
            if isinstance(value, FunctionType) and value.__module__ == room.__name__:
                yield value


_HELPERS = tuple(one for one in _declarations() if hasattr(one, "each_level"))
_TWINS: dict[str, tuple[Hook, ...]] = {
    level: tuple(twin(one, level) for one in _HELPERS) for level in LEVELS
}
_SINGLE: tuple[Hook, ...] = tuple(one for one in _declarations() if hasattr(one, f"{PROJECT}_spec"))
_HOOKS = {hook.__name__: hook for hooks in (_SINGLE, *_TWINS.values()) for hook in hooks}
globals().update(_HOOKS)  # pluggy looks for hooks among the attributes of this module

ENTRY_HELPERS = tuple(helper.__name__ for helper in _HELPERS)
"""The entry helpers, by their name at the lowest level."""

LEVEL_OF = {hook.__name__: level for level, hooks in _TWINS.items() for hook in hooks}
"""The level of the hook of an entry helper: ``pmd_young`` belongs to ``pmd``."""

HOOKS = _HOOKS.keys()
"""The names of all hooks."""


@cache
def arguments(name: str) -> tuple[str, ...]:
    """Return the argument names of a hook, in order; raises KeyError for an unknown hook."""
    return tuple(inspect.signature(_HOOKS[name]).parameters)
