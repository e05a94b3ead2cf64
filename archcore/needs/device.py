"""A device with an MMU of its own: it keeps what it was given until a notifier takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.mm.watch import NOTIFIERS
from archcore.mm.witness import physical
from archcore.needs.ending import Ending, depart

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.mm.engine import Engine
    from archcore.mm.mm import Mm

START, END = NOTIFIERS


class Device:
    """A secondary MMU on the notifiers of a machine; ``held`` has its translations."""

    def __init__(self, engine: Engine) -> None:
        """Register with the notifiers."""
        self._engine = engine
        self.held: dict[tuple[int, int], int] = {}
        self._open: list[tuple[int, int, int]] = []
        self._hear(START, self._start)
        self._hear(END, self._end)

    def take(self, mm: Mm, address: int) -> None:
        """Translate an address; departs if an invalidation of it never ends."""
        for root, start, end in self._open:
            if root == mm.tables.root and start <= address < end:
                detail = f"a device waits for the end of an invalidation of {address:#x}"
                raise depart(Ending.ENDLESS_FAULT, detail)
        place = physical(self._engine, mm, address)
        if place is not None:
            self.held[mm.tables.root, address] = place

    def let_go(self, mm: Mm, address: int) -> None:
        """Depart if the device still uses what it was told to drop."""
        if self.held.get((mm.tables.root, address)) is not None:
            raise depart(Ending.STALE_RIGHT, f"a device still uses the page of {address:#x}")

    def _hear(self, name: str, listener: Callable[..., None]) -> None:
        hook = getattr(self._engine.hooks, name)

        def heard(*given: Any) -> Any:  # noqa: ANN401 - any hook
            listener(*given)
            return hook(*given)

        setattr(self._engine.hooks, name, heard)

    def _start(self, mm: Mm, start: int, end: int, _reason: object) -> None:
        root = mm.tables.root
        self._open.append((root, start, end))
        self.held = {
            (holder, address): place
            for (holder, address), place in self.held.items()
            if holder != root or not start <= address < end
        }

    def _end(self, mm: Mm, start: int, end: int, _reason: object) -> None:
        if (mm.tables.root, start, end) in self._open:
            self._open.remove((mm.tables.root, start, end))
