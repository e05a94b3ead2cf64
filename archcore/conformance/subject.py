"""What laws speak of: a target seen at one level, by its kernel helpers and by its hardware."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.binding import bind
from archcore.conformance.mapping import Mapping, kinds, mappings
from archcore.encoding import Write
from archcore.entry import LevelHooks, hook_name, offers_of
from archcore.hookspecs import LEVELS
from archcore.hw.mmu import Access
from archcore.words import Mask, both, either, negate
from archcore.words.lineage import TracedTruth, traced

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.binding import Hooks
    from archcore.layout import Level
    from archcore.target import Target
    from archcore.words.types import Truth, Word

GENERIC = "generic"


@frozen(eq=False, slots=False)
class Subject:
    """A target at a level: ``own`` are its helpers there, ``page`` those of the lowest level.

    What begins with ``hw_`` asks the hardware model, which knows nothing of the kernel.
    """

    target: Target
    hooks: Hooks
    name: str
    own: Any

    @cached_property
    def level(self) -> Level:
        """The level."""
        return self.target.geometry.level(self.name)

    @cached_property
    def page(self) -> LevelHooks:
        """The helpers of the lowest level."""
        return LevelHooks(self.hooks, LEVELS[0])

    @cached_property
    def mappings(self) -> tuple[Mapping, ...]:
        """The VMAs that differ in what helpers can see of one."""
        return mappings(self.hooks)

    @cached_property
    def kinds(self) -> tuple[Mapping, ...]:
        """A VMA of each combination of rights, private and shared."""
        return kinds(self.hooks)

    @property
    def width(self) -> int:
        """The width of an entry in bits."""
        return self.target.geometry.width

    @property
    def pages(self) -> int:
        """The number of base pages that an entry of the level maps."""
        return self.level.size // self.target.geometry.page_size

    @cached_property
    def upper(self) -> bool:
        """Whether entries of the level may point to tables."""
        return self.level is not self.target.geometry.levels[0]

    @cached_property
    def write_policy(self) -> Write:
        """What the encoding declares to do with write permission; kept, where it says nothing."""
        for offer in offers_of(self.target.encoding):
            declared = getattr(getattr(offer.function, "__self__", None), "write", None)
            if isinstance(declared, Write):
                return declared
        return Write.KEPT

    def offers(self, *helpers: str) -> bool:
        """Say whether the target itself, not a default, implements these helpers of the level."""
        found = (self.hooks.offers.get(hook_name(one, self.name)) for one in helpers)
        return all(one is not None and one[0] != GENERIC for one in found)

    def knows(self, helper: str) -> bool:
        """Say whether there is a kernel helper of that full name."""
        return helper in self.hooks.helpers

    def brings(self, helper: str) -> bool:
        """Say whether the target itself has the kernel helper of that full name, not a default."""
        return helper in self._brought

    @cached_property
    def _brought(self) -> frozenset[str]:
        layers = (self.target.architecture, self.target.encoding)
        return frozenset(offer.hook for layer in layers for offer in offers_of(layer))

    # -- the hardware's view ----------------------------------------------------------------------

    def hw_valid(self, entry: Word) -> Truth:
        """Say whether a walk may go on from the entry."""
        return self.target.mmu.format.valid(self.level, entry)

    def hw_leaf(self, entry: Word) -> Truth:
        """Say whether the walk ends at the entry in a page: valid, a leaf, nothing reserved set."""
        form = self.target.mmu.format
        found = both(form.valid(self.level, entry), form.leaf(self.level, entry))
        return both(found, negate(form.reserved(self.level, entry)))

    def hw_allows(self, entry: Word, access: Access) -> Truth:
        """Say whether user mode gets through to the page, accessed flag aside."""
        return both(self.hw_leaf(entry), self.target.mmu.format.allows(self.level, entry, access))

    def hw_opens(self, entry: Word) -> Truth:
        """Say whether user mode gets through for anything at all."""
        answers = [self.hw_allows(entry, access) for access in Access]
        return either(answers[0], either(answers[1], answers[2]))

    def hw_address(self, entry: Word) -> Word:
        """Return the physical address that the entry holds for the hardware."""
        return self.target.mmu.format.address(self.level, entry)

    def hw_accessed(self, entry: Word) -> Truth:
        """Read the hardware's accessed flag."""
        return self.target.mmu.format.accessed(entry)

    def hw_dirty(self, entry: Word) -> Truth:
        """Ask whether the hardware takes the page for written."""
        return self.target.mmu.format.dirty(entry)

    def hw_mkaccessed(self, entry: Word) -> Word:
        """Return the entry as a use leaves it."""
        return self.target.mmu.format.mkaccessed(entry)

    def hw_mkdirty(self, entry: Word) -> Word:
        """Return the entry as a store leaves it."""
        return self.target.mmu.format.mkdirty(entry)

    # -- which bits an answer depends on ----------------------------------------------------------

    def reads(self, *helpers: str) -> Mask:
        """Return the bits of an entry that the answers of these predicates depend on."""
        found = Mask(0, self.width)
        for helper in helpers:
            if helper not in self._read:
                self._read[helper] = depends(getattr(self.own, helper), self.width)
            found |= self._read[helper]
        return found

    @cached_property
    def _read(self) -> dict[str, Mask]:
        return {}

    def hw_reads(self, *questions: Callable[[Word], Truth]) -> Mask:
        """Return the bits of an entry that answers of the hardware depend on."""
        found = Mask(0, self.width)
        for question in questions:
            found |= depends(question, self.width)
        return found


def depends(question: Callable[[Word], Any], width: int) -> Mask:
    """Return the bits of a word that a question about it depends on."""
    answer = question(traced(width))
    if isinstance(answer, bool | int):
        return Mask(0, width)
    origins = [answer.origin] if isinstance(answer, TracedTruth) else answer.bits
    places = frozenset().union(*(origin.sources for origin in origins))
    return Mask(sum(1 << at for at in places), width)


@cache
def bound(target: Target) -> Hooks:
    """Return the hooks of a target, bound once."""
    return bind(target)


def subject(target: Target, level: str) -> Subject:
    """Return a target at a level; raises LayoutError for a level that it does not have."""
    hooks = bound(target)
    target.geometry.level(level)
    return Subject(target, hooks, level, LevelHooks(hooks, level))


def subjects(target: Target) -> tuple[Subject, ...]:
    """Return a target at each level that entry helpers can speak of, lowest first."""
    names = (level.name for level in target.geometry.levels)
    return tuple(subject(target, name) for name in names if name in LEVELS)
