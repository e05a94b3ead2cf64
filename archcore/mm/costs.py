"""Who pays: every unit of work is charged to the one who was running when it was done."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Payer(Enum):
    """The one who is running."""

    FAULT = "the faulting task"
    SCAN = "the scanning task"


class Costs:
    """Units of work by payer; ``charge`` books on whoever ``paying`` named last."""

    def __init__(self) -> None:
        """Start with nothing owed."""
        self.units: Counter[tuple[Payer, str]] = Counter()
        self.payer = Payer.FAULT

    def charge(self, what: str, units: int = 1) -> None:
        """Book units of work."""
        self.units[self.payer, what] += units

    @contextmanager
    def paying(self, payer: Payer) -> Iterator[None]:
        """Book on another payer for the time of a ``with`` block."""
        before, self.payer = self.payer, payer
        try:
            yield
        finally:
            self.payer = before

    def paid(self, what: str) -> dict[str, int]:
        """Return who paid how much for one kind of work."""
        return {payer.value: units for (payer, kind), units in self.units.items() if kind == what}
