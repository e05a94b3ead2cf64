"""s390x for archcore: page-table formats, hint encodings and the MMU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl

if TYPE_CHECKING:
    from archcore.target import Target


@hookimpl
def archcore_targets() -> tuple[Target, ...]:
    """Return the s390x targets."""
    from archcore_s390x.targets import TARGETS

    return TARGETS
