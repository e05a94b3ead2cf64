"""What one word means to several targets: those that read it alike stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.binding import bind
from archcore.decode import decode
from archcore.specimens import vma_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcore.binding import Hooks
    from archcore.decode import Decoded
    from archcore.hookspecs import Vma
    from archcore.target import Target
    from archcore.vmflags import VmFlags


@frozen
class Reader:
    """A target ready to read words, in a VMA if that is known."""

    target: Target
    hooks: Hooks
    vma: Vma | None = None

    def read(self, word: int, level: str) -> Decoded:
        """Take a word of a level apart."""
        return decode(self.target, self.hooks, word, level, self.vma)


@frozen
class Meaning:
    """What a word is to some targets; ``decoded`` is how the first of them reads it."""

    readers: tuple[Reader, ...]
    decoded: Decoded


def family(target: Target, targets: Iterable[Target]) -> tuple[Target, ...]:
    """Return the target, then all others of its architecture and entry width."""
    others = (
        one
        for one in targets
        if one.arch == target.arch and one.geometry.width == target.geometry.width
    )
    return (target, *(one for one in others if one.id != target.id))


def readers(
    targets: Iterable[Target], level: str, vm_flags: VmFlags | None = None
) -> tuple[Reader, ...]:
    """Return a reader for each target that has the level, in a VMA of these flags."""
    return tuple(
        _reader(target, vm_flags)
        for target in targets
        if any(place.name == level for place in target.geometry.levels)
    )


def _reader(target: Target, vm_flags: VmFlags | None) -> Reader:
    hooks = bind(target)
    return Reader(target, hooks, None if vm_flags is None else vma_view(hooks, vm_flags))


def meanings(those: Iterable[Reader], word: int, level: str) -> tuple[Meaning, ...]:
    """Return what a word means, in the order in which the meanings are met.

    Two readings are alike when state, frame, swap entry, protection key, flags and hardware's
    answers are.
    """
    found: dict[object, list[Reader]] = {}
    firsts: dict[object, Decoded] = {}
    for reader in those:
        seen = reader.read(word, level)
        alike = _alike(seen)
        found.setdefault(alike, []).append(reader)
        firsts.setdefault(alike, seen)
    return tuple(Meaning(tuple(alike), firsts[key]) for key, alike in found.items())


def _alike(seen: Decoded) -> object:
    entry = seen.state, seen.kind, seen.swap, seen.pfn, seen.address, seen.hugetlb
    key = seen.pkey[1] if seen.pkey is not None else 0
    return *entry, key, frozenset(seen.flags), tuple(seen.hardware.values())
