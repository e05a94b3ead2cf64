"""Scenes with one actor, and what the engine says to its hooks in them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from archcore.hw.seam import Seam
from archcore.races.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.machine import Machine
    from archcore.report.review.point import Side

BASE, HUGE = "base page", "huge page"


def scene(side: Side, *, huge: bool = True, written: bool = True) -> Scene:
    """Return a scene in which nobody else runs."""
    return Scene(side.target, side.engine, Seam(), huge=huge, written=written)


def kinds(side: Side) -> dict[str, Scene]:
    """Return a scene with a base page and, where the target has such, one with a huge page."""
    scenes = {BASE: scene(side, huge=False)}
    huge = scene(side)
    return scenes | ({HUGE: huge} if huge.huge else {})


def word(of: Scene) -> int:
    """Return what stands in the slot of the page."""
    return (of.pte_slot or of.pmd_slot).load()


def hook(of: Scene, name: str) -> Any:  # noqa: ANN401 - any hook
    """Return the hook of the level at which the page stands, by what follows pte or pmd."""
    return getattr(of.engine.hooks, f"{'pte' if of.pte_slot else 'pmd'}_{name}")


@contextmanager
def calls(of: Scene | Machine, *names: str) -> Iterator[list[str]]:
    """List the calls of hooks by the engine during a block; what a hook calls itself is left out.

    A call with a reason is listed as ``hook: reason``.
    """
    heard: list[str] = []

    def note(name: str, given: tuple[Any, ...]) -> None:
        reason = getattr(given[-1], "value", None) if given else None
        heard.append(name if reason is None else f"{name}: {reason}")

    with listening(of, note, *names):
        yield heard


@contextmanager
def listening(
    of: Scene | Machine, note: Callable[[str, tuple[Any, ...]], None], *names: str
) -> Iterator[None]:
    """Tell ``note`` of the calls of hooks by the engine during a block, before they are made."""
    inside = [False]

    def heard(name: str, hook: Any) -> Any:  # noqa: ANN401 - any hook
        def listened(*given: Any) -> Any:  # noqa: ANN401
            if inside[0]:
                return hook(*given)
            note(name, given)
            inside[0] = True
            try:
                return hook(*given)
            finally:
                inside[0] = False

        return listened

    known = [name for name in names if of.engine.hooks.has(name)]
    with instead(of, {name: heard(name, getattr(of.engine.hooks, name)) for name in known}):
        yield


@contextmanager
def instead(of: Scene | Machine, hooks: dict[str, Callable[..., Any]]) -> Iterator[None]:
    """Let other functions stand in the place of hooks during a block."""
    kept = {name: getattr(of.engine.hooks, name) for name in hooks}
    for name, hook in hooks.items():
        setattr(of.engine.hooks, name, hook)
    try:
        yield
    finally:
        for name, hook in kept.items():
            setattr(of.engine.hooks, name, hook)
