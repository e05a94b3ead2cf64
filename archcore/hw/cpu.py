"""A CPU: references to memory through its TLB, its table and its data cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import EndlessFaultError, MachineError
from archcore.hw.cache import DataCache
from archcore.hw.held import KEPT, Held, held, past
from archcore.hw.hpt import Hpt
from archcore.hw.memory import check_aligned
from archcore.hw.mmu import Access
from archcore.hw.outcome import Fault, FaultKind
from archcore.hw.reading import read_entry
from archcore.hw.rights import ALL, CLEAN, EXECUTE, READ, RIGHT_OF, RIGHTS_BITS, UNCACHED, WRITE
from archcore.hw.tlb import Tlb
from archcore.hw.walker import Walker

if TYPE_CHECKING:
    from archcore.hw.memory import PhysicalMemory
    from archcore.hw.mmu import Mmu
    from archcore.hw.outcome import Translation
    from archcore.hw.tsb import Tsb
    from archcore.layout import Geometry

LOAD, STORE = Access.READ, Access.WRITE


class Cpu:
    """CPU ``number`` of NUMA node ``node``; ``root`` is the physical address of its top table.

    ``hits`` counts references that the TLB let through, ``misses`` the others, ``walks`` how many
    of these went to the tables, where the MMU walks or the kernel's miss handler, ``faults``
    references that ended in a fault, in a walk or on a refusal that the TLB keeps. With
    ``cached_data`` the CPU has a data cache, ``dcache``; CPUs that are to see each other's stores
    at once, as a coherent machine's do, are given one and the same. ``tsbs`` are what a miss
    handler looks through before it walks; going to other tables takes them away. ``hpt`` is where
    an MMU looks that does not walk at all; the CPUs of a machine share it.
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
        "hpt",
        "misses",
        "node",
        "number",
        "root",
        "tlb",
        "tsbs",
        "walks",
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
        self.hpt: Hpt | None = Hpt() if mmu.hashed else None
        cache = DataCache(mmu.dcache, memory, geometry.page_shift) if cached_data else None
        self.dcache: DataCache | None = cache
        self.hits = self.misses = self.walks = self.faults = 0
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
        if self.hpt is not None:
            hashed = self.hpt.entry(self.root, page)
            if hashed is not None and hashed.rights & RIGHT_OF[access]:
                self.misses += 1
                self.tlb.insert(page, *hashed)
                return None
        for tsb in self.tsbs:
            found = tsb.entry(address)
            if found is not None:
                return self._refill(tsb, found, address, access)
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
            reading.rights | past(self._mmu, level, entry),
            start >> self._page_shift,
            tsb.shift - self._page_shift,
        )
        return None

    def _walk(self, page: int, address: int, access: Access) -> Fault | None:
        if self.root is None:
            msg = f"CPU {self.number} has no page table; switch() to one before user mode runs"
            raise MachineError(msg)
        self.misses += 1
        self.walks += 1
        outcome = self._walker.walk(self._memory, self.root, address, access)
        return self._ended(page, outcome)

    def preload(self, root: int, address: int, access: Access) -> None:
        """Do ahead of a miss what the handler would, flags and all; nothing if it would fault."""
        found = self._walker.walk(self._memory, root, address, access)
        if self.hpt is not None and not isinstance(found, Fault):
            self.hpt.insert(root, found.address >> self._page_shift, self._held(found))

    def _leave(self, found: Translation) -> None:
        """Let a miss handler leave what it walked to where it, or the MMU, looks first."""
        if self.hpt is not None and self.root is not None:
            self.hpt.insert(self.root, found.address >> self._page_shift, self._held(found))
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

    def _held(self, found: Translation) -> Held:
        return held(found, self._mmu, self._walker.geometry, self._page_shift)

    def _keep(self, page: int, found: Translation) -> None:
        entry = self._held(found)
        if entry.rights:
            self.tlb.insert(page, *entry)
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

    def load(self, address: int, size: int = 8) -> int | Fault:
        """Return the ``size`` bytes at an address as a little-endian number, or the fault.

        Raises UsageError, a ValueError, for another size than 1, 2, 4 or 8 or an address that is no
        multiple of it.
        """
        check_aligned(address, size)
        fault = self.touch(address, LOAD)
        if fault is not None:
            return fault
        physical, dcache = self._reached(address)
        if dcache is None:
            return self._memory.load(physical, size * 8)
        return dcache.load(address, physical, size)

    def store(self, address: int, value: int, size: int = 8) -> Fault | None:
        """Store a little-endian number of ``size`` bytes, or return the fault; raises as load."""
        check_aligned(address, size)
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

    def forget(self) -> None:
        """Forget all translations, and those that the kernel keeps where the MMU looks."""
        self.tlb.flush()
        for buffer in (*self.tsbs, self.hpt):
            if buffer is not None:
                buffer.flush()

    def snapshot(self) -> dict[str, int]:
        """Return the counters, and how often the TLB was told to forget something."""
        counts = {name: getattr(self, name) for name in ("hits", "misses", "walks", "faults")}
        return counts | {"invalidations": self.tlb.invalidations}
