"""What arming does to each bit of a live entry, and what disarming leaves: derived, never typed.

The helpers run once on a traced word (``archcore.words.lineage``) whose known bits are those that
every live entry of a private, readable and writable VMA has.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import LevelHooks
from archcore.errors import PluginError
from archcore.specimens import live_entries, vma_view
from archcore.vmflags import VM_READ, VM_WRITE
from archcore.words.lineage import traced
from archcore.words.mask import Mask, full

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.layout import EntryLayout
    from archcore.target import Target
    from archcore.words.lineage import Traced


@frozen
class BitChanges:
    """What becomes of the bits of a live entry: five masks that together cover the word.

    ``usual`` are the bits that some live entry has set: clearing others rarely matters.
    """

    cleared: Mask
    set: Mask
    inverted: Mask
    computed: Mask
    kept: Mask
    usual: Mask

    def of(self, position: int) -> str:
        """Return the change of one bit as a word: cleared, set, inverted, computed or kept."""
        for verb in ("cleared", "set", "inverted", "computed"):
            if getattr(self, verb).value >> position & 1:
                return verb
        return "kept"


@frozen
class Arming:
    """The changes by arming, and by arming and disarming again; ``valid`` is hardware's view."""

    armed: BitChanges
    restored: BitChanges
    valid: bool


def arming(target: Target, hooks: Hooks, level: str = "pte") -> Arming:
    """Return what arming does at a level; raises PluginError if the helpers cannot be traced."""
    own, vma = LevelHooks(hooks, level), vma_view(hooks, VM_READ | VM_WRITE)
    place, width = target.geometry.level(level), target.geometry.width
    try:
        everywhere = full(target.geometry.pa_bits - target.geometry.page_shift)
        words = [*live_entries(hooks, vma, level, 0), *live_entries(hooks, vma, level, everywhere)]
        always, ever = Mask(reduce(and_, words), width), Mask(reduce(or_, words), width)
        armed = own.mknuma(vma, traced(width, ones=always))
        restored = own.mknonnuma(vma, armed)
        valid = bool(target.mmu.format.valid(place, own.mknuma(vma, words[0])))
    except Exception as error:
        msg = f"{target.id}: arming at level {level} cannot be traced: {error}"
        raise PluginError(msg) from error
    return Arming(_changes(armed, always, ever), _changes(restored, always, ever), valid)


def _changes(after: Traced, always: Mask, ever: Mask) -> BitChanges:
    kept = after.copied | (after.ones & always)
    return BitChanges(
        cleared=after.zeros,
        set=after.ones - always,
        inverted=after.inverted,
        computed=after.computed,
        kept=kept,
        usual=ever,
    )


def summary(layout: EntryLayout, changes: BitChanges, *, valid: bool) -> str:
    """Return the changes in the names of the layout; ``valid`` says what armed entries are."""
    parts = (
        ("clears", changes.cleared & changes.usual, True),
        ("sets", changes.set, valid),
        ("inverts", changes.inverted, valid),
        ("computes", changes.computed, valid),
    )
    said = [
        f"{verb} {' '.join(names(layout, mask, valid=now))}" for verb, mask, now in parts if mask
    ]
    return "; ".join(said) or "changes nothing"


def names(layout: EntryLayout, mask: Mask, *, valid: bool) -> tuple[str, ...]:
    """Return the fields a mask touches, lowest first; ``bit N`` where none has a name."""
    touched = {one.low: one for one, _ in layout.named(0, valid=valid) if one.value & mask.value}
    named = reduce(or_, (one.value for one in touched.values()), 0)
    bare = {at: f"bit {at}" for at in mask.positions if not named >> at & 1}
    found = {**{low: one.name for low, one in touched.items()}, **bare}
    return tuple(found[at] for at in sorted(found))
