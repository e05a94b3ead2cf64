"""Bugs of x86-64 kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve
from mutants import helpers
from mutants_history import Bug

from archcore.layout import Bit
from archcore.words import Mask, add_bits, bits, has_all, where, xor
from archcore_x86 import eras, swap_layout
from archcore_x86.targets import target

if TYPE_CHECKING:
    from mutants import Change

    from archcore.layout import EntryLayout
    from archcore.target import Target
    from archcore_x86.era import Era


def era(whole: Era, **fields: object) -> Change:
    """Return the change to an era with other rules."""
    return lambda *_: target(evolve(whole, **fields))


def with_soft_dirty_at(place: int, layout: EntryLayout) -> EntryLayout:
    """Return a swap layout with that one field elsewhere, and without what forbids the place."""
    kept = (one for one in layout.fields if one.name not in ("SOFT_DIRTY", "PSE"))
    return evolve(layout, fields=(*kept, Bit("SOFT_DIRTY", place)))


def paravirtual(whole: Target, level: str) -> Target:
    """Return the target as a guest of Xen: a PRESENT entry holds the frame of the machine."""
    layout = whole.geometry.level(level).layout
    other = Mask(1 << layout["PFN"].shift)

    def translated(was: object, pgprot: object) -> object:
        return where(has_all(pgprot, layout["PRESENT"]), xor(was, other), was)

    return helpers(
        pfn_entry=translated,
        pfn=lambda entry: bits(translated(entry, entry), layout["PFN"]),
    )(whole, level)


def raw_advance(whole: Target, level: str) -> Target:
    """Return the target with a frame that is moved on as it is stored."""
    frame = whole.geometry.level(level).layout["PFN"]
    return helpers(advance_pfn=lambda entry, nr: add_bits(entry, frame, nr))(whole, level)


BUGS = (
    Bug(
        "B02",
        "b191f9b106ea",
        "arming remembers no write permission",
        "x86-v4.0",
        ("hint-keeps-write",),
        helpers(mknuma=lambda own, entry: own.modify(entry, own.page_none())),
    ),
    Bug(
        "B02",
        "b191f9b106ea",
        "disarming rebuilds the entry from the protection of the VMA",
        "x86-2012-10",
        ("hint-keeps-write",),
    ),
    Bug(
        "B04",
        "20841405940e",
        "pte_accessible knows nothing of pending flushes",
        "x86-v3.8",
        ("hint-stays-while-pending", "none-stays-while-pending"),
    ),
    Bug(
        "B07",
        "5a6dac3ec5f5",
        "an entry is empty while it is closed for a moment",
        "x86-v6.1",
        ("invalid-is-not-none",),
        helpers(mkinvalid=lambda: 0),
        "pmd",
    ),
    Bug(
        "B16",
        "67f87463d3a3",
        "what a split closed for a moment is still a hint",
        "x86-v3.8",
        ("invalid-hint-is-no-hint",),
        level="pmd",
    ),
    Bug(
        "B17",
        "1667918b",
        "the bit of the hint survives mprotect",
        "x86-v3.16",
        ("mprotect-forgets-the-hint",),
    ),
    Bug(
        "B21",
        "9d85d5863fa4",
        "arming makes a dirty page writable, as mprotect may",
        "x86-v4.0",
        ("hint-grants-no-write",),
        helpers(
            mknuma=lambda was, own, vma, entry: where(own.dirty(entry), own.mkwrite(was, vma), was)
        ),
    ),
    Bug(
        "B30",
        "a9c8e4beeeb6, 29c7787075c9",
        "a guest's frame is translated where PRESENT is set, and arming clears PRESENT by itself",
        "x86-v3.8",
        ("hint-keeps-frame",),
        paravirtual,
    ),
    Bug(
        "B31",
        "b38af4721f59",
        "the bit of the hint is that of SPECIAL",
        "x86-v3.16",
        ("hint-keeps-special", "modify-keeps-special"),
    ),
    Bug(
        "B31",
        "c46a7c817e66",
        "the offset of a swap entry begins at the bit of the hint",
        "x86-v3.16",
        ("swap-is-no-hint",),
        era(eras.V316, swap=swap_layout.V40),
    ),
    Bug(
        "B32",
        "eee4818baac0",
        "soft-dirty of a swap entry is bit 7, which makes huge pages",
        "x86-v4.18",
        ("swap-soft-dirty-spares-the-rest",),
        era(eras.V418, swap=with_soft_dirty_at(7, eras.V418.swap)),
        "pmd",
    ),
    Bug(
        "B32",
        "00839ee3b299",
        "the area of a swap entry stands where a processor sets ACCESSED",
        "x86-v4.8",
        ("swap-survives-stray-flags",),
        era(eras.V48, swap=swap_layout.V40),
    ),
    Bug(
        "B34",
        "6b28baca9b1f",
        "an entry that is not PRESENT holds the address of its page",
        "x86-v4.8",
        ("hint-names-no-memory", "none-names-no-memory", "swap-names-no-memory"),
    ),
    Bug(
        "B34",
        "pte_advance_pfn (syzbot, September 2023)",
        "a frame that is stored inverted is moved on as if it were not",
        "x86-v6.1",
        ("hint-advances",),
        raw_advance,
    ),
    Bug(
        "B39",
        "4628a64591e6",
        "pte_modify drops DEVMAP",
        "x86-v4.18",
        ("modify-keeps-devmap", "hint-keeps-devmap"),
    ),
    Bug(
        "B40",
        "a8f97366452e",
        "who uses a huge page marks it written",
        "x86-v6.1",
        ("mkyoung-spares-the-rest",),
        helpers(mkyoung=lambda was, own: own.mkdirty(was)),
        "pmd",
    ),
    Bug(
        "B42",
        "38e088546522",
        "an entry without rights is a hint whatever the VMA",
        "x86-v6.1",
        ("genuine-none-is-no-hint",),
        helpers(numa=lambda own, entry: own.protnone(entry)),
    ),
    Bug(
        "B45",
        "51d3d5eb74ff",
        "disarming grants what the VMA allows, to a page that userfaultfd protects, too",
        "x86-v6.12",
        ("hint-grants-no-write",),
        helpers(mknonnuma=lambda was, own, vma: own.mkwrite(was, vma) if vma.writable else was),
    ),
    Bug(
        "2026",
        "f7491d7c81db",
        "pmd_modify drops DIRTY before it is saved",
        "x86-v6.6",
        ("hint-keeps-dirty", "modify-keeps-dirty"),
        level="pmd",
    ),
)
