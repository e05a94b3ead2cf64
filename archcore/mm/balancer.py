"""NUMA balancing as a system setting: its constants, its mode, its clock (kernel/sched/fair.c)."""

from __future__ import annotations

from enum import IntFlag

from attrs import define, field, frozen


class Mode(IntFlag):
    """The values of kernel.numa_balancing, which can be added."""

    OFF = 0
    NORMAL = 1
    TIERING = 2


@frozen(kw_only=True)
class Tuning:
    """The constants, in milliseconds and mebibytes.

    ``scan_period_min``, ``_max`` and ``scan_delay`` are times of a task's own, ``scan_size`` is
    the address space a scan covers, ``max_scan_window`` the most per second. A period changes by a
    ``period_slots``-th at a time and by as many as the share of good faults, in tenths, is above
    or below ``period_threshold``. A node is active for a group with more than one
    ``active_node_fraction``-th of the busiest one's faults. Pages of slow memory are hot if used
    within ``hot_threshold`` of a scan; ``promote_rate_limit`` is per second, and the threshold
    moves by one ``adjust_steps``-th of twice its value.
    """

    scan_period_min: int = 1000
    scan_period_max: int = 60_000
    scan_size: int = 256
    scan_delay: int = 1000
    hot_threshold: int = 1000
    promote_rate_limit: int = 65_536
    max_scan_window: int = 2560
    period_slots: int = 10
    period_threshold: int = 7
    active_node_fraction: int = 3
    adjust_steps: int = 16
    tick: int = 4


V38_TUNING = Tuning(scan_period_min=100, scan_period_max=5000)
"""Linux 3.8; periods start afresh every 60 s there, and nothing is scaled by memory size."""


@define
class Promotions:
    """What promotion from one slow node has come to (struct pglist_data of Linux 6.1).

    Times are milliseconds; ``threshold`` 0 stands for the one of the tuning.
    """

    candidates: int = 0
    threshold: int = 0
    threshold_since: int = 0
    threshold_candidates: int = 0
    rate_since: int = 0
    rate_candidates: int = 0


@define(eq=False)
class Balancer:
    """Automatic NUMA balancing of one machine; ``now`` is its clock, in milliseconds.

    ``slow_nodes`` are the nodes below the top tier; a page is promoted when it leaves one for
    another node. ``cpuless`` nodes are nobody's preferred node.
    """

    tuning: Tuning = field(factory=Tuning)
    mode: Mode = Mode.NORMAL
    slow_nodes: frozenset[int] = field(default=frozenset(), converter=frozenset)
    cpuless: frozenset[int] = field(default=frozenset(), converter=frozenset)
    now: int = 0
    promotions: dict[int, Promotions] = field(factory=dict, repr=False)

    @property
    def tiering(self) -> bool:
        """Whether slow memory is promoted."""
        return Mode.TIERING in self.mode

    @property
    def normal(self) -> bool:
        """Whether pages move to the node that uses them."""
        return Mode.NORMAL in self.mode

    def times_access(self, nid: int) -> bool:
        """Say whether the last use of pages of a node is kept as a time and not as a CPU."""
        return self.tiering and nid in self.slow_nodes
