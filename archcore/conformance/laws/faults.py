"""References in a machine: hints are settled, stores reach their page, MMU caches are told.

Row 12 of mm/debug_vm_pgtable.c of Linux 6.1, law (o) that it lacks, and the endless fault that
3c0696076aad mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.conformance.capability import HINTS, LEAVES
from archcore.conformance.declare import trials
from archcore.conformance.law import Method, Trial
from archcore.conformance.place import process
from archcore.conformance.samples import chance, entry
from archcore.hookspecs import LEVELS, hookimpl
from archcore.hw.mmu import Access
from archcore.vmflags import VM_EXEC, VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from random import Random

    from archcore.conformance.mapping import Mapping
    from archcore.conformance.place import Place, Process
    from archcore.conformance.subject import Subject
    from archcore.hookspecs import Slot

LOWEST = LEVELS[:1]
NODES = 2
ROUNDS = 6
WORD = 8  # bytes
NOTHING = (0, 0, 0)


def allowed(on: Subject, vma: Mapping) -> tuple[Access, ...]:
    """Return what a VMA lets its owner do for certain; mostly, what may be written may be read."""
    rights = {
        Access.READ: on.target.reads & (VM_READ | VM_WRITE),
        Access.WRITE: VM_WRITE,
        Access.EXECUTE: VM_EXEC,
    }
    return tuple(access for access, flags in rights.items() if vma.vm_flags & flags)


@trials("reference-makes-progress", LEAVES, method=Method.MACHINE, levels=LOWEST)
def reference_makes_progress(on: Subject) -> Iterator[Trial]:
    """Whatever an entry of a page is marked, no kind of fault on it is handled twice."""
    by, run = chance("reference-makes-progress", on), process(on)
    for vma, access in _references(on):
        for place in run.places(vma)[:2]:
            _mapped(on, place, access, by)
            yield _settled(on, place, access)


@trials(
    "hint-fault-is-settled",
    LEAVES,
    HINTS,
    method=Method.MACHINE,
    levels=LOWEST,
    source="3c0696076aad",
)
def hint_fault_is_settled(on: Subject) -> Iterator[Trial]:
    """A reference to a hinted page faults, no kind of fault twice, and leaves the page unhinted."""
    by, run = chance("hint-fault-is-settled", on), process(on)
    for vma, access in _references(on):
        for place in run.places(vma)[:2]:
            _mapped(on, place, access, by)
            hint = _arm(on, place)
            faulted = run.tasks[0].cpu.touch(place.address, access) is not None
            trial = _settled(on, place, access)
            left = place.load()
            gone = on.own.numa(vma, hint) and not on.own.numa(vma, left)
            page = on.own.pfn(left) == on.own.pfn(hint)
            text = trial.done if faulted else f"{access.value} through the hint 0x{hint:x}"
            yield Trial(bool(trial.held and faulted and gone and page), text)


@trials("refused-reference-leaves-the-entry", LEAVES, HINTS, method=Method.MACHINE, levels=LOWEST)
def refused_reference_leaves_the_entry(on: Subject) -> Iterator[Trial]:
    """What the VMA does not allow ends in a signal, and a hint or closed page stays as it was."""
    by, run = chance("refused-reference-leaves-the-entry", on), process(on)
    others = [one for one in on.mappings if one.accessible]
    for vma in on.mappings:
        place = run.places(vma)[0]
        page = entry(on, vma if vma.accessible else by.choice(others), by)
        place.put(page if vma.accessible else on.own.modify(page, vma.vm_page_prot))
        before = _arm(on, place) if vma.accessible else place.load()
        refused = tuple(Access) if not vma.accessible else (Access.WRITE, Access.EXECUTE)
        for access in (one for one in refused if one not in allowed(on, vma)):
            signal = not _touch(place, access)
            ending, left = "a signal" if signal else "no signal", place.load()
            text = f"{access.value} in {vma.perms} of 0x{before:x}: {ending}, 0x{left:x} is left"
            yield Trial(signal and left == before, text)


@trials("used-page-is-young-again", LEAVES, method=Method.MACHINE, levels=LOWEST)
def used_page_is_young_again(on: Subject) -> Iterator[Trial]:
    """A page whose mark of use was taken is not young, until the next reference marks it again."""
    clear = getattr(on.own, "ptep_test_and_clear_young:after")
    by, run = chance("used-page-is-young-again", on), process(on)
    for vma, access in _references(on):
        place = run.places(vma)[0]
        _mapped(on, place, access, by)
        used = _touch(place, access) and on.own.ptep_test_and_clear_young(place.load())
        place.change(clear)
        old = place.load()
        again = _touch(place, access) and on.own.young(place.load())
        held = used and again and not on.own.young(old) and not on.hw_accessed(old)
        text = f"{access.value} in {vma.perms}: 0x{old:x} became 0x{place.load():x}"
        yield Trial(bool(held), text)


@trials("stores-reach-their-page", LEAVES, HINTS, method=Method.MACHINE, levels=LOWEST)
def stores_reach_their_page(on: Subject) -> Iterator[Trial]:
    """What is stored before a page is hinted and after lies in its frame, wherever that is then."""
    run = process(on, nodes=NODES)
    for vma in (one for one in on.mappings if one.writable and not one.notify):
        place = run.places(vma)[0]
        for at in range(ROUNDS):
            if not _stored(run, place, at):
                yield Trial(held=False, done=f"store {at + 1} in {vma.perms} does not go through")
                return
            start = on.own.pfn(place.load()) << on.target.geometry.page_shift
            found = [run.machine.memory.load(start + one * WORD) for one in range(at + 1)]
            text = (
                f"after {at + 1} stores in {vma.perms} the page of 0x{place.load():x} has {found}"
            )
            yield Trial(found == list(range(1, at + 2)), text)
            _arm(on, place)


@frozen(eq=False)
class Listener:
    """An observer of update_mmu_cache: the slots that it was told of, and what they held then."""

    told: list[tuple[int, int, int]] = field(factory=list)

    @hookimpl(wrapper=True)
    def update_mmu_cache(self, addr: int, ptep: Slot) -> Generator[None, object, object]:
        """Write the call down."""
        self.told.append((addr, ptep.address, ptep.load()))
        return (yield)


@trials("mmu-cache-is-told-of-the-slot", LEAVES, HINTS, method=Method.MACHINE, levels=LOWEST)
def mmu_cache_is_told_of_the_slot(on: Subject) -> Iterator[Trial]:
    """After a fault update_mmu_cache gets the slot, and the slot has the entry that it is about."""
    listener = Listener()
    run = process(on, observers=(listener,))
    for vma, access in _references(on):
        place = run.places(vma)[0]
        for hinted in (False, True):
            if hinted:
                _arm(on, place)
            listener.told.clear()
            went = _touch(place, access)
            left = place.load()
            address, slot, held_then = listener.told[-1] if listener.told else NOTHING
            held = went and (address, slot) == (place.address, place.slot.address)
            held = held and on.own.same(held_then, left) and on.hw_allows(held_then, access)
            text = f"{access.value} in {vma.perms} left 0x{left:x}, told of {listener.told}"
            yield Trial(bool(held), text)


# -- what machines are made to do -----------------------------------------------------------------


def _references(on: Subject) -> Iterator[tuple[Mapping, Access]]:
    for vma in (one for one in on.mappings if not one.notify):
        yield from ((vma, access) for access in allowed(on, vma))


def _mapped(on: Subject, place: Place, access: Access, by: Random) -> None:
    """Let a reference map a page, then mark its entry by chance."""
    _touch(place, access)
    place.put(entry(on, place.mapping, by, frame=int(on.own.pfn(place.load()))))


def _arm(on: Subject, place: Place) -> int:
    """Hint the entry as the scanner does, and return what is stored then."""
    place.change(lambda old: on.own.mknuma(place.mapping, old))
    return place.load()


def _touch(place: Place, access: Access) -> bool:
    """Make a reference, faults and all, and say whether it went through."""
    run = place.process
    return run.machine.touch(run.tasks[0], place.address, access) is None


def _settled(on: Subject, place: Place, access: Access) -> Trial:
    """Make a reference; it is settled if it goes through at last and no fault came twice."""
    run = place.process
    before, counts = place.load(), run.machine.outcomes.copy()
    went = _touch(place, access)
    handled = run.machine.outcomes - counts
    again = run.tasks[0].cpu.touch(place.address, access) is not None
    names = ", ".join(f"{one.value} ({count})" for one, count in handled.items())
    held = went and not again and all(count == 1 for count in handled.values())
    text = f"{access.value} in {place.mapping.perms} of 0x{before:x}: {names or 'no fault'}"
    return Trial(held and bool(on.hw_allows(place.load(), access)), text)


def _stored(run: Process, place: Place, at: int) -> bool:
    """Store a number to the page, faults and all, and say whether that went through.

    The first store is node 0's, the others are node 1's, so that the page is worth moving.
    """
    task, address = run.tasks[min(at, 1)], place.address + at * WORD
    if task.cpu.store(address, at + 1) is None:
        return True
    settled = run.machine.settle(task, address, Access.WRITE) is None
    return settled and task.cpu.store(address, at + 1) is None
