"""What a law may ask for, by the names of its arguments: words it holds for, and cases to try.

A word stands for every word of its kind at once. A case is one of a few; a law must hold in each.
"""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.conformance.made import made
from archcore.hw.mmu import Access
from archcore.words import Mask, clear
from archcore.words.mask import full

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as MappingOf

    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Word

STEPS = (1, 2, 7)


# -- words ----------------------------------------------------------------------------------------


def _entry(_on: Subject, word: Word) -> Word:
    return word


def _within(on: Subject, word: Word, low: int, high: int) -> Word:
    """Return the word with only the bits from ``low`` up to, not including, ``high``."""
    return clear(word, ~Mask(full(high) & ~full(low), on.width))


def _frame(on: Subject, word: Word) -> Word:
    geometry = on.target.geometry
    low, high = on.level.shift - geometry.page_shift, geometry.pa_bits - geometry.page_shift
    return _within(on, word, low, high)


def _low_frame(on: Subject, word: Word) -> Word:
    geometry = on.target.geometry
    low, high = on.level.shift - geometry.page_shift, geometry.pa_bits - geometry.page_shift
    return _within(on, word, low, high - 1)


def _table(on: Subject, word: Word) -> Word:
    geometry = on.target.geometry
    return _within(on, word, geometry.page_shift, min(geometry.pa_bits, on.width))


def _low_offset(on: Subject, word: Word) -> Word:
    """Return an offset of pages that a swap area of half of memory's size would have."""
    high = on.target.geometry.pa_bits - 1 - on.target.swap["OFFSET"].shift
    return _within(on, word, 0, high)


def _swap(name: str, on: Subject, word: Word) -> Word:
    return _within(on, word, 0, on.target.swap[name].span)


WORDS: dict[str, Callable[[Subject, Word], Word]] = {
    "entry": _entry,
    "other": _entry,
    "frame": _frame,
    "other_frame": _frame,
    "low_frame": _low_frame,
    "marks": _entry,
    "other_marks": _entry,
    "table": _table,
    "type": partial(_swap, "TYPE"),
    "offset": partial(_swap, "OFFSET"),
    "low_offset": _low_offset,
}
"""Words by name: any word, a frame that fits the level, one in the lower half of memory, ..."""


# -- cases ----------------------------------------------------------------------------------------


def _accessible(on: Subject) -> tuple[Mapping, ...]:
    return tuple(one for one in on.mappings if one.accessible)


def _closed(on: Subject) -> tuple[Mapping, ...]:
    return tuple(one for one in on.mappings if not one.accessible)


CASES: dict[str, Callable[[Subject], tuple[Any, ...]]] = {
    "vma": _accessible,
    "none": _closed,
    "mapping": lambda on: on.mappings,
    "kind": lambda on: on.kinds,
    "access": lambda _: tuple(Access),
    "pending": lambda _: (False, True),
    "step": lambda _: STEPS,
}
"""Cases by name: a VMA with rights, one without, either, every kind; an access; a flush pending."""


# -- made of both ---------------------------------------------------------------------------------


@frozen
class Derived:
    """A value made of words and cases; the law gets it, and its words count as the law's."""

    words: tuple[str, ...]
    cases: tuple[str, ...]
    value: Callable[..., Any]


DERIVED: dict[str, Derived] = {
    "made": Derived(("frame", "marks"), ("vma",), made),
    "low_made": Derived(("low_frame", "marks"), ("vma",), made),
    "other_made": Derived(("other_frame", "other_marks"), ("vma",), made),
}
"""Entries as kernel and hardware make them in the law's VMA."""


def words_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the free words behind the arguments of a law, in order, each once."""
    found: dict[str, None] = {}
    for name in names:
        for word in DERIVED[name].words if name in DERIVED else (name,):
            if word in WORDS:
                found[word] = None
    return tuple(found)


def cases_of(on: Subject, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield each combination of the cases behind the arguments of a law."""
    wanted: dict[str, None] = {}
    for name in names:
        for case in DERIVED[name].cases if name in DERIVED else (name,):
            if case in CASES:
                wanted[case] = None
    for combination in product(*(CASES[name](on) for name in wanted)):
        yield dict(zip(wanted, combination, strict=True))


def values(
    on: Subject,
    names: tuple[str, ...],
    case: MappingOf[str, Any],
    words: MappingOf[str, Word],
    known: dict[object, Word] | None = None,
) -> tuple[Any, ...]:
    """Return the arguments of a law in a case, from raw words of any number system.

    ``known`` keeps what was made of the same words before.
    """
    shaped = {name: WORDS[name](on, word) for name, word in words.items() if name in WORDS}
    return tuple(_value(on, name, case, shaped, {} if known is None else known) for name in names)


def _value(
    on: Subject,
    name: str,
    case: MappingOf[str, Any],
    shaped: MappingOf[str, Word],
    known: dict[object, Word],
) -> Any:  # noqa: ANN401 - a word or a case
    if name not in DERIVED:
        return case[name] if name in CASES else shaped[name]
    one = DERIVED[name]
    cases = tuple(case[needed] for needed in one.cases)
    if (name, cases) not in known:
        known[name, cases] = one.value(on, *cases, *(shaped[word] for word in one.words))
    return known[name, cases]
