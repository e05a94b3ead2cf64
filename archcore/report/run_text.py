"""One replay in words: counters as /proc/vmstat prints them, then the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.report.text import PLAIN, paint, table

if TYPE_CHECKING:
    from archcore.replay.result import ReplayResult
    from archcore.report.text import Look


def render(result: ReplayResult, look: Look = PLAIN) -> str:
    """Return a replay as text."""
    title = f"{result.target} under engine {result.engine}: {result.references} references"
    counters = "\n".join(f"{name} {value}" for name, value in result.counters.items())
    ledger = [(entry.call, str(entry.count), entry.reason) for entry in result.ledger]
    faults = [(kind, str(count)) for kind, count in result.outcomes.items()]
    paid = [
        (kind, payer, str(units))
        for kind, payers in result.paid.items()
        for payer, units in payers.items()
    ]
    wasted = [(what, str(units)) for what, units in result.discarded.items()]
    called = {"walks": result.walks}
    tlb = ", ".join(f"{count} {called.get(name, name)}" for name, count in result.tlb.items())
    figures = "\n".join(
        (
            f"Faults: {result.spurious_faults} spurious, {result.raced_faults} raced",
            f"TLB: {tlb}",
            f"AutoNUMA cost (MMTests): {result.autonuma_cost:.3f}",
        )
    )
    return "\n\n".join(
        (
            f"{paint(title, 'bold', look)}\n{counters}",
            table(("page faults", "count"), faults, look),
            table(("maintenance call", "count", "reason"), ledger, look),
            table(("work", "paid by", "units"), paid, look),
            table(("work thrown away", "units"), wasted, look),
            figures,
        )
    )
