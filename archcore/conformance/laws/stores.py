"""Slots: what is stored is what is read, by the kernel and by the hardware.

Rows 8 to 12 of mm/debug_vm_pgtable.c of Linux 6.1, and laws (g), (l) and (m) that it lacks.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from archcore.conformance.capability import HINTS, LEAVES
from archcore.conformance.declare import trials
from archcore.conformance.law import Trial
from archcore.conformance.laws.swap import swapped
from archcore.conformance.place import PAGES, process
from archcore.conformance.samples import chance, entry
from archcore.conformance.terms import differs_within, shut
from archcore.hookspecs import LEVELS
from archcore.hw.mmu import Access
from archcore.hw.outcome import Fault
from archcore.hw.reading import read_entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from archcore.conformance.mapping import Mapping
    from archcore.conformance.place import Place
    from archcore.conformance.subject import Subject
    from archcore.hw.walker import Step
    from archcore.words import Mask

LOWEST = LEVELS[:1]
DEBUG = "mm/debug_vm_pgtable.c, Linux 6.1"
EACH = 4
BATCHES = (1, 2, 3, PAGES)
MAPPING = 4  # of a reading: all but the flags that hardware may keep


@trials("stored-is-read", LEAVES, levels=LOWEST, source=DEBUG)
def stored_is_read(on: Subject) -> Iterator[Trial]:
    """What is stored in a slot is what is read from it."""
    for place, one in _filled(on, "stored-is-read"):
        found = place.load()
        yield Trial(bool(on.own.same(found, one)), _said(on, "stored {}, read {}", one, found))


@trials("hardware-reads-what-is-stored", LEAVES, levels=LOWEST)
def hardware_reads_what_is_stored(on: Subject) -> Iterator[Trial]:
    """A walk finds the very word in the very slot, and memory has its bytes in the right order.

    Hardware with tables of its own finds there what its format says of the word in the slot.
    """
    order, size = on.target.geometry.byteorder, on.width // 8
    for place, one in _filled(on, "hardware-reads-what-is-stored"):
        found = place.load()
        data = place.process.machine.memory.read(place.slot.address, size)
        step = next(step for step in place.walk(Access.READ) if step.level == on.name)
        held = _is_found(on, place, step, found) and data == found.to_bytes(size, order)
        if on.knows("pte_raw"):  # what a little-endian CPU loads there, whatever the target's order
            held = held and on.hooks.helpers["pte_raw"](found) == int.from_bytes(data, "little")
        text = f"stored {{}}, memory has the bytes {data.hex()}, the walk read {{}}"
        yield Trial(bool(held), _said(on, text, one, step.entry or 0))


def _is_found(on: Subject, place: Place, step: Step, stored: int) -> bool:
    mmu = on.target.mmu
    if mmu.tables is None:
        return step.entry == stored and step.entry_address == place.slot.address
    own = mmu.tables
    level = own.geometry.level(on.name)
    found = read_entry(own.format, own.geometry, level, step.entry or 0)
    expected = read_entry(mmu.format, on.target.geometry, on.level, stored)
    flagged = mmu.sets_accessed or mmu.sets_dirty
    return found == expected if flagged else found[:MAPPING] == expected[:MAPPING]


@trials("cleared-is-none", LEAVES, levels=LOWEST, source=DEBUG)
def cleared_is_none(on: Subject) -> Iterator[Trial]:
    """An emptied slot is none and nothing to the hardware, and what it held is returned."""
    for place, one in _filled(on, "cleared-is-none"):
        old = place.clear()
        left = place.load()
        held = on.own.none(left) and on.own.same(old, one) and not on.hw_valid(left)
        yield Trial(bool(held), _said(on, "of {} the call returned {}, left {}", one, old, left))


@trials("wrprotected-slot-is-closed", LEAVES, levels=LOWEST, source=DEBUG)
def wrprotected_slot_is_closed(on: Subject) -> Iterator[Trial]:
    """A slot that lost write permission holds an entry that nobody may write through."""
    for place, one in _pages(on, "wrprotected-slot-is-closed"):
        place.change(on.own.ptep_set_wrprotect)
        after = place.load()
        held = not on.own.write(after) and not on.hw_allows(after, Access.WRITE)
        yield Trial(bool(held), _said(on, "{} became {}", one, after))


@trials("access-flags-are-raised", LEAVES, levels=LOWEST, source=DEBUG)
def access_flags_are_raised(on: Subject) -> Iterator[Trial]:
    """Setting access flags gives what was asked, takes nothing and says truly what changed."""
    marks = ("young", "dirty", "write", *(("soft_dirty",) if on.offers("soft_dirty") else ()))
    rights = (lambda e, one=one: on.hw_allows(e, one) for one in Access)
    may_change = on.reads(*marks) | on.hw_reads(on.hw_accessed, on.hw_dirty, *rights)
    for place, one in _pages(on, "access-flags-are-raised"):
        for young, dirty, write in product((False, True), repeat=3):
            place.put(one)
            wanted = on.own.mkyoung(one) if young else one
            wanted = on.own.mkdirty(wanted) if dirty else wanted
            if write and place.mapping.writable:
                wanted = on.own.mkwrite(wanted, place.mapping)
            yield _raised(on, place, wanted, may_change, dirty=dirty)


def _raised(on: Subject, place: Place, wanted: int, may_change: Mask, *, dirty: bool) -> Trial:
    before = place.load()
    changed = place.raise_to(wanted, dirty=dirty)
    after = place.load()
    honest = changed != bool(on.own.same(before, wanted)) and (changed or before == after)
    asked = [getattr(on.own, one) for one in ("young", "dirty", "write")]
    kept = all(one(after) for one in asked if one(before))
    kept = kept and all(on.hw_allows(after, one) for one in Access if on.hw_allows(before, one))
    # without a store to come, an architecture may leave the flag to its hardware
    given = not dirty or all(one(after) for one in asked if one(wanted))
    same_page = on.own.pfn(after) == on.own.pfn(before)
    held = honest and kept and given and same_page and differs_within(before, after, may_change)
    text = f"{{}} raised to {{}} became {{}}, said to have changed: {changed}"
    return Trial(bool(held), _said(on, text, before, wanted, after))


@trials("transaction-stores-what-it-commits", LEAVES, levels=LOWEST)
def transaction_stores_what_it_commits(on: Subject) -> Iterator[Trial]:
    """A transaction starts with the stored entry, and ends with the one that was committed."""
    by = chance("transaction", on)
    for place, one in _present(on, "transaction-stores-what-it-commits"):
        old = place.start()
        new = on.own.modify(old, by.choice(on.mappings).vm_page_prot)
        place.commit(old, new)
        after = place.load()
        held = on.own.same(old, one) and on.own.same(after, new)
        text = _said(on, "{} started as {}, {} was stored as {}", one, old, new, after)
        yield Trial(bool(held), text)


@trials("transaction-is-shut-meanwhile", LEAVES, levels=LOWEST)
def transaction_is_shut_meanwhile(on: Subject) -> Iterator[Trial]:
    """Between start and commit of a transaction the hardware neither uses nor changes a slot."""
    for place, one in _present(on, "transaction-is-shut-meanwhile"):
        place.start()
        middle = place.load()
        refused = all(isinstance(place.walk(access)[-1].verdict, Fault) for access in Access)
        held = shut(on, middle) and refused and place.load() == middle
        yield Trial(bool(held), _said(on, "of {} a transaction leaves {} meanwhile", one, middle))


@trials("transaction-is-no-hint", LEAVES, HINTS, levels=LOWEST)
def transaction_is_no_hint(on: Subject) -> Iterator[Trial]:
    """Between start and commit of a transaction a slot holds no hint, in whichever VMA."""
    for place, one in _present(on, "transaction-is-no-hint"):
        place.start()
        middle = place.load()
        held = not any(on.own.numa(vma, middle) for vma in on.mappings)
        yield Trial(held, _said(on, "of {} a transaction leaves {} meanwhile", one, middle))


@trials("batch-equals-single-transactions", LEAVES, HINTS, levels=LOWEST)
def batch_equals_single_transactions(on: Subject) -> Iterator[Trial]:
    """Transactions on several slots at once leave in each what one after another leave."""
    by, run = chance("batch-equals-single-transactions", on), process(on)
    for vma in (one for one in on.mappings if one.accessible):
        several, each = run.places(vma), run.places(vma)
        entries = [entry(on, vma, by) for _ in several]
        for count in BATCHES:
            for place, one in zip((*several, *each), (*entries, *entries), strict=True):
                place.put(one)
            first = by.randrange(PAGES - count + 1)
            yield _together(on, several, each, range(first, first + count))


def _together(
    on: Subject, several: tuple[Place, ...], each: tuple[Place, ...], part: range
) -> Trial:
    import numpy as np

    from archcore.words.arrays import DTYPES

    hooks, at, vma = several[0].process.hooks, several[part.start], several[part.start].mapping
    old = hooks.modify_prot_start_ptes(at.vma, at.address, at.slot, len(part))
    singly = [each[one].start() for one in part]
    held = old.tolist() == singly and _alike(several, each)
    new = [on.own.mknuma(vma, one) for one in singly]
    words = np.array(new, DTYPES[on.width])
    hooks.modify_prot_commit_ptes(at.vma, at.address, at.slot, old, words, len(part))
    for one, before, after in zip(part, singly, new, strict=True):
        each[one].commit(before, after)
    held = held and _alike(several, each)
    return Trial(held, f"{len(part)} slots from place {part.start} on, {vma.perms}")


def _alike(several: tuple[Place, ...], each: tuple[Place, ...]) -> bool:
    return [one.load() for one in several] == [one.load() for one in each]


# -- what stands in slots -------------------------------------------------------------------------


def _filled(on: Subject, law: str) -> Iterator[tuple[Place, int]]:
    """Yield slots with an entry of each kind: pages, closed pages, hints, swapped pages."""
    by, run = chance(law, on), process(on)
    for mapping in on.mappings:
        for place, one in zip(run.places(mapping), _entries(on, mapping, by), strict=False):
            place.put(one)
            yield place, one


def _present(on: Subject, law: str) -> Iterator[tuple[Place, int]]:
    return ((place, one) for place, one in _filled(on, law) if on.own.present(one))


def _pages(on: Subject, law: str) -> Iterator[tuple[Place, int]]:
    """Yield slots of accessible VMAs with the entry of a page in each."""
    by, run = chance(law, on), process(on)
    for mapping in (one for one in on.mappings if one.accessible):
        for place in run.places(mapping)[:EACH]:
            one = entry(on, mapping, by)
            place.put(one)
            yield place, one


def _entries(on: Subject, mapping: Mapping, by: Random) -> Iterator[int]:
    others = [one for one in on.mappings if one.accessible]
    for _ in range(EACH):
        page = entry(on, mapping if mapping.accessible else by.choice(others), by)
        yield page if mapping.accessible else on.own.modify(page, mapping.vm_page_prot)
        if mapping.accessible and on.offers("mknuma"):
            yield on.own.mknuma(mapping, page)
        if on.offers("swp_entry_to_entry"):
            kind, offset = (on.target.swap[one].span for one in ("TYPE", "OFFSET"))
            yield swapped(on, by.getrandbits(kind), by.getrandbits(offset) or 1)


def _said(on: Subject, what: str, *entries: int) -> str:
    return what.format(*(f"0x{one:0{on.width // 4}x}" for one in entries))
