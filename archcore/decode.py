"""What an entry is: its state to the kernel, its frame and flags, and what hardware does with it.

Everything is asked of the target: its helpers for the kernel's view, its entry format for the
hardware's. The two may differ, and that they do is what a hint lives on.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from archcore.entry import LevelHooks, hook_name
from archcore.hookspecs import LEVELS
from archcore.hw.mmu import Access
from archcore.predicates import of_present, of_swap, protection_key, set_bits
from archcore.specimens import none_entries, vma_kinds
from archcore.swapkinds import MIGRATION, SwapKind, swap_entry
from archcore.vmflags import VM_READ

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.hookspecs import Vma
    from archcore.layout import EntryLayout, Level
    from archcore.target import Target


class State(StrEnum):
    """What an entry is; ``INACCESSIBLE`` is a hint or a genuine none, which only the VMA tells."""

    NONE = "none"
    MAPPED = "mapped"
    HINT = "hint"
    GENUINE_NONE = "genuine-none"
    INACCESSIBLE = "inaccessible"
    TABLE = "table"
    SWAP = "swap"
    MIGRATION = "migration"
    INVALID = "invalid"
    OTHER = "other"


CLOSED = (State.HINT, State.GENUINE_NONE, State.INACCESSIBLE)


class Answer(StrEnum):
    """What hardware does with a user-mode reference that reaches an entry, and why it faults."""

    ALLOWS = "allows"
    NOT_VALID = "not valid"
    RESERVED = "a reserved bit is set"
    NO_RIGHT = "no permission"
    NOT_ACCESSED = "the accessed flag is clear"

    @property
    def verdict(self) -> str:
        """``allows`` or ``faults``."""
        return self.value if self is Answer.ALLOWS else "faults"


@frozen
class Decoded:
    """A word taken apart.

    ``address`` is physical: of the page, or of the table that a table entry points to (a hint in
    eras that hinted whole tables, too). ``flags`` are kernel predicates in lower case, then the
    single bits of the layout that are set, under the layout's names; ``savedwrite`` among them says
    that disarming would give write permission back. ``hardware`` answers for each kind of user-mode
    access. ``layout`` names the bits of such an entry (None where no layout does); ``valid`` says
    whether hardware uses them. ``swap`` is type and offset of a swap entry, ``kind`` what it stands
    for. ``pkey`` is a present entry's protection key: the field and the number. ``hugetlb``: only
    hugetlbfs stores a frame like that.
    """

    word: int
    level: str
    state: State
    hardware: dict[str, Answer]
    valid: bool
    layout: EntryLayout | None = None
    pfn: int | None = None
    address: int | None = None
    swap: tuple[int, int] | None = None
    kind: SwapKind | None = None
    pkey: tuple[str, int] | None = None
    hugetlb: bool = False
    flags: tuple[str, ...] = ()


def decode(
    target: Target, hooks: Hooks, word: int, level: str = "pte", vma: Vma | None = None
) -> Decoded:
    """Take a word of a level apart; with the VMA it stands in a hint is told from a genuine none.

    ``hooks`` are the target's, bound. Raises LayoutError for a level the geometry lacks.
    """
    place = target.geometry.level(level)
    seen = Decoded(
        word,
        level,
        State.OTHER,
        {access.value: answer_of(target, place, word, access) for access in Access},
        valid=bool(target.mmu.format.valid(place, word)),
    )
    if not hooks.has(hook_name("present", level)):
        return _by_hardware(target, hooks, place, seen)
    own = LevelHooks(hooks, level)
    if own.none(word):
        return _empty(place, seen)
    upper = place.shift > target.geometry.page_shift
    if upper and seen.valid and not target.mmu.format.leaf(place, word):
        return _by_hardware(target, hooks, place, seen)
    if not own.present(word):
        return _not_present(target, hooks, seen)
    flags = (*of_present(hooks, level, word), *set_bits(place.layout, word, valid=seen.valid))
    seen = evolve(
        seen,
        state=_present(target, hooks, seen, vma),
        layout=place.layout,
        pkey=protection_key(place.layout, word, valid=seen.valid),
        hugetlb=upper and not seen.valid and _of_hugetlb(target, hooks, place, word),
        flags=flags,
    )
    if upper and not seen.valid and hooks.has(hook_name("leaf", level)) and not own.leaf(word):
        return evolve(seen, address=hooks.pxd_page_paddr(level, word))
    pfn = own.pfn(word)
    return evolve(seen, pfn=pfn, address=pfn << target.geometry.page_shift)


def answer_of(target: Target, level: Level, word: int, access: Access) -> Answer:
    """Return what hardware does when a user-mode access reaches the entry; a table lets it on."""
    mmu = target.mmu
    if not mmu.format.valid(level, word):
        return Answer.NOT_VALID
    if mmu.format.reserved(level, word):
        return Answer.RESERVED
    if not mmu.format.allows(level, word, access):
        return Answer.NO_RIGHT
    unused = mmu.format.leaf(level, word) and not mmu.format.accessed(word)
    return Answer.NOT_ACCESSED if unused and not mmu.sets_accessed else Answer.ALLOWS


def tells_hint_from_none(target: Target, hooks: Hooks, level: str = "pte") -> int | None:
    """Return a genuine none that ``pte_numa`` takes for a hint in some accessible VMA, if any.

    None means that the entry alone tells the two apart; a word is the counterexample. Found by
    trying what mprotect makes of every kind of live entry of a frame.
    """
    own = LevelHooks(hooks, level)
    accessible = [vma for vma in vma_kinds(hooks) if vma.accessible]
    frame = target.geometry.level(level).size >> target.geometry.page_shift
    for word in none_entries(hooks, level, frame):
        if any(own.numa(vma, word) for vma in accessible):
            return word
    return None


def _by_hardware(target: Target, hooks: Hooks, level: Level, seen: Decoded) -> Decoded:
    """Decode a table, or an entry of a level that the target has no helpers for."""
    if not seen.valid:
        return evolve(seen, state=State.NONE if seen.word == level.empty else State.OTHER)
    if not target.mmu.format.leaf(level, seen.word):
        address = hooks.pxd_page_paddr(level.name, seen.word)
        return evolve(seen, state=State.TABLE, address=address)
    address = target.mmu.format.address(level, seen.word)
    # a large page begins at a multiple of its size, whatever a malformed entry says
    address = address >> level.shift << level.shift
    pfn = address >> target.geometry.page_shift
    return evolve(seen, state=State.MAPPED, pfn=pfn, address=address)


def _empty(level: Level, seen: Decoded) -> Decoded:
    """Decode what the kernel takes for empty, which may have bits set that it overlooks."""
    if seen.word == level.empty:
        return evolve(seen, state=State.NONE)
    flags = tuple(set_bits(level.layout, seen.word, valid=seen.valid))
    return evolve(seen, state=State.NONE, layout=level.layout, flags=flags)


def _not_present(target: Target, hooks: Hooks, seen: Decoded) -> Decoded:
    if not hooks.has(hook_name("to_swp_entry", seen.level)):
        return seen
    entry = swap_entry(target.swap_types, hooks, seen.level, seen.word)
    kept = of_swap(hooks, seen.level, seen.word)
    flags = dict.fromkeys((*kept, *entry.marks, *set_bits(target.swap, seen.word, valid=False)))
    return evolve(
        seen,
        state=State.MIGRATION if entry.kind in MIGRATION else State.SWAP,
        layout=target.swap,
        pfn=entry.pfn,
        address=None if entry.pfn is None else entry.pfn << target.geometry.page_shift,
        swap=(entry.type, entry.offset),
        kind=entry.kind,
        flags=tuple(flags),
    )


def _present(target: Target, hooks: Hooks, seen: Decoded, vma: Vma | None) -> State:
    if Answer.ALLOWS in seen.hardware.values():
        return State.MAPPED
    kinds = vma_kinds(hooks) if vma is None else (vma,)
    states = {_closed(hooks, seen, kind) for kind in kinds}
    if len(states) > 1:
        return State.INACCESSIBLE if State.HINT in states else State.GENUINE_NONE
    state = states.pop()
    if state is not State.OTHER:
        return state
    if seen.valid:
        return _valid_but_closed(target, hooks, seen, vma)
    if _waits_for_use(target, hooks, seen):
        return State.MAPPED
    return State.OTHER if LevelHooks(hooks, seen.level).protnone(seen.word) else State.INVALID


def _waits_for_use(target: Target, hooks: Hooks, seen: Decoded) -> bool:
    """Say whether the kernel shuts hardware out to learn of the next use of an ordinary page."""
    own, level = LevelHooks(hooks, seen.level), target.geometry.level(seen.level)
    marks = all(hooks.has(hook_name(one, seen.level)) for one in ("young", "mkyoung"))
    if not marks or own.young(seen.word):
        return False
    used = own.mkyoung(seen.word)
    return any(answer_of(target, level, used, one) is Answer.ALLOWS for one in Access)


def _valid_but_closed(target: Target, hooks: Hooks, seen: Decoded, vma: Vma | None) -> State:
    """Tell a genuine none that hardware may walk from a page of the kernel."""
    rights = vma is not None and vma.accessible
    if rights or set(seen.hardware.values()) != {Answer.NO_RIGHT}:
        return State.MAPPED
    if vma is not None:
        return State.GENUINE_NONE
    return State.INACCESSIBLE if _none_of_huge_page(target, hooks, seen) else State.MAPPED


def _none_of_huge_page(target: Target, hooks: Hooks, seen: Decoded) -> bool:
    """Say whether it is a none made into an entry of a huge page, which can validate it."""
    make = hooks.helpers.get("arch_make_huge_pte")
    if make is None or not hooks.has(hook_name("mkhuge", LEVELS[0])):
        return False
    same = LevelHooks(hooks, seen.level).same
    nones = _nones(hooks, seen.level, seen.word)
    sizes = range(target.geometry.page_shift, target.geometry.va_bits)
    return any(same(make(none, size), seen.word) for none in nones for size in sizes)


def _closed(hooks: Hooks, seen: Decoded, vma: Vma) -> State:
    """Return what an entry that hardware refuses is in a VMA; OTHER is neither hint nor none."""
    own, word = LevelHooks(hooks, seen.level), seen.word
    numa = hooks.has(hook_name("numa", seen.level)) and own.numa(vma, word)
    if vma.accessible:
        return State.HINT if numa else State.OTHER
    by_mprotect = _made_by_mprotect(hooks, seen.level, word)
    if numa and "vma" not in hooks.needs(hook_name("numa", seen.level)) and not by_mprotect:
        return State.HINT
    return State.GENUINE_NONE if by_mprotect or own.protnone(word) else State.OTHER


def _made_by_mprotect(hooks: Hooks, level: str, word: int) -> bool:
    """Say whether taking all rights away leaves the word as it is."""
    same = LevelHooks(hooks, level).same
    return any(same(none, word) for none in _nones(hooks, level, word))


def _nones(hooks: Hooks, level: str, word: int) -> set[int]:
    """Return what mprotect makes of the word in a VMA without rights."""
    if not hooks.has(hook_name("modify", level)):
        return set()
    modify = LevelHooks(hooks, level).modify
    return {modify(word, vma.vm_page_prot) for vma in vma_kinds(hooks) if not vma.accessible}


def _of_hugetlb(target: Target, hooks: Hooks, level: Level, word: int) -> bool:
    """Say whether a closed entry of an upper level is one that the helpers of a PTE made.

    Opened again by those it is sound; opened by the helpers of its level it has reserved bits set.
    """
    if not all(hooks.has(hook_name(name, level.name)) for name in ("modify", "mkhuge")):
        return False
    rights = hooks.vm_get_page_prot(VM_READ)
    own, page = (LevelHooks(hooks, name) for name in (level.name, LEVELS[0]))
    reserved = target.mmu.format.reserved
    by_level, by_page = (own.mkhuge(one.modify(word, rights)) for one in (own, page))
    return bool(reserved(level, by_level) and not reserved(level, by_page))
