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
    RECLAIM = "the page reclaimer"
    CALLER = "the task in a system call"


class Waste(Enum):
    """What may have been done in vain, by the name it has in documents."""

    HUGE_PAGES = "huge_pages"
    PAGES = "pages"
    BYTES_COPIED = "bytes_copied"
    BYTES_CLEARED = "bytes_cleared"


PAYERS = tuple(Payer)
FIRST = PAYERS.index(Payer.FAULT)
# The place in PAYERS, which is found faster than a member is hashed. Of the running thread or
# greenlet, so that actors who take turns each book on their own account.
_PAYS: ContextVar[int] = ContextVar("payer", default=FIRST)


class Costs:
    """Units of work by payer; ``charge`` books on whoever ``paying`` named last.

    What was allocated, copied or cleared and then thrown away is part of ``units``, since somebody
    paid for it, and is told again by ``discarded``.
    """

    def __init__(self) -> None:
        """Start with nothing owed."""
        self._units: tuple[Counter[str], ...] = tuple(Counter() for _ in PAYERS)
        self._waste: tuple[Counter[Waste], ...] = tuple(Counter() for _ in PAYERS)

    @property
    def payer(self) -> Payer:
        """Whoever pays now."""
        return PAYERS[_PAYS.get()]

    @property
    def units(self) -> dict[tuple[Payer, str], int]:
        """All units of work, by payer and kind."""
        books = zip(PAYERS, self._units, strict=True)
        return {(payer, kind): units for payer, book in books for kind, units in book.items()}

    def charge(self, what: str, units: int = 1) -> None:
        """Book units of work."""
        self._units[_PAYS.get()][what] += units

    def discard(self, what: Waste, units: int = 1) -> None:
        """Book work that turned out to be in vain."""
        self._waste[_PAYS.get()][what] += units

    @contextmanager
    def paying(self, payer: Payer) -> Iterator[None]:
        """Book on another payer for the time of a ``with`` block."""
        token = _PAYS.set(PAYERS.index(payer))
        try:
            yield
        finally:
            _PAYS.reset(token)

    def paid(self, what: str) -> dict[str, int]:
        """Return who paid how much for one kind of work."""
        books = zip(PAYERS, self._units, strict=True)
        return {payer.value: book[what] for payer, book in books if what in book}

    def total(self, what: str) -> int:
        """Return how much was paid for one kind of work, by whomever."""
        return sum(self.paid(what).values())

    def discarded(self, payer: Payer | None = None) -> dict[str, int]:
        """Return what was thrown away, by all or by one payer, under the names of documents."""
        books = [
            book for who, book in zip(PAYERS, self._waste, strict=True) if payer in {None, who}
        ]
        return {waste.value: sum(book[waste] for book in books) for waste in Waste}
