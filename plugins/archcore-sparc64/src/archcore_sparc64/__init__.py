"""sparc64 for archcore: page-table formats, hint encodings and the MMU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl

if TYPE_CHECKING:
    from archcore.target import Target


@hookimpl
def archcore_targets() -> tuple[Target, ...]:
    """Return the sparc64 targets."""
    from archcore_sparc64.targets import TARGETS

    return TARGETS
