"""The seam that lets its only actor go on."""

from __future__ import annotations

import pytest

from archcore.errors import MachineError
from archcore.hw.seam import Place, Seam, Step


def test_one_who_is_alone_passes_every_point():
    """Nobody else could run."""
    seam = Seam()

    seam.point(Step.LOAD, Place("slot", 0x1000))
    seam.spin(Place("mm", 0))
    assert seam.actor() == "alone"


def test_waiting_alone_is_a_deadlock():
    """The lock is named."""
    with pytest.raises(MachineError, match="alone waits for the pmd_lock 0x1000"):
        Seam().blocked(Place("pmd_lock", 0x1000))
