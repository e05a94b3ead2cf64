"""Words to try where nothing is proved: entries as kernels make them, words near those, and any.

The same law, target and level always get the same words.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from archcore.conformance.calls import Kind
from archcore.conformance.made import choices, made
from archcore.conformance.parameters import WORDS
from archcore.words.mask import full

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.conformance.calls import Call
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject

FLIPS = 3
COUNTS = 16


def chance(law: str, on: Subject) -> Random:
    """Return the source of chance for a law about a target at a level."""
    return Random(f"{law} {on.target.id} {on.name}")  # noqa: S311 - reproducible, not secret


def entry(on: Subject, vma: Mapping, by: Random, *, frame: int | None = None) -> int:
    """Return the entry of a page in an accessible VMA, with marks by chance but for uffd-wp.

    What userfaultfd write-protects waits for a user, and so makes no progress by itself.
    """
    marks = by.getrandbits(on.width) & ~choices(on.width)["uffd-wp"].value
    pfn = WORDS["frame"](on, by.getrandbits(on.width)) if frame is None else frame
    return int(made(on, vma, pfn, marks))


def words(on: Subject, by: Random, count: int) -> list[int]:
    """Return words: none, all ones, some near the entries of pages, some near protections, any."""
    kinds = (_near_page, _near_protection, _near_swap, _any)
    found = [0, full(on.width)]
    found += [kinds[at % len(kinds)](on, by) for at in range(count - len(found))]
    return found[:count]


def rows(call: Call, on: Subject, by: Random, count: int) -> Iterator[tuple[Any, ...]]:
    """Yield sets of arguments for a call; what is no word is the same in all of them."""
    rest = {
        Kind.TRUTH: by.random() < 1 / 2,
        Kind.NUMBER: by.randrange(COUNTS),
        Kind.VMA: by.choice(on.mappings),
        Kind.LEVEL: by.choice([one.name for one in on.target.geometry.levels[1:]] or [on.name]),
    }
    columns = [words(on, by, count) for _ in range(call.words)]
    for column in columns[1:]:
        by.shuffle(column)
    for row in range(count):
        given = iter(columns)
        yield tuple(
            next(given)[row] if kind is Kind.WORD else rest[kind] for kind in call.arguments
        )


def _any(on: Subject, by: Random) -> int:
    return by.getrandbits(on.width)


def _near_page(on: Subject, by: Random) -> int:
    """Return the entry of a page with a few bits flipped, where the level has pages."""
    prot = int(by.choice(on.mappings).vm_page_prot)
    frame = WORDS["frame"](on, by.getrandbits(on.width))
    fresh = on.own.pfn_entry(frame, prot) if on.offers("pfn_entry") else prot
    return _flipped(on, by, fresh)


def _near_protection(on: Subject, by: Random) -> int:
    return _flipped(on, by, by.choice(on.mappings).vm_page_prot)


def _near_swap(on: Subject, by: Random) -> int:
    kind = by.getrandbits(on.target.swap["TYPE"].span)
    offset = by.getrandbits(on.target.swap["OFFSET"].span)
    value = on.hooks.arch_swp_entry(kind, offset)
    stored = on.own.swp_entry_to_entry(value) if on.offers("swp_entry_to_entry") else value
    return _flipped(on, by, stored)


def _flipped(on: Subject, by: Random, word: int) -> int:
    for _ in range(by.randrange(FLIPS + 1)):
        word ^= 1 << by.randrange(on.width)
    return int(word)
