"""A CPU: references to memory through its TLB, its table and its data cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import EndlessFaultError, MachineError, UsageError
from archcore.hw.cache import DataCache
from archcore.hw.mmu import Access
from archcore.hw.outcome import Fault, FaultKind
from archcore.hw.reading import read_entry
from archcore.hw.rights import ALL, CLEAN, EXECUTE, READ, RIGHT_OF, RIGHTS_BITS, UNCACHED, WRITE
from archcore.hw.tlb import Tlb
from archcore.hw.walker import Walker

if TYPE_CHECKING:
    from archcore.hw.memory import PhysicalMemory
    from archcore.hw.mmu import Keeps, Mmu
    from archcore.hw.outcome import Translation
    from archcore.hw.tsb import Tsb
    from archcore.layout import Geometry, Level

LOAD, STORE = Access.READ, Access.WRITE
SIZES = (1, 2, 4, 8)

# The faults that a TLB keeps; an address that no table translates never comes to it.
KEPT: dict[Keeps, frozenset[FaultKind]] = {
    "none": frozenset(),
    "invalid": frozenset({FaultKind.NOT_VALID}),
    "rights": frozenset({FaultKind.PERMISSION}),
    "all": frozenset(FaultKind) - {FaultKind.ADDRESS_RANGE},
}


class Cpu:
    """CPU ``number`` of NUMA node ``node``; ``root`` is the physical address of its top table.

    ``hits`` counts references that the TLB let through, ``misses`` walks, ``faults`` references
    that ended in a fault, in a walk or on a refusal that the TLB keeps. With ``cached_data`` the
    CPU has a data cache, ``dcache``; CPUs that are to see each other's stores at once, as a
    coherent machine's do, are given one and the same. ``tsbs`` are what a miss handler of the
    kernel looks through before it walks; going to other tables takes them away.
    """

    __slots__ = (
        "_kept",
        "_looked_up",
        "_memory",
        "_mmu",
        "_page_shift",
        "_pairs",
        "_tlb_mask",
        "_tlb_sets",
        "_walker",
        "dcache",
        "faults",
        "hits",
        "misses",
        "node",
        "number",
        "root",
        "tlb",
        "tsbs",
    )

    def __init__(
        self,
        number: int,
        node: int,
        memory: PhysicalMemory,
        geometry: Geometry,
        mmu: Mmu,
        root: int | None = None,
        *,
        cached_data: bool = False,
    ) -> None:
        """Start with an empty TLB and an empty cache."""
        self.number, self.node, self.root = number, node, root
        self.tlb = Tlb(mmu.tlb)
        self.tsbs: tuple[Tsb, ...] = ()
        self.dcache: DataCache | None = None
        if cached_data:
            self.dcache = DataCache(mmu.dcache, memory, geometry.page_shift)
        self.hits = self.misses = self.faults = 0
        self._memory, self._mmu, self._page_shift = memory, mmu, geometry.page_shift
        self._walker = Walker(geometry, mmu)
        self._kept, self._pairs = KEPT[mmu.keeps], mmu.tlb.pairs
        # A store that the TLB refuses is looked up again by a handler that sets the dirty flag, and
        # by hardware that sets it if the flag is all that lacks.
        self._looked_up = ALL if mmu.refill == "software" else CLEAN
        self._tlb_sets, self._tlb_mask = self.tlb.sets, self.tlb.mask

    def touch(self, address: int, access: Access) -> Fault | None:
        """Make a reference without moving data; return the fault it ends in, if it does.

        Afterwards the page is the latest used of its set in the TLB or, after a fault, not in it
        unless the TLB keeps refusals.
        """
        page = address >> self._page_shift
        held = self._tlb_sets[page & self._tlb_mask]
        entry = held.pop(page, 0)
        if entry & (READ if access is LOAD else WRITE if access is STORE else EXECUTE):
            held[page] = entry
            self.hits += 1
            return None
        if entry and self._kept:
            held[page] = entry
            return self._refused(page, entry, address, access)
        return self._touch_large(page, address, access)

    def _touch_large(self, page: int, address: int, access: Access) -> Fault | None:
        entry = self.tlb.large_entry(page)
        if entry & (READ if access is LOAD else WRITE if access is STORE else EXECUTE):
            self.hits += 1
            return None
        return self._refused(page, entry, address, access)

    def _refused(self, page: int, entry: int, address: int, access: Access) -> Fault | None:
        """Fault on what the TLB holds, if it keeps that; walk otherwise."""
        if entry:
            kind = FaultKind.PERMISSION
            if FaultKind.NOT_VALID in self._kept and not entry & ALL:
                kind = FaultKind.NOT_VALID
            if kind in self._kept and not (
                access is STORE and self._mmu.sets_dirty and entry & self._looked_up
            ):
                self.faults += 1
                return Fault(kind, access, address)
            self.tlb.drop(page)
        for tsb in self.tsbs:
            held = tsb.entry(address)
            if held is not None:
                return self._refill(tsb, held, address, access)
        return self._walk(page, address, access)

    def _refill(self, tsb: Tsb, entry: int, address: int, access: Access) -> Fault | None:
        """Let the miss handler load an entry that it found in a buffer, as it stands there.

        Raises EndlessFaultError where that never ends: the TLB does not match what is not valid.
        """
        walker, level = self._walker, tsb.level
        reading = read_entry(walker.format, walker.geometry, level, entry)
        if reading.refusal is not None:
            msg = (
                f"CPU {self.number} misses {address:#x} in its TLB for ever: the buffer that its "
                f"miss handler loads from holds {entry:#x}, which is not valid"
            )
            raise EndlessFaultError(msg)
        self.misses += 1
        if not reading.rights & RIGHT_OF[access]:
            self.faults += 1
            return Fault(FaultKind.PERMISSION, access, address, level.name, entry)
        start = int(walker.format.address(level, entry)) >> tsb.shift << tsb.shift
        self.tlb.insert(
            address >> self._page_shift,
            reading.rights | self._past(level, entry),
            start >> self._page_shift,
            tsb.shift - self._page_shift,
        )
        return None

    def _walk(self, page: int, address: int, access: Access) -> Fault | None:
        if self.root is None:
            msg = f"CPU {self.number} has no page table; switch() to one before user mode runs"
            raise MachineError(msg)
        self.misses += 1
        outcome = self._walker.walk(self._memory, self.root, address, access)
        return self._ended(page, outcome)

    def _leave(self, found: Translation) -> None:
        """Let a miss handler leave what it walked to where it looks first."""
        for tsb in self.tsbs:
            if tsb.shift == found.shift:
                tsb.insert(found.address, found.entry)

    def _ended(self, page: int, outcome: Translation | Fault) -> Fault | None:
        """Let the TLB learn how a walk ended; return the fault, if it was one."""
        if isinstance(outcome, Fault):
            self.faults += 1
            if outcome.kind in self._kept:
                self.tlb.drop(page)
                # A miss handler marks the page as used before rights are asked for; hardware after.
                handled = self._mmu.refill == "software"
                self._load(page, seen=handled and outcome.kind is FaultKind.PERMISSION)
            return outcome
        self._leave(outcome)
        self._keep(page, outcome)
        if self._pairs and outcome.shift == self._page_shift:
            self._load_half(page ^ 1)
        return None

    def _keep(self, page: int, found: Translation) -> None:
        # While the flag is clear the next store has to walk, or nobody would set it.
        closed = WRITE if self._mmu.sets_dirty and not found.dirty else 0
        rights, shift = found.rights & ~closed, self._page_shift
        if rights:
            rights |= CLEAN if found.rights & closed else 0
            rights |= self._past(self._walker.geometry.level(found.level), found.entry)
            self.tlb.insert(page, rights, found.physical >> shift, found.shift - shift)
        else:
            self.tlb.refuse(page)

    def _load(self, page: int, *, seen: bool = False) -> None:
        """Load the TLB with what the tables say of a page, and of the other half of its pair."""
        self._load_half(page, seen=seen)
        if self._pairs:
            self._load_half(page ^ 1)

    def _load_half(self, page: int, *, seen: bool = False) -> None:
        found = self._probe(page, seen=seen)
        if found is not None:
            self._keep(page, found)
        elif self._mmu.keeps != "rights" and not self._awaits_use(page):
            self.tlb.refuse(page)

    def _awaits_use(self, page: int) -> bool:
        """Say whether all that an entry lacks is a flag that the MMU sets."""
        return self._mmu.sets_accessed and self._probe(page, seen=True) is not None

    def _probe(self, page: int, *, seen: bool = False) -> Translation | None:
        if self.root is None:
            return None
        return self._walker.probe(self._memory, self.root, page << self._page_shift, seen=seen)

    def update_tlb(self, address: int) -> None:
        """Load the TLB again with a page as the tables have it now, in place of what it held.

        What Linux calls __update_tlb: the other half of a pair comes along, and a large page takes
        the places of all that it covers.
        """
        page = address >> self._page_shift
        found = self._probe(page)
        order = 0 if found is None else found.shift - self._page_shift
        first = page >> order << order
        self.tlb.forget(first, first + (1 << order) - 1)
        self._load(page)

    def _past(self, level: Level, entry: int) -> int:
        """Return what the TLB remembers of a leaf whose data go past the cache."""
        asked = self._mmu.uncached
        return UNCACHED if asked is not None and asked(level, entry) else 0

    def load(self, address: int, size: int = 8) -> int | Fault:
        """Return the ``size`` bytes at an address as a little-endian number, or the fault.

        Raises UsageError, a ValueError, for another size than 1, 2, 4 or 8 or an address that is no
        multiple of it.
        """
        _check_aligned(address, size)
        fault = self.touch(address, LOAD)
        if fault is not None:
            return fault
        physical, dcache = self._reached(address)
        if dcache is None:
            return self._memory.load(physical, size * 8)
        return dcache.load(address, physical, size)

    def store(self, address: int, value: int, size: int = 8) -> Fault | None:
        """Store a little-endian number of ``size`` bytes, or return the fault; raises as load."""
        _check_aligned(address, size)
        fault = self.touch(address, STORE)
        if fault is not None:
            return fault
        physical, dcache = self._reached(address)
        if dcache is None:
            self._memory.store(physical, value, size * 8)
        else:
            dcache.store(address, physical, value, size)
        return None

    def _reached(self, address: int) -> tuple[int, DataCache | None]:
        """Return where the TLB says that a byte lies, and the cache that it goes through."""
        shift = self._page_shift
        entry = self.tlb.entry(address >> shift)
        physical = entry >> RIGHTS_BITS << shift | address & ((1 << shift) - 1)
        return physical, None if entry & UNCACHED else self.dcache

    def switch(self, root: int | None) -> None:
        """Go to another table and forget all translations; the data cache is the kernel's care."""
        self.root, self.tsbs = root, ()
        self.tlb.flush()

    def snapshot(self) -> dict[str, int]:
        """Return the counters, and how often the TLB was told to forget something."""
        return {
            "hits": self.hits,
            "misses": self.misses,
            "faults": self.faults,
            "invalidations": self.tlb.invalidations,
        }


def _check_aligned(address: int, size: int) -> None:
    if size not in SIZES or address % size:
        msg = f"no access of {size} bytes at {address:#x}; 1, 2, 4 or 8 at a multiple of the size"
        raise UsageError(msg)
