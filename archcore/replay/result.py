"""What a replay comes to: counters, ledger, costs and TLB figures, by the kernel's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.mm.stats import autonuma_cost

if TYPE_CHECKING:
    from archcore.mm.costs import Payer
    from archcore.mm.ledger import Entry


@frozen(kw_only=True)
class ReplayResult:
    """The outcome of one replay.

    ``references`` counts those of the trace; one that crosses pages or both loads and stores is
    carried out as several. ``paid`` says who paid how many units of which work, ``discarded`` how
    much of it was thrown away. ``walks`` are what the architecture calls the walks of its tables,
    which ``tlb`` counts. ``moved`` says that the stretches of addresses were moved together,
    as the target has fewer bits.
    """

    target: str
    engine: str
    references: int
    counters: dict[str, int]
    ledger: tuple[Entry, ...]
    tlb: dict[str, int]
    paid: dict[str, dict[str, int]]
    outcomes: dict[str, int]
    discarded: dict[str, int] = field(factory=dict)
    walks: str = "table walks"
    moved: bool = False

    @property
    def autonuma_cost(self) -> float:
        """MMTests' cost of the replay."""
        counters = self.counters
        return autonuma_cost(
            counters["numa_pte_updates"],
            counters["numa_hint_faults"],
            counters["numa_pages_migrated"],
        )

    @property
    def spurious_faults(self) -> int:
        """The faults on entries that allowed the access already."""
        return self.outcomes.get("spurious", 0)

    @property
    def raced_faults(self) -> int:
        """The faults on entries that others had changed meanwhile."""
        return self.outcomes.get("retry", 0) + self.outcomes.get("waited", 0)

    def paid_by(self, payer: Payer) -> int:
        """Return how many units of work somebody paid for, whatever the work was."""
        return sum(payers.get(payer.value, 0) for payers in self.paid.values())

    def flushes(self, prefix: str, *, reason: str | None = None, but: str | None = None) -> int:
        """Return how many calls begin with ``prefix``, only for or for all but one reason."""
        return sum(
            entry.count
            for entry in self.ledger
            if entry.call.startswith(prefix)
            and reason in (None, entry.reason)
            and entry.reason != but
        )
