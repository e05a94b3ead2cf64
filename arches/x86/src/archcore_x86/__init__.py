"""x86-64 for archcore: page-table formats of Linux, era by era."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl

if TYPE_CHECKING:
    from archcore.target import Target


@hookimpl
def archcore_targets() -> tuple[Target, ...]:
    """Return the x86-64 targets."""
    from archcore_x86.targets import TARGETS

    return TARGETS
