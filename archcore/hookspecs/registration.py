"""How a distribution brings its targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs.marks import hookspec

if TYPE_CHECKING:
    from archcore.target import Target


@hookspec
def archcore_targets() -> tuple[Target, ...]:
    """Return the targets of a distribution; must be cheap, print nothing and read no file."""
    return ()
