"""Broken sound architectures for the laws of swap and migration, speculation and flushes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve
from mutants import field, helpers, mutant
from mutants_of_hints import hinted
from sound import TYPES
from sound_bits import (
    ACCESSED,
    ASIDE,
    CLOSED,
    DIRTY,
    EXEC,
    FRAME,
    LEAF,
    NAMELESS,
    SPECIAL,
    TYPE,
    VALID,
)

from archcore.conformance.laws.swap import MARKS
from archcore.words import (
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    same,
    xor,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mutants import Mutant


def counts_the_last_area(helper, level="pte"):
    """Return the mutant in which a question says yes of swap entries of the last area."""
    return mutant(
        f"swap-is-not-{helper.replace('_', '-')}",
        f"{helper} counts swap entries of the last area",
        helpers(**{helper: _of_the_last_area}),
        level,
    )


def _of_the_last_area(was, entry):
    return either(was, both(has_all(entry, TYPE), has_none(entry, VALID)))


def stored_with(law, mask, broken, level="pte"):
    """Return the mutant in which swap entries are stored with further bits set."""
    return mutant(law, broken, helpers(swp_entry_to_entry=lambda was: put(was, mask)), level)


SWAPPED = (
    mutant(
        "swap-round-trip",
        "the lowest bit of an offset is lost",
        helpers(arch_swp_offset=lambda again, swp: again(clear(swp, FRAME))),
    ),
    mutant(
        "swap-value-comes-back",
        "a value is read with ASIDE still set",
        helpers(to_swp_entry=lambda was: put(was, ASIDE)),
    ),
    mutant(
        "swap-is-not-none",
        "none counts whatever is not present and of the first area",
        helpers(none=lambda own, entry: both(negate(own.present(entry)), has_none(entry, TYPE))),
    ),
    mutant(
        "swap-is-no-hint",
        "numa counts swap entries of the last area",
        helpers(numa=_of_the_last_area),
    ),
    counts_the_last_area("present"),
    counts_the_last_area("protnone"),
    counts_the_last_area("trans_huge", "pmd"),
    stored_with("swap-is-not-huge", LEAF, "a swap entry has LEAF set", "pmd"),
    stored_with("swap-is-not-special", SPECIAL, "a swap entry has SPECIAL set"),
    stored_with("swap-uses-named-bits", NAMELESS, "a swap entry has a bit set that has no name"),
    mutant(
        "swap-holds-types-and-frames",
        "a swap type is in use for which the field has no room",
        field(swap_types=evolve(TYPES, device_write=1 << TYPE.span)),
    ),
    mutant(
        "swap-survives-stray-flags",
        "swp_uffd_wp counts entries with a stray ACCESSED",
        helpers(swp_uffd_wp=lambda was, entry: either(was, has_all(entry, ACCESSED))),
    ),
    mutant(
        "nothing-survives-stray-flags",
        "none counts the word 0 alone",
        helpers(none=lambda entry: same(entry, 0)),
    ),
    mutant(
        "marked-swap-is-no-hint",
        "swp_mkexclusive sets CLOSED, and swp_clear_exclusive clears it",
        helpers(
            swp_mkexclusive=lambda was: put(was, CLOSED),
            swp_clear_exclusive=lambda was: clear(was, CLOSED),
        ),
    ),
)


def _of_marks() -> Iterator[Mutant]:
    """Yield two mutants a mark: one that cannot be taken off, one that changes the area."""
    for mark in MARKS:
        sets, clears = f"swp_mk{mark.name}", f"swp_clear_{mark.name}"
        name = mark.name.replace("_", "-")
        yield mutant(
            f"swap-marks-{name}",
            f"{clears} does nothing",
            helpers(**{clears: lambda entry: entry}),
        )
        yield mutant(
            f"swap-{name}-spares-the-rest",
            f"{sets} changes the area, and {clears} changes it back",
            helpers(**dict.fromkeys((sets, clears), lambda was: xor(was, TYPE))),
        )


MIGRATION = (
    mutant(
        "migration-round-trip",
        "a migration entry has no room for the highest bit of a frame",
        field(swap_types=evolve(TYPES, pfn_bits=TYPES.pfn_bits - 1)),
    ),
    mutant(
        "migration-is-shut",
        "present counts pages on their way",
        helpers(
            present=lambda was, own, entry: either(
                was,
                both(has_none(entry, VALID), own.is_migration_entry(own.pte_to_swp_entry(entry))),
            )
        ),
    ),
)

SPECULATION = (
    mutant(
        "hint-names-no-memory",
        "a hint holds the address of its page",
        helpers(mknuma=lambda was: clear(was, ASIDE)),
    ),
    mutant(
        "none-names-no-memory",
        "an entry of a VMA without rights holds the address of its page",
        helpers(vm_get_page_prot=lambda was: clear(was, ASIDE)),
    ),
    mutant(
        "swap-names-no-memory",
        "swap entries are stored with offset and address as they are",
        helpers(swp_entry_to_entry=lambda swp: swp, to_swp_entry=lambda entry: entry),
    ),
)

FLUSH = (
    mutant(
        "lost-rights-owe-a-flush",
        "needs_flush overlooks a page that may no longer be executed",
        helpers(needs_flush=lambda again, old, new: again(put(old, EXEC), put(new, EXEC))),
    ),
    mutant(
        "forgotten-stores-owe-a-flush",
        "needs_flush overlooks DIRTY",
        helpers(needs_flush=lambda again, old, new: again(put(old, DIRTY), put(new, DIRTY))),
    ),
    mutant(
        "arming-owes-a-flush",
        "needs_flush spares what becomes a hint",
        helpers(needs_flush=lambda was, new: both(was, negate(hinted(new)))),
    ),
    mutant(
        "same-entry-owes-no-flush",
        "needs_flush says so of every valid entry",
        helpers(needs_flush=lambda old: has_all(old, VALID)),
    ),
    mutant(
        "mkyoung-owes-no-flush",
        "needs_flush watches ACCESSED",
        helpers(
            needs_flush=lambda was, old, new: either(
                was, both(has_all(old, VALID), has_any(xor(old, new), ACCESSED))
            )
        ),
    ),
    mutant(
        "disarming-owes-no-flush",
        "needs_flush counts what is gone of CLOSED",
        helpers(
            needs_flush=lambda was, old, new: either(
                was, both(has_all(old, CLOSED), has_none(new, CLOSED))
            )
        ),
    ),
    mutant(
        "open-is-accessible",
        "accessible denies special mappings",
        helpers(accessible=lambda was, entry: both(was, has_none(entry, SPECIAL))),
    ),
    mutant(
        "hint-stays-while-pending",
        "accessible does not ask for pending flushes",
        helpers(accessible=lambda entry: has_all(entry, VALID)),
    ),
    mutant(
        "none-stays-while-pending",
        "accessible asks for VALID, or for a closed page that was used",
        helpers(
            accessible=lambda entry, flush_pending: either(
                has_all(entry, VALID), both(has_all(entry, ACCESSED | CLOSED), flush_pending)
            )
        ),
    ),
    mutant(
        "absent-is-not-accessible",
        "accessible counts everything while a flush is pending",
        helpers(
            accessible=lambda entry, flush_pending: either(has_all(entry, VALID), flush_pending)
        ),
    ),
    mutant(
        "old-needs-no-access",
        "accessible asks for ACCESSED, as if only used pages were in a TLB",
        helpers(
            accessible=lambda was, entry: both(was, either(has_all(entry, ACCESSED), hinted(entry)))
        ),
    ),
)

OF_SWAP = (*SWAPPED, *_of_marks(), *MIGRATION, *SPECULATION, *FLUSH)
