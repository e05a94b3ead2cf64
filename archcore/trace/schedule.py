"""Which node runs which part of a trace: the ``--schedule`` option.

A plan shares out references, ``0:30%,1:70%``, or names where each part starts, ``0@0,1@150000``.
One plan serves the whole trace, or each thread has its own, over the references of that thread:
``T1=0:100%;T2=0@0,1@5000``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from archcore.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from archcore.trace.record import Trace

DEFAULT_SCHEDULE = "0:30%,1:70%"
WHOLE = 100

_NUMBER = "[0-9]{1,9}"  # a node, a thread or a place; far below what its column holds
_SHARE = re.compile(rf"({_NUMBER}):([0-9]{{1,3}}(?:\.[0-9]{{1,9}})?)%")
_START = re.compile(rf"({_NUMBER})@([0-9]{{1,18}})")
_THREAD = re.compile(rf"T({_NUMBER})=(.*)", re.DOTALL)


@frozen
class Share:
    """``percent`` of the references, next in order, run on ``node``."""

    node: int
    percent: Decimal

    def __str__(self) -> str:
        return f"{self.node}:{self.percent.normalize():f}%"


@frozen
class Start:
    """References from number ``index`` on (from 0) run on ``node``."""

    node: int
    index: int

    def __str__(self) -> str:
        return f"{self.node}@{self.index}"


@frozen
class Plan:
    """The parts of the references of one thread, or (None) of all: all `Share` or all `Start`."""

    parts: tuple[Share, ...] | tuple[Start, ...]
    thread: int | None = None

    def __str__(self) -> str:
        parts = ",".join(map(str, self.parts))
        return parts if self.thread is None else f"T{self.thread}={parts}"

    def starts(self, length: int) -> list[int]:
        """Return where each part starts in ``length`` references."""
        shares = [part.percent for part in self.parts if isinstance(part, Share)]
        if shares:
            sums = accumulate(map(Fraction, shares), initial=Fraction(0))
            return [int(length * sum_ / WHOLE) for sum_ in sums][:-1]
        starts = [part.index for part in self.parts if isinstance(part, Start)]
        if starts[-1] >= max(length, 1):
            raise UsageError(
                f"schedule {self}: a part starts at reference {starts[-1]}, "
                f"but there are only {length}"
            )
        return starts


@frozen
class Schedule:
    """One plan for all threads, or one for each."""

    plans: tuple[Plan, ...]

    @classmethod
    def parse(cls, text: str) -> Schedule:
        """Read the option's text; `UsageError` says what was expected where."""
        if "=" not in text and ";" not in text:
            return cls((_plan(text),))
        plans: dict[int, Plan] = {}
        for piece in text.split(";"):
            match = _THREAD.fullmatch(piece.strip())
            if not match:
                raise _wrong(piece, "THREAD=PLAN with a thread such as T1, as in T1=0:100%")
            thread = int(match[1])
            if thread in plans:
                raise _wrong(piece, f"one plan for T{thread}, not two")
            plans[thread] = evolve(_plan(match[2]), thread=thread)
        return cls(tuple(plans.values()))

    def __str__(self) -> str:
        return ";".join(map(str, self.plans))

    @property
    def nodes(self) -> frozenset[int]:
        """Every node that is named."""
        return frozenset(part.node for plan in self.plans for part in plan.parts)

    def nodes_for(self, trace: Trace) -> NDArray[np.int32]:
        """Return the node that runs each reference of ``trace``.

        Raises `UsageError` if a thread has no plan, a plan no thread, or a part starts too late.
        """
        import numpy as np

        nodes = np.empty(len(trace), np.int32)
        for plan, rows in self._rows(trace):
            starts = np.array([*plan.starts(len(rows)), len(rows)])
            nodes[rows] = np.repeat([part.node for part in plan.parts], np.diff(starts))
        return nodes

    def _rows(self, trace: Trace) -> Iterator[tuple[Plan, NDArray[np.intp]]]:
        """Yield each plan with the rows it rules."""
        import numpy as np

        if self.plans[0].thread is None:
            yield self.plans[0], np.arange(len(trace))
            return
        threads = set(np.unique(trace.tid).tolist())
        if threads != {plan.thread for plan in self.plans}:
            raise UsageError(
                f"schedule {self}: expected a plan for each thread of the trace and no other, "
                f"that is for {_listed(threads)}"
            )
        for plan in self.plans:
            yield plan, np.flatnonzero(trace.tid == plan.thread)


def _plan(text: str) -> Plan:
    """Read the comma-separated parts of one plan."""
    pieces = [piece.strip() for piece in text.split(",")]
    if "@" in text:
        return _plan_of_starts(pieces)
    shares = []
    for piece in pieces:
        match = _SHARE.fullmatch(piece)
        if not match:
            raise _wrong(piece, "NODE:PERCENT%, such as 0:30%, or NODE@INDEX, such as 1@150000")
        shares.append(Share(int(match[1]), Decimal(match[2])))
    total = sum(share.percent for share in shares)
    if total != WHOLE:
        raise _wrong(text, f"shares that add up to {WHOLE}%, not to {total}%")
    return Plan(tuple(shares))


def _plan_of_starts(pieces: list[str]) -> Plan:
    """Read parts given by the reference they start at."""
    starts = []
    for piece in pieces:
        match = _START.fullmatch(piece)
        if not match:
            raise _wrong(piece, "NODE@INDEX in every part, such as 0@0,1@150000")
        starts.append(Start(int(match[1]), int(match[2])))
    if starts[0].index != 0:
        raise _wrong(pieces[0], "a first part that starts at reference 0")
    for before, after in pairwise(starts):
        if after.index <= before.index:
            raise _wrong(str(after), f"a part that starts after reference {before.index}")
    return Plan(tuple(starts))


def _listed(threads: set[int]) -> str:
    """Name the first threads."""
    most = 8
    names = [f"T{thread}" for thread in sorted(threads)]
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def _wrong(piece: str, expected: str) -> UsageError:
    """Say what a part of the option should have been."""
    return UsageError(f"schedule: expected {expected}, found {piece.strip()!r}")
