"""What an entry is: its state to the kernel, its frame and flags, and what hardware does with it.

Everything is asked of the target: its helpers for the kernel's view, its entry format for the
hardware's. The two may differ, and that they do is what a hint lives on.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from archcore.entry import LevelHooks, hook_name
from archcore.hw.mmu import Access
from archcore.layout import Bit
from archcore.specimens import none_entries, vma_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

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
PREDICATES = ("write", "dirty", "young", "special", "devmap", "soft_dirty", "uffd_wp", "protnone")
SWAP_PREDICATES = ("swp_exclusive", "swp_soft_dirty", "swp_uffd_wp")


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

    ``address`` is physical: of the page, or of the table that a table entry points to. ``flags``
    are kernel predicates in lower case, then the single bits of the layout that are set, under
    the layout's names. ``hardware`` answers for each kind of user-mode access. ``layout`` names the
    bits of such an entry (None where no layout does); ``valid`` says whether hardware uses them.
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
        return evolve(seen, state=State.NONE)
    upper = place.shift > target.geometry.page_shift
    if upper and seen.valid and not target.mmu.format.leaf(place, word):
        return _by_hardware(target, hooks, place, seen)
    if not own.present(word):
        return _not_present(target, hooks, own, seen)
    pfn = own.pfn(word)
    flags = (*_predicates(hooks, level, word), *_bits(place.layout, word, valid=seen.valid))
    return evolve(
        seen,
        state=_present(hooks, own, seen, vma),
        layout=place.layout,
        pfn=pfn,
        address=pfn << target.geometry.page_shift,
        flags=flags,
    )


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
        return evolve(seen, state=State.OTHER if seen.word else State.NONE)
    if not target.mmu.format.leaf(level, seen.word):
        address = hooks.pxd_page_paddr(level.name, seen.word)
        return evolve(seen, state=State.TABLE, address=address)
    address = target.mmu.format.address(level, seen.word)
    pfn = address >> target.geometry.page_shift
    return evolve(seen, state=State.MAPPED, pfn=pfn, address=address)


def _not_present(target: Target, hooks: Hooks, own: LevelHooks, seen: Decoded) -> Decoded:
    if not hooks.has(hook_name("to_swp_entry", seen.level)):
        return seen
    value = own.to_swp_entry(seen.word)
    flags = (
        name.removeprefix("swp_").replace("_", "-")
        for name in SWAP_PREDICATES
        if hooks.has(hook_name(name, seen.level)) and getattr(own, name)(seen.word)
    )
    return evolve(
        seen,
        state=State.SWAP,
        layout=target.swap,
        swap=(hooks.arch_swp_type(value), hooks.arch_swp_offset(value)),
        flags=(*flags, *_bits(target.swap, seen.word, valid=False)),
    )


def _present(hooks: Hooks, own: LevelHooks, seen: Decoded, vma: Vma | None) -> State:
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
        return State.MAPPED if vma is None or not _without_rights(seen, vma) else State.GENUINE_NONE
    return State.OTHER if own.protnone(seen.word) else State.INVALID


def _without_rights(seen: Decoded, vma: Vma) -> bool:
    """Recognise a genuine none that hardware may walk; huge pages of several entries can be."""
    return not vma.accessible and set(seen.hardware.values()) == {Answer.NO_RIGHT}


def _closed(hooks: Hooks, seen: Decoded, vma: Vma) -> State:
    """Return what an entry that hardware refuses is in a VMA; OTHER is neither hint nor none."""
    own, word = LevelHooks(hooks, seen.level), seen.word
    numa = own.numa(vma, word)
    if vma.accessible:
        return State.HINT if numa else State.OTHER
    by_mprotect = _made_by_mprotect(hooks, own, word)
    if numa and "vma" not in hooks.needs(hook_name("numa", seen.level)) and not by_mprotect:
        return State.HINT
    return State.GENUINE_NONE if by_mprotect or own.protnone(word) else State.OTHER


def _made_by_mprotect(hooks: Hooks, own: LevelHooks, word: int) -> bool:
    """Say whether taking all rights away leaves the word as it is."""
    nones = (vma.vm_page_prot for vma in vma_kinds(hooks) if not vma.accessible)
    return any(own.same(own.modify(word, none), word) for none in nones)


def _predicates(hooks: Hooks, level: str, word: int) -> Iterator[str]:
    own = LevelHooks(hooks, level)
    for name in PREDICATES:
        if getattr(own, name)(word):
            yield name.replace("_", "-")


def _bits(layout: EntryLayout, word: int, *, valid: bool) -> Iterator[str]:
    for one, value in layout.named(word, valid=valid):
        if value and isinstance(one, Bit):
            yield one.name
