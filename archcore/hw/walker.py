"""The table walk: from the root to a leaf, reading only what hardware reads."""

from __future__ import annotations

from collections import deque
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast

from archcore.hw.mmu import Access
from archcore.hw.outcome import Fault, FaultKind, Translation
from archcore.hw.reading import Reading, read_entry
from archcore.hw.rights import ALL, RIGHT_OF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.hw.memory import PhysicalMemory
    from archcore.hw.mmu import Mmu
    from archcore.layout import Geometry

__all__ = ["Fault", "FaultKind", "Step", "Translation", "Walker", "walk", "walk_steps"]

READINGS_KEPT = 1 << 13


Verdict: TypeAlias = Literal["table", "update"] | Translation | Fault


class Step(NamedTuple):
    """One entry as it was read; the last step of a walk has its outcome as the verdict.

    "table": the walk goes on at the table the entry points to. "update": the leaf allows the
    access and the MMU is about to set a flag in it. ``level``, ``entry_address`` and ``entry`` are
    None where the table does not translate the address.
    """

    level: str | None
    entry_address: int | None
    entry: int | None
    verdict: Verdict


class _Stage(NamedTuple):
    """A level made ready; ``last`` is its highest index, ``read`` remembers past readings.

    ``stride`` is the number of bytes from one entry to the next.
    """

    name: str
    shift: int
    last: int
    stride: int
    read: Callable[[int], Reading]


class Walker:
    """The walker of one MMU over tables of one geometry."""

    def __init__(self, geometry: Geometry, mmu: Mmu) -> None:
        """Prepare the levels, top first."""
        self.mmu, self.format = mmu, mmu.format
        if mmu.tables is not None:
            geometry, self.format = mmu.tables.geometry, mmu.tables.format
        self.geometry = geometry
        self._word = geometry.width, geometry.byteorder
        self._end = 1 << geometry.va_bits
        # A reading depends on the bits of a word alone, so remembering it hides no store.
        self._stages = tuple(
            _Stage(
                level.name,
                level.shift,
                level.entries - 1,
                level.stride,
                lru_cache(READINGS_KEPT)(partial(read_entry, self.format, geometry, level)),
            )
            for level in reversed(geometry.levels)
        )

    def walk(
        self, memory: PhysicalMemory, root: int, address: int, access: Access
    ) -> Translation | Fault:
        """Return how a reference ends, with the leaf's flags set where the MMU sets them."""
        _, _, _, outcome = deque(self._steps(memory, root, address, access), maxlen=1).pop()
        return cast("Translation | Fault", outcome)

    def probe(
        self, memory: PhysicalMemory, root: int, address: int, *, seen: bool = False
    ) -> Translation | None:
        """Return what a TLB is loaded with for an address, whatever will be done there.

        It may come without any right; None where the tables have nothing valid there, or an entry
        that was not used yet, unless a handler has ``seen`` to that. No flag is set.
        """
        width, byteorder = self._word
        table, rights = root, ALL
        for name, shift, last, stride, read in self._stages:
            place = table + (address >> shift & last) * stride
            entry = memory.load(place, width, byteorder)
            reading = read(entry)
            if reading.refusal is not None:
                break
            table, rights = reading.address, rights & reading.rights
            if reading.leaf and (reading.accessed or seen):
                physical, dirty = table | address & ((1 << shift) - 1), reading.dirty
                return Translation(address, physical, name, shift, rights, dirty, entry, place)
            if reading.leaf:
                break
        return None

    def steps(
        self, memory: PhysicalMemory, root: int, address: int, access: Access
    ) -> Iterator[Step]:
        """Yield each entry of a walk as it is read, and the outcome last.

        Between two steps others may change memory. A leaf that changed before its flags are set is
        left alone and the walk begins again, as a failed compare and swap makes hardware do.
        """
        return map(Step._make, self._steps(memory, root, address, access))

    def _steps(
        self, memory: PhysicalMemory, root: int, address: int, access: Access
    ) -> Iterator[tuple[str | None, int | None, int | None, Verdict]]:
        """Yield the fields of each step, as plain tuples because few walks are watched."""
        if not 0 <= address < self._end:
            yield None, None, None, Fault(FaultKind.ADDRESS_RANGE, access, address)
            return
        width, byteorder = self._word
        while True:
            table, rights = root, ALL
            for name, shift, last, stride, read in self._stages:
                place = table + (address >> shift & last) * stride
                entry = memory.load(place, width, byteorder)
                reading = read(entry)
                if reading.leaf or reading.refusal is not None:
                    break
                yield name, place, entry, "table"
                table, rights = reading.address, rights & reading.rights
            rights &= reading.rights
            refusal = self._refusal(reading, rights, access)
            if refusal is not None:
                yield name, place, entry, Fault(refusal, access, address, name, entry, place)
                return
            used = self._used(reading, entry, access)
            if used != entry:
                yield name, place, entry, "update"
                if memory.load(place, width, byteorder) != entry:
                    continue
                memory.store(place, used, width, byteorder)
            break
        physical = reading.address | address & ((1 << shift) - 1)
        dirty = read(used).dirty
        found = Translation(address, physical, name, shift, rights, dirty, used, place)
        yield name, place, used, found

    def _refusal(self, reading: Reading, rights: int, access: Access) -> FaultKind | None:
        """Return why a walk that ends at this entry faults, if it does."""
        if reading.refusal is not None:
            return reading.refusal
        # Before permissions, as DDI 0487 ("MMU fault prioritization") orders them; where the access
        # flag has no fault of its own the order cannot be seen.
        if not (reading.accessed or self.mmu.sets_accessed):
            return FaultKind.ACCESS_FLAG
        return None if rights & RIGHT_OF[access] else FaultKind.PERMISSION

    def _used(self, reading: Reading, entry: int, access: Access) -> int:
        """Return the leaf as the access leaves it."""
        form, mmu = self.format, self.mmu
        if access is Access.WRITE and mmu.sets_dirty and not reading.dirty:
            return int(form.mkdirty(entry))
        if mmu.sets_accessed and not reading.accessed:
            return int(form.mkaccessed(entry))
        return entry


def walk(
    memory: PhysicalMemory,
    geometry: Geometry,
    mmu: Mmu,
    root: int,
    address: int,
    access: Access,
) -> Translation | Fault:
    """Return how one reference ends; who walks often keeps a Walker."""
    return Walker(geometry, mmu).walk(memory, root, address, access)


def walk_steps(
    memory: PhysicalMemory,
    geometry: Geometry,
    mmu: Mmu,
    root: int,
    address: int,
    access: Access,
) -> Iterator[Step]:
    """Yield each entry of one walk as it is read, and the outcome last."""
    return Walker(geometry, mmu).steps(memory, root, address, access)
