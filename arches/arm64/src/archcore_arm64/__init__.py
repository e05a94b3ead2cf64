"""arm64 for archcore: VMSAv8-64 page-table formats of Linux, era by era."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl

if TYPE_CHECKING:
    from archcore.target import Target


@hookimpl
def archcore_targets() -> tuple[Target, ...]:
    """Return the arm64 targets."""
    from archcore_arm64.targets import TARGETS

    return TARGETS
