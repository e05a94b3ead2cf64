"""Scenes with one actor, and lists of the hooks that the engine calls in them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from archcore.hw.seam import Seam
from archcore.races.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.report.review.point import Side


def scene(side: Side, *, huge: bool = True, cached_data: bool = False) -> Scene:
    """Return a scene in which nobody else runs, with data caches where they matter."""
    return Scene(side.target, side.engine, Seam(), huge=huge, cached_data=cached_data)


@contextmanager
def calls(of: Scene, *names: str) -> Iterator[list[str]]:
    """List the calls of hooks by the engine during a block; what a hook calls itself is left out.

    A call with a reason is listed as ``hook: reason``.
    """
    hooks, heard, inside = of.engine.hooks, list[str](), [False]
    kept = {name: getattr(hooks, name) for name in names if hooks.has(name)}

    def listening(name: str, hook: Any) -> Any:  # noqa: ANN401 - any hook
        def listened(*given: Any) -> Any:  # noqa: ANN401
            if inside[0]:
                return hook(*given)
            reason = getattr(given[-1], "value", None) if given else None
            heard.append(name if reason is None else f"{name}: {reason}")
            inside[0] = True
            try:
                return hook(*given)
            finally:
                inside[0] = False

        return listened

    for name, hook in kept.items():
        setattr(hooks, name, listening(name, hook))
    try:
        yield heard
    finally:
        for name, hook in kept.items():
            setattr(hooks, name, hook)
