"""VMAs by address: the text of /proc/PID/maps, or the list that a capture brings."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from archcore.errors import InputError, UsageError
from archcore.specimens import flags_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from archcore.image.memory import Addresses
    from archcore.vmflags import VmFlags

LINE = re.compile(r"([0-9a-f]+)-([0-9a-f]+)\s+(\S{4})(\s.*)?", re.DOTALL)
EXPECTED = "a line of /proc/PID/maps such as `7f0000000000-7f0000001000 rw-p 00000000 00:00 0`"
END = 1 << 64
NOWHERE = -1


@frozen
class Area:
    """A VMA: addresses from ``start`` to before ``end``, its rights, and where it is written."""

    start: int
    end: int
    flags: VmFlags
    place: str = ""


class Vmas:
    """The VMAs of one process, looked up for many addresses at once."""

    def __init__(self, areas: Iterable[Area]) -> None:
        """Sort the areas; raises InputError for one that overlaps another or ends too early."""
        self.areas = sorted(areas, key=attrgetter("start", "end"))
        behind = 0
        for one in self.areas:
            if not behind <= one.start < one.end <= END:
                msg = (
                    f"{one.place}: expected a VMA that overlaps no other and ends behind its "
                    f"start, found {one.start:x}-{one.end:x}"
                )
                raise InputError(msg)
            behind = one.end
        self._starts = np.array([one.start for one in self.areas], np.uint64)
        self._lasts = np.array([one.end - 1 for one in self.areas], np.uint64)
        self._flags = np.array([int(one.flags) for one in self.areas], np.int64)

    def flags_at(self, addresses: Addresses) -> NDArray[np.int64]:
        """Return the flags of the VMA at each address, NOWHERE where there is none."""
        if not self.areas:
            return np.full(len(addresses), NOWHERE, np.int64)
        at = np.searchsorted(self._starts, addresses, "right").astype(np.int64) - 1
        inside = (at >= 0) & (addresses <= self._lasts[at])
        return np.where(inside, self._flags[at], NOWHERE)


def read_maps(path: Path) -> Vmas:
    """Return the VMAs of a file in the form of /proc/PID/maps; blank lines are skipped.

    Raises InputError, naming file and line, for anything else.
    """
    lines = path.read_bytes().splitlines()
    written = enumerate((line.decode("utf-8", "backslashreplace") for line in lines), start=1)
    return Vmas(_area(line, f"{path}:{number}") for number, line in written if line.strip())


def _area(line: str, place: str) -> Area:
    parts = LINE.fullmatch(line)
    if parts is None:
        msg = f"{place}: expected {EXPECTED}; found {line.strip()!r}"
        raise InputError(msg)
    start, end, perms, _ = parts.groups()
    return Area(int(start, 16), int(end, 16), rights(perms, place), place)


def rights(perms: str, place: str) -> VmFlags:
    """Return the flags of rights as /proc/PID/maps writes them; raises InputError otherwise."""
    try:
        return flags_of(perms)
    except UsageError as error:
        raise InputError(f"{place}: {error}") from error
