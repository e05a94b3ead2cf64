"""powerpc book3s64 for archcore: page-table formats of Linux, era by era."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl

if TYPE_CHECKING:
    from archcore.target import Target


@hookimpl
def archcore_targets() -> tuple[Target, ...]:
    """Return the powerpc targets."""
    from archcore_powerpc.targets import TARGETS

    return TARGETS
