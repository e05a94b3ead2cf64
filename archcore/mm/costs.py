"""Who pays: every unit of work is charged to the one who was running when it was done."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Payer(Enum):
    """The one who is running."""

    FAULT = "the faulting task"
    SCAN = "the scanning task"
    MIGRATOR = "a background migrator"
    CALLER = "the task in a system call"


class Waste(Enum):
    """What may have been done in vain, by the name it has in documents."""

    HUGE_PAGES = "huge_pages"
    PAGES = "pages"
    BYTES_COPIED = "bytes_copied"
    BYTES_CLEARED = "bytes_cleared"


# Of the running thread or greenlet, so that actors who take turns each book on their own account.
_PAYER: ContextVar[Payer] = ContextVar("payer", default=Payer.FAULT)


class Costs:
    """Units of work by payer; ``charge`` books on whoever ``paying`` named last.

    ``discarded`` has what was allocated, copied or cleared and then thrown away; it is part of
    ``units`` too, since somebody paid for it.
    """

    def __init__(self) -> None:
        """Start with nothing owed."""
        self.units: Counter[tuple[Payer, str]] = Counter()
        self.discards: Counter[tuple[Payer, Waste]] = Counter()

    @property
    def payer(self) -> Payer:
        """Whoever pays now."""
        return _PAYER.get()

    def charge(self, what: str, units: int = 1) -> None:
        """Book units of work."""
        self.units[_PAYER.get(), what] += units

    def discard(self, what: Waste, units: int = 1) -> None:
        """Book work that turned out to be in vain."""
        self.discards[_PAYER.get(), what] += units

    @contextmanager
    def paying(self, payer: Payer) -> Iterator[None]:
        """Book on another payer for the time of a ``with`` block."""
        token = _PAYER.set(payer)
        try:
            yield
        finally:
            _PAYER.reset(token)

    def paid(self, what: str) -> dict[str, int]:
        """Return who paid how much for one kind of work."""
        return {payer.value: units for (payer, kind), units in self.units.items() if kind == what}

    def total(self, what: str) -> int:
        """Return how much was paid for one kind of work, by whomever."""
        return sum(units for (_, kind), units in self.units.items() if kind == what)

    def discarded(self, payer: Payer | None = None) -> dict[str, int]:
        """Return what was thrown away, by all or by one payer, under the names of documents."""
        found = dict.fromkeys((waste.value for waste in Waste), 0)
        for (who, waste), units in self.discards.items():
            if payer in (None, who):
                found[waste.value] += units
        return found
