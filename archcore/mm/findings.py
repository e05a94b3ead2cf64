"""Findings: what a watched engine did that no kernel should do. They are values, never errors."""

from __future__ import annotations

from collections import Counter
from enum import Enum

from attrs import field, frozen


class Kind(Enum):
    """What is wrong."""

    STALE_SNAPSHOT = "a snapshot was used for more than same() after its lock was dropped"
    LOCK_ORDER = "a lock was taken while one that comes after it was held"
    LOCK_TWICE = "a lock was taken by the one who holds it"
    LOCK_KEPT = "a lock was still held when the kernel returned"
    NOT_HELD = "a lock was released by one who does not hold it"


@frozen
class Finding:
    """One thing that is wrong, and the function it happened in."""

    kind: Kind
    place: str
    detail: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.place}: {self.kind.value}" + (f" ({self.detail})" if self.detail else "")


@frozen(eq=False)
class Findings:
    """What was found so far; ``counts`` says how often."""

    counts: Counter[Finding] = field(factory=Counter)

    def add(self, kind: Kind, place: str, detail: str = "") -> None:
        """Take one down."""
        self.counts[Finding(kind, place, detail)] += 1

    def all(self) -> tuple[Finding, ...]:
        """Return each finding once, in the order of first appearance."""
        return tuple(self.counts)
