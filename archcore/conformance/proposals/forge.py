"""Making a candidate of one bit: how its hints are told, and which helpers must learn of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from archcore.conformance.capability import PROTNONE
from archcore.conformance.laws.hint import genuine_none_is_no_hint, hint_is_hint
from archcore.conformance.proposals.bit import TELLINGS, HintInVma, HintNotNone
from archcore.conformance.proposals.candidate import Candidate, encoded, named, unhinted
from archcore.conformance.proposals.examples import Examples
from archcore.conformance.proposals.flip import closings, refusals
from archcore.conformance.proposals.form import Family, Form
from archcore.conformance.proposals.lessons import lessons, pages
from archcore.conformance.proposals.marking import Marking, frame_of
from archcore.conformance.proposals.plan import Plan
from archcore.conformance.proposals.room import room, smaller
from archcore.conformance.proposals.teach import MODIFY
from archcore.conformance.subject import subject
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
    def pages(self) -> Mapping[str, tuple[Word, ...]]:
        """Pages to learn on, at each of the levels."""
        return {level: tuple(pages(on)) for level, on in self.bare.items()}

    @cached_property
    def closing(self) -> Flip | None:
        """The lowest bit that makes the leaves of every level invalid, if one bit does."""
        names = (one.name for one in self.target.levels if one.name in LEVELS)
        leaves = [subject(unhinted(self.target), name) for name in names]
        found = closings(leaves, self.judge)
        return found[0] if found else None

    @cached_property
    def refusals(self) -> tuple[Flip, ...]:
        """The bits that take every right from user mode and leave the entry valid."""
        return refusals(tuple(self.bare.values()), self.judge)

    def bit(self, name: str, mark: Flip, closing: Flip, *, valid: bool = False) -> Candidate:
        """Return the hint that is this bit, in an entry made invalid or in one that stays valid.

        It is told in the cheapest way that does not take an entry without rights for a hint.
        """
        markings = {
            level: Marking(on.own, frame_of(on, closing), closing, mark, valid, on.upper)
            for level, on in self.bare.items()
        }
        plan = Plan(mark, markings)
        learn = {
            level: tuple(lessons(self.bare[level], one, self.pages[level]))
            for level, one in markings.items()
        }
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
        form = Form(
            name,
            Family.RIGHT if any(one.valid for one in plan.markings.values()) else Family.BIT,
            plan.mark,
            plan.telling.telling,
            {level: names for level, names in plan.learn.items() if names},
            room=bool(plan.rooms),
        )
        return Candidate(form, encoded(target, name, plan.parts()), plan)
