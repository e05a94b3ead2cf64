"""Who pays, and for what in vain."""

from __future__ import annotations

from threading import Thread

from attrs import evolve
from huge_machine import NR, stage

from archcore.mm.costs import Costs, Payer, Waste
from archcore.mm.profile import PROFILES


def test_each_actor_pays_on_its_own_account():
    """One who scans while another faults does not make the other a scanner."""
    costs = Costs()

    def fault():
        costs.charge("faults")

    with costs.paying(Payer.SCAN):
        other = Thread(target=fault)
        other.start()
        other.join()
        costs.charge("pte_updates")

    assert costs.paid("faults") == {Payer.FAULT.value: 1}
    assert costs.paid("pte_updates") == {Payer.SCAN.value: 1}
    assert costs.payer is Payer.FAULT


def test_what_is_thrown_away_is_told_by_payer():
    """The sum is over all of them."""
    costs = Costs()
    costs.discard(Waste.HUGE_PAGES)
    with costs.paying(Payer.MIGRATOR):
        costs.discard(Waste.BYTES_COPIED, 100)

    assert costs.discarded() == {
        "huge_pages": 1,
        "pages": 0,
        "bytes_copied": 100,
        "bytes_cleared": 0,
    }
    assert costs.discarded(Payer.FAULT)["bytes_copied"] == 0
    assert costs.discarded(Payer.MIGRATOR)["bytes_copied"] == 100


def test_the_process_pays_for_fault_driven_migration_and_a_migrator_if_there_is_one():
    """M1: the same work, another payer; nothing else is charged to the background."""
    paid = {}
    for payer in (Payer.FAULT, Payer.MIGRATOR):
        found = stage(evolve(PROFILES["v6.1"], migration_payer=payer))
        found.arm()
        found.read(found.t2)
        paid[payer] = found.engine.costs.paid("pages_copied")
        assert found.engine.costs.paid("faults") == {Payer.FAULT.value: 2}

    assert paid == {payer: {payer.value: NR} for payer in paid}
