"""Making a candidate of one bit: how its hints are told, and which helpers must learn of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from archcore.conformance.capability import DEVMAP, PROTNONE, SPECIAL
from archcore.conformance.laws.hint import genuine_none_is_no_hint, hint_is_hint
from archcore.conformance.proposals.bit import TELLINGS, HintInVma, HintNotNone
from archcore.conformance.proposals.candidate import Candidate, encoded, named, unhinted
from archcore.conformance.proposals.examples import Examples, first_failure
from archcore.conformance.proposals.flip import closings
from archcore.conformance.proposals.form import Family, Form
from archcore.conformance.proposals.marking import Marking, frame_of
from archcore.conformance.proposals.plan import Plan
from archcore.conformance.proposals.room import room, smaller
from archcore.conformance.proposals.teach import ACCESSIBLE, MODIFY, QUESTIONS
from archcore.conformance.subject import subject
from archcore.conformance.terms import alike
from archcore.hookspecs import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcore.conformance.judge import Judge
    from archcore.conformance.proposals.bit import BitHint
    from archcore.conformance.proposals.flip import Flip
    from archcore.conformance.subject import Subject
    from archcore.target import Target
    from archcore.words.types import Word


@frozen(slots=False, eq=False)
class Forge:
    """Candidates of one bit for a target, published at some of its levels."""

    target: Target
    levels: tuple[str, ...]
    judge: Judge

    @cached_property
    def bare(self) -> Mapping[str, Subject]:
        """The target without any hint, at each of the levels."""
        return {level: subject(unhinted(self.target), level) for level in self.levels}

    @cached_property
    def closing(self) -> Flip | None:
        """The lowest bit that makes the leaves of every level invalid, if one bit does."""
        names = (one.name for one in self.target.levels if one.name in LEVELS)
        leaves = [subject(unhinted(self.target), name) for name in names]
        found = closings(leaves, self.judge)
        return found[0] if found else None

    def bit(self, name: str, mark: Flip, closing: Flip, *, valid: bool = False) -> Candidate:
        """Return the hint that is this bit, in an entry made invalid or in one that stays valid.

        It is told in the cheapest way that does not take an entry without rights for a hint.
        """
        markings = {
            level: Marking(on.own, frame_of(on, closing), closing, mark, valid, on.upper)
            for level, on in self.bare.items()
        }
        plan = Plan(mark, markings)
        plain = self._candidate(name, plan)
        learn = {level: tuple(lessons(plain.at(level))) for level in self.levels}
        for telling in self._tellings():
            found = self._candidate(name, evolve(plan, telling=telling, learn=learn))
            if telling is HintInVma or self._tells(found):
                break
        return found

    def mended(self, name: str, plan: Plan, *, swap: bool, modify: bool) -> Candidate:
        """Return a hint with swap entries that give its bit up, and pte_modify that forgets it."""
        found = ((level, room(on, plan.mark.mask)) for level, on in self.bare.items() if swap)
        rooms = {level: one for level, one in found if one is not None}
        learn = {level: (*names, MODIFY) for level, names in plan.learn.items()}
        learned = learn if modify else plan.learn
        return self._candidate(name, evolve(plan, rooms=rooms, learn=learned, mended=True))

    def _tellings(self) -> Iterator[type[BitHint]]:
        knows_none = all(PROTNONE.found(on) for on in self.bare.values())
        yield from (one for one in TELLINGS if knows_none or one is not HintNotNone)

    def _tells(self, candidate: Candidate) -> bool:
        """Say whether hints are known, and told from entries without rights, in whichever era."""
        seen = [Examples(candidate.at(level)) for level in self.levels]
        laws = (hint_is_hint, genuine_none_is_no_hint)
        return all(one.against(law) is None for one in seen for law in laws)

    def _candidate(self, name: str, plan: Plan) -> Candidate:
        target = named(self.target, self.levels, plan.mark)
        for one in plan.rooms.values():
            target = evolve(target, swap=smaller(self.target.swap, one.taken))
        family = Family.RIGHT if any(one.valid for one in plan.markings.values()) else Family.BIT
        telling, learn = plan.telling.telling, {level: one for level, one in plan.learn.items() if one}
        form = Form(name, family, plan.mark, telling, learn, room=bool(plan.rooms))
        return Candidate(form, encoded(target, name, plan.parts()), plan)


def lessons(on: Subject) -> Iterator[str]:
    """Yield the helpers that answer otherwise of a hint than of its page, and must learn of it."""
    seen = Examples(on)
    pages = [(vma, page) for vma in on.mappings if vma.accessible for page in _pages(on, seen, vma)]
    hints = [(page, on.own.mknuma(vma, page)) for vma, page in pages]
    for name in QUESTIONS:
        ask: Any = getattr(on.own, name) if on.offers(name) else None
        if ask and any(_fails(alike(ask(page), ask(hint))) for page, hint in hints):
            yield name
    if on.offers(ACCESSIBLE) and any(_fails(on.own.accessible(hint, True)) for _, hint in hints):
        yield ACCESSIBLE


def _pages(on: Subject, seen: Examples, vma: object) -> Iterator[Word]:
    made = seen.made(vma)
    yield made
    if SPECIAL.found(on):
        yield on.own.mkspecial(made)
    if DEVMAP.found(on):
        yield on.own.mkdevmap(made)


def _fails(held: object) -> bool:
    return first_failure(held) is not None
