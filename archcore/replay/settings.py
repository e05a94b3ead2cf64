"""How to replay a trace: everything that is chosen, nothing that is derived."""

from __future__ import annotations

from functools import partial

from attrs import field, frozen

from archcore.mm.policies import DEFAULT_POLICY
from archcore.trace.schedule import DEFAULT_SCHEDULE, Schedule

SCAN_SIZE = 1 << 20


@frozen(kw_only=True)
class Settings:
    """The engine profile, the nodes, who runs where, and the scanner.

    ``scan_period`` is in steps, None scans twenty times in a trace; ``scan_size`` is in bytes.
    ``frames_per_node`` None takes as many as the trace can need. ``arrays`` arms whole tables at
    once. ``fold`` leaves out references that can only hit the TLB and change nothing in it.
    ``thp`` maps huge pages where areas have room for whole ones; nothing is folded then.
    ``policy`` is the name of what places pages, one of ``POLICIES``. ``ledger`` observes
    maintenance calls with their reasons; without it no hook is called through pluggy.
    """

    engine: str = "v6.1"
    nodes: int = 2
    schedule: Schedule = field(factory=partial(Schedule.parse, DEFAULT_SCHEDULE))
    scan_period: int | None = None
    scan_size: int = SCAN_SIZE
    frames_per_node: int | None = None
    arrays: bool = True
    fold: bool = True
    ledger: bool = True
    thp: bool = False
    policy: str = DEFAULT_POLICY
