"""What an encoding of the hint costs and keeps: each property found by trying it, none typed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import fields, frozen

from archcore.binding import bind
from archcore.conformance.terms import alike
from archcore.decode import tells_hint_from_none
from archcore.entry import LevelHooks, hook_name
from archcore.hookspecs import LEVELS
from archcore.hw.mmu import Access
from archcore.report.arming import arming, summary
from archcore.specimens import live_entries, vma_view
from archcore.vmflags import VM_READ, VM_WRITE
from archcore.words import both, either, implies, negate, same

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archcore.binding import Hooks
    from archcore.layout import Level
    from archcore.report.arming import BitChanges
    from archcore.target import Target
    from archcore.words.mask import Mask
    from archcore.words.types import Truth

PARTS = 61
HUGE = LEVELS[1]


@frozen
class Finding:
    """Whether a property holds, over how many entries, and a word it fails on."""

    holds: bool
    tried: int
    counterexample: int | None = None


@frozen(kw_only=True)
class Properties:
    """The encoding of one target.

    ``changes`` is what arming does to the bits of a live entry. ``software_bits`` counts the bits
    it sets that neither the hardware reads nor a valid entry has a name for.
    ``swap_offset_bits`` is what a swap entry can still hold. ``huge`` are the findings about what
    is kept in entries of huge pages, by name, where the target hints any.
    """

    encoding: str
    changes: BitChanges
    needs_vma: bool
    tells_from_none: Finding
    gives_up_present: bool
    hides_frame: bool
    software_bits: int
    swap_offset_bits: int
    keeps_write: Finding
    keeps_dirty: Finding
    keeps_young: Finding
    keeps_frame: Finding
    hardware_faults: Finding
    huge: dict[str, Finding] | None = None

    def findings(self) -> dict[str, Finding]:
        """Return the findings by name."""
        named = {one.name: getattr(self, one.name) for one in fields(type(self))}
        return {name: value for name, value in named.items() if isinstance(value, Finding)}


def properties(target: Target) -> Properties:
    """Return the properties of a target's encoding: at the lowest level, and of huge pages."""
    hooks = bind(target)
    live = _live(target, hooks, LEVELS[0])
    hinted = hooks.pte_mknuma(vma_view(hooks, VM_READ | VM_WRITE), live)
    armed = arming(target, hooks)
    confused = tells_hint_from_none(target, hooks)
    return Properties(
        encoding=summary(target.geometry.levels[0].layout, armed.armed, valid=armed.valid),
        changes=armed.armed,
        needs_vma="vma" in hooks.needs("pte_numa"),
        tells_from_none=Finding(confused is None, len(live), confused),
        gives_up_present=not armed.valid,
        hides_frame=_hides_frame(target, live, hinted),
        software_bits=_software_bits(target, live, armed.armed.set),
        swap_offset_bits=_swap_offset_bits(target, hooks),
        huge=_kept(target, hooks, HUGE) if _hints_huge_pages(target, hooks) else None,
        **_kept(target, hooks, LEVELS[0]),
    )


def _live(target: Target, hooks: Hooks, level: str) -> NDArray[np.uint64]:
    vma, place = vma_view(hooks, VM_READ | VM_WRITE), target.geometry.level(level)
    pages = place.size // target.geometry.page_size
    frames = np.unique(_frames(target) // pages * pages)
    return np.concatenate(list(live_entries(hooks, vma, level, frames.astype(_word(target)))))


def _kept(target: Target, hooks: Hooks, level: str) -> dict[str, Finding]:
    """Return what is kept in entries of a level by arming, and by disarming again."""
    own, vma = LevelHooks(hooks, level), vma_view(hooks, VM_READ | VM_WRITE)
    live = _live(target, hooks, level)
    hinted = own.mknuma(vma, live)
    back = own.mknonnuma(vma, hinted)
    faults = _faults(target, target.geometry.level(level), hinted)
    return {
        "keeps_write": _finding(live, alike(own.write(live), own.write(back))),
        "keeps_dirty": _finding(live, alike(own.dirty(live), own.dirty(back))),
        "keeps_young": _finding(live, implies(own.young(live), own.young(back))),
        "keeps_frame": _finding(live, same(own.pfn(live), own.pfn(hinted))),
        "hardware_faults": _finding(live, faults),
    }


def _hints_huge_pages(target: Target, hooks: Hooks) -> bool:
    upper = [level for level in target.geometry.levels[1:] if level.name == HUGE and level.leaf]
    wanted = ("mknuma", "mknonnuma", "pfn_entry", "mkhuge")
    return bool(upper) and all(hooks.has(hook_name(one, HUGE)) for one in wanted)


def _word(target: Target) -> np.dtype[np.uint64]:
    return np.dtype(f"u{target.geometry.width // 8}")


def _frames(target: Target) -> NDArray[np.uint64]:
    """Return frame numbers: each single bit, the largest, and some spread between them."""
    bits = target.geometry.pa_bits - target.geometry.page_shift
    pfns = {1 << bit for bit in range(bits)} | {(1 << bits) - 1}
    pfns |= {(1 << bits) // PARTS * part for part in range(1, PARTS)}
    return np.array(sorted(pfns), _word(target))


def _finding(live: NDArray[np.uint64], held: Truth) -> Finding:
    results = np.broadcast_to(np.asarray(held, np.bool_), live.shape)
    failed = np.flatnonzero(~results)
    return Finding(not failed.size, live.size, int(live[failed[0]]) if failed.size else None)


def _hides_frame(target: Target, live: NDArray[np.uint64], hinted: NDArray[np.uint64]) -> bool:
    level, hardware = target.geometry.levels[0], target.mmu.format
    before, after = hardware.address(level, live), hardware.address(level, hinted)
    return not bool(np.any(same(before, after)))


def _software_bits(target: Target, live: NDArray[np.uint64], sets: Mask) -> int:
    level = target.geometry.levels[0]
    named = [one.value for one in level.layout.fields if one.when == "valid"]
    own = [at for at in sets.positions if not any(value >> at & 1 for value in named)]
    return sum(not _hardware_reads(target, live, at) for at in own)


def _hardware_reads(target: Target, live: NDArray[np.uint64], position: int) -> bool:
    flipped = live ^ live.dtype.type(1 << position)
    views = (_view(target, words) for words in (live, flipped))
    return any(bool(np.any(a != b)) for a, b in zip(*views, strict=True))


def _view(target: Target, words: NDArray[np.uint64]) -> list[NDArray[np.generic]]:
    level, hardware = target.geometry.levels[0], target.mmu.format
    answers = [
        hardware.valid(level, words),
        hardware.leaf(level, words),
        hardware.address(level, words),
        hardware.accessed(words),
        hardware.dirty(words),
        *(hardware.allows(level, words, access) for access in Access),
    ]
    return [np.broadcast_to(np.asarray(answer), words.shape) for answer in answers]


def _swap_offset_bits(target: Target, hooks: Hooks) -> int:
    everything = (1 << target.geometry.width) - 1
    stored = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(0, everything))
    offset: int = hooks.arch_swp_offset(hooks.arch_pte_to_swp_entry(stored))
    return offset.bit_count()


def _faults(target: Target, level: Level, words: NDArray[np.uint64]) -> Truth:
    hardware = target.mmu.format
    opened = [
        both(hardware.valid(level, words), hardware.allows(level, words, access))
        for access in Access
    ]
    return negate(either(opened[0], either(opened[1], opened[2])))
