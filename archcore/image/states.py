"""The state of every entry of many tables at once.

The rule is archcore.decode's. What hardware opens to user mode is mapped, which arrays tell; of
what is closed or not present, one word of each pattern is decoded. A pattern leaves out what no
state depends on: the frame of a present entry, and all but the type of a swap entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen

from archcore.decode import State, decode
from archcore.entry import LevelHooks, hook_name
from archcore.hw.mmu import Access
from archcore.image.batch import CODE, Batch
from archcore.image.maps import NOWHERE
from archcore.image.masks import Masks
from archcore.image.patterns import Patterns
from archcore.image.truths import truths
from archcore.specimens import vma_view
from archcore.vmflags import VmFlags
from archcore.words.arrays import DTYPES

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.image.maps import Vmas
    from archcore.image.memory import Addresses
    from archcore.layout import Level
    from archcore.target import Target
    from archcore.words.arrays import Truths, Words


@frozen(eq=False)
class Seen:
    """What hardware makes of entries: usable, pointing to a table, refused as malformed."""

    valid: Truths
    table: Truths
    refused: Truths

    def take(self, rows: Truths) -> Seen:
        """Return some of the rows."""
        return Seen(self.valid[rows], self.table[rows], self.refused[rows])


@frozen(eq=False)
class LeafReader:
    """What the entries of one level are that point to no table; ``at`` is the level's number."""

    target: Target
    hooks: Hooks
    level: Level
    at: int
    vmas: Vmas | None
    _own: LevelHooks = field(init=False, repr=False)
    _frame: Any = field(init=False, repr=False)
    _known: dict[tuple[str, int], Patterns] = field(init=False, factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        """Find out which bits hold the frame."""
        object.__setattr__(self, "_own", LevelHooks(self.hooks, self.level.name))
        masks = Masks(self.target, self.hooks, self.level)
        object.__setattr__(self, "_frame", DTYPES[self.target.geometry.width].type(masks.frame))

    def look(self, words: Words) -> Seen:
        """Return what hardware makes of the words; at the lowest level nothing may be a table."""
        form, count = self.target.mmu.format, len(words)
        valid = truths(form.valid(self.level, words), count)
        refused = truths(form.reserved(self.level, words), count)
        table = ~truths(form.leaf(self.level, words), count)
        if self.at == 0:
            return Seen(valid, np.zeros(count, np.bool_), valid & (refused | table))
        return Seen(valid, valid & table, valid & refused)

    def read(self, va: Addresses, words: Words, seen: Seen) -> Batch:
        """Return the entries that are not empty, with state and frame; none may be a table."""
        if not self._has("present"):
            return self._by_hardware(va, words, seen.valid)
        kept = ~truths(self._own.none(words), len(words))
        if not kept.all():
            va, words, seen = va[kept], words[kept], seen.take(kept)
        present = truths(self._own.present(words), len(words))
        framed, pfn = self._frames(words, present, seen.valid)
        states = np.full(len(words), CODE[State.MAPPED], np.uint8)
        usual = self._open(words, seen)
        if not usual.all():
            closed = np.flatnonzero(present & ~usual)
            if len(closed):
                states[closed] = self._closed(va[closed], words[closed])
        if not present.all():
            away, framed = np.flatnonzero(~present), framed.copy()
            states[away], framed[away], pfn[away] = self._away(words[away])
        return self._batch(va, words, states, framed, pfn)

    def _frames(self, words: Words, present: Truths, valid: Truths) -> tuple[Truths, Words]:
        """Return which present entries name a frame, and the frames; one closed may be a table."""
        pfn = self._own.pfn(words)
        if self.at == 0 or valid.all() or not self._has("leaf"):
            return present, pfn
        named = valid | truths(self._own.leaf(words), len(words))
        return present & named, np.where(named, pfn, pfn ^ pfn)

    def _has(self, helper: str) -> bool:
        return self.hooks.has(hook_name(helper, self.level.name))

    def _by_hardware(self, va: Addresses, words: Words, valid: Truths) -> Batch:
        """Read a level that the target has no helpers for."""
        states = np.where(valid, CODE[State.MAPPED], CODE[State.OTHER])
        address = self.target.mmu.format.address(self.level, words)
        shift = self.level.shift - self.target.geometry.page_shift
        pfn = np.where(valid, address >> self.level.shift << shift, address ^ address)
        return self._batch(va, words, states, valid, pfn)

    def _batch(self, va: Addresses, words: Words, states: Any, framed: Truths, pfn: Words) -> Batch:  # noqa: ANN401 - numpy's array of codes
        level = np.full(len(words), self.at, np.uint8)
        return Batch(va, level, states, framed, pfn.astype(np.uint64, copy=False), words)

    def _open(self, words: Words, seen: Seen) -> Truths:
        """Say which entries let user mode do anything."""
        form, count = self.target.mmu.format, len(words)
        sound = seen.valid & ~seen.refused
        if not self.target.mmu.sets_accessed:
            sound = sound & truths(form.accessed(words), count)
        granted = ~sound
        for access in Access:
            if granted.all():
                break
            granted |= truths(form.allows(self.level, words, access), count)
        return sound & granted

    def _closed(self, va: Addresses, words: Words) -> Any:  # noqa: ANN401 - numpy's array of codes
        """Return the states of present entries that user mode cannot use."""
        keys = words & ~self._frame
        if self.vmas is None:
            return self._patterns("closed", NOWHERE)(keys, words)
        flags = self.vmas.flags_at(va)
        if (flags == flags[0]).all():
            return self._patterns("closed", int(flags[0]))(keys, words)
        states = np.empty(len(words), np.uint8)
        for one in set(flags.tolist()):
            rows = flags == one
            states[rows] = self._patterns("closed", one)(keys[rows], words[rows])
        return states

    def _away(self, words: Words) -> tuple[Any, Truths, Words]:
        """Return states and frames of entries that stand for a page elsewhere, or for none."""
        nothing = words ^ words
        ask = self._patterns("away", NOWHERE)
        if not self._has("to_swp_entry"):
            return ask(nothing, words), nothing != 0, nothing
        stored, own = self._own.to_swp_entry(words), self._own
        types = self.hooks.arch_swp_type(stored)
        states = ask(types, words)
        if self.target.swap_types is None:
            return states, nothing != 0, nothing
        value = own.swp_entry(types, self.hooks.arch_swp_offset(stored))
        framed = truths(own.is_pfn_swap_entry(value), len(words))
        return states, framed, np.where(framed, own.swp_offset_pfn(value), nothing)

    def _patterns(self, kind: str, flags: int) -> Patterns:
        known = self._known.get((kind, flags))
        if known is None:
            vma = None if flags == NOWHERE else vma_view(self.hooks, VmFlags(flags))

            def ask(word: int) -> int:
                seen = decode(self.target, self.hooks, word, self.level.name, vma)
                return int(CODE[seen.state])

            known = self._known[kind, flags] = Patterns(ask)
        return known
