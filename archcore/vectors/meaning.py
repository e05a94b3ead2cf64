"""What the numbers of a failure mean: entries decoded, protections and swap values taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.decode import decode
from archcore.layout import Bit
from archcore.vectors.signature import ENTRIES, PROTECTION, STORED_SWAP, SWAP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.binding import Hooks
    from archcore.layout import EntryLayout
    from archcore.target import Target


@frozen
class Meaning:
    """What one number is: the state and frame of an entry, type and offset of a swap value.

    ``flags`` are as in Decoded; what a kind of number does not have is None or empty.
    """

    state: str | None = None
    pfn: int | None = None
    swap: tuple[int, int] | None = None
    flags: tuple[str, ...] = ()


def meaning(target: Target, hooks: Hooks, letter: str, word: int) -> Meaning | None:
    """Return what a number of that letter means to a target; None for a plain number."""
    if letter in ENTRIES:
        return _of_entry(target, hooks, ENTRIES[letter], word)
    if letter == PROTECTION:
        lowest = target.geometry.levels[0]
        valid = bool(target.mmu.format.valid(lowest, word))
        return Meaning(flags=tuple(_set(lowest.layout, word, valid=valid)))
    if letter == STORED_SWAP:
        return Meaning(swap=(hooks.arch_swp_type(word), hooks.arch_swp_offset(word)))
    if letter == SWAP and target.swap_types is not None:
        own = hooks.helpers
        return Meaning(swap=(own["swp_type"](word), own["swp_offset"](word)))
    return None


def differing(target: Target, letter: str, expected: int, got: int) -> tuple[str, ...]:
    """Return the fields in which two words differ, and bits without a name; none for numbers."""
    name = ENTRIES.get(letter, ENTRIES["p"] if letter == PROTECTION else "")
    for level in target.geometry.levels:
        if level.name == name:
            valid = bool(target.mmu.format.valid(level, expected))
            return tuple(_apart(level.layout, expected ^ got, valid=valid))
    return ()


def _of_entry(target: Target, hooks: Hooks, level: str, word: int) -> Meaning | None:
    if level not in {one.name for one in target.geometry.levels}:
        return None
    seen = decode(target, hooks, word, level)
    return Meaning(seen.state.value, seen.pfn, seen.swap, seen.flags)


def _set(layout: EntryLayout, word: int, *, valid: bool) -> Iterator[str]:
    """Yield the names of the single bits that are set."""
    for one, value in layout.named(word, valid=valid):
        if value and isinstance(one, Bit):
            yield one.name


def _apart(layout: EntryLayout, word: int, *, valid: bool) -> Iterator[str]:
    left = word
    for one, value in layout.named(word, valid=valid):
        if value:
            left &= ~one.value
            yield one.name
    yield from (f"bit {at}" for at in range(layout.width) if left >> at & 1)
