"""Snapshots: entries read without their lock, which may be compared and hardly anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.findings import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.mm.findings import Findings
    from archcore.mm.watched_locks import WatchedLock
    from archcore.words.types import Truth


class Snapshot:
    """An entry as it was when it was read; ``splitting`` is what the word may not say itself.

    A snapshot chooses the handler of a fault. After its reader has held and dropped the lock of the
    slot it is stale, and all it is good for is ``same``.
    """

    __slots__ = ("_word", "splitting")

    def __init__(self, word: int, *, splitting: bool = False) -> None:
        """Keep the word."""
        self._word, self.splitting = word, splitting

    def same(
        self, compare: Callable[[int, int], Truth], word: int, *, splitting: bool = False
    ) -> bool:
        """Compare with another word, by the target's own pte_same or pmd_same."""
        return self.splitting == splitting and bool(compare(self._word, word))

    def choose(self, place: str) -> int:  # noqa: ARG002 - a watched one names the place
        """Return the word, to choose what to do next in the function ``place``."""
        return self._word


class WatchedSnapshot(Snapshot):
    """A snapshot that carries its lock's epoch; a stale choice is a finding."""

    __slots__ = ("_epoch", "_findings", "_lock")

    def __init__(
        self, word: int, lock: WatchedLock, findings: Findings, *, splitting: bool = False
    ) -> None:
        """Remember how often the reader has dropped the lock so far."""
        super().__init__(word, splitting=splitting)
        self._lock, self._findings = lock, findings
        self._epoch = lock.epoch()

    def choose(self, place: str) -> int:
        """Return the word; take it down if the reader has dropped the lock since it was read."""
        if self._lock.epoch() != self._epoch:
            self._findings.add(Kind.STALE_SNAPSHOT, place, f"of the {self._lock.place.kind}'s slot")
        return self._word
