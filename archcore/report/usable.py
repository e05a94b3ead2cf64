"""What keeps a target from being used, found by using it for a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archcore.errors import ArchcoreError, InputError, one_line
from archcore.replay.scalar import replay
from archcore.replay.settings import Settings
from archcore.report.properties import properties
from archcore.trace.record import Op, Trace
from archcore.trace.schedule import Schedule

if TYPE_CHECKING:
    from archcore.target import Target

OPS = (Op.READ, Op.WRITE, Op.EXECUTE) * 2
ADDRESS = 4 * 1024**2
SETTINGS = Settings(schedule=Schedule.parse("0:50%,1:50%"), scan_period=2, ledger=False)


def flaw(target: Target) -> str | None:
    """Return why a target cannot be used, such as a bit that has no place yet; None if it can.

    Its encoding is tried on live entries, and one page is used on two nodes with a hint between
    them. To be too small for that is no flaw.
    """
    try:
        properties(target)
        replay(target, _trace(), SETTINGS)
    except InputError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin does
        return reason_of(error)
    return None


def reason_of(error: Exception) -> str:
    """Return what an error says, in one line; one of Python's own with its name."""
    said = one_line(error)
    return said if isinstance(error, ArchcoreError) else f"{type(error).__name__}: {said}"


def _trace() -> Trace:
    return Trace(
        vaddr=np.full(len(OPS), ADDRESS, np.uint64),
        size=np.ones(len(OPS), np.uint32),
        op=np.array(OPS, np.uint8),
        tid=np.zeros(len(OPS), np.uint32),
        origin="one page on two nodes",
    )
