"""The search: every candidate for a target, held to every law and ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import HINTS, LEAVES
from archcore.conformance.judge import Judge, Rules
from archcore.conformance.laws.protection import none_is_present
from archcore.conformance.proposals.candidate import unhinted
from archcore.conformance.proposals.catalogue import catalogue
from archcore.conformance.proposals.examine import Examiner, Yardstick
from archcore.conformance.proposals.forge import Forge
from archcore.conformance.proposals.verdict import Proposal, Standing
from archcore.conformance.subject import subjects
from archcore.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from archcore.conformance.proposals.verdict import Verdict
    from archcore.target import Target


def propose(
    target: Target,
    levels: Sequence[str] = (),
    rules: Rules = Rules(),
    progress: Callable[[int], None] = lambda _: None,
) -> Proposal:
    """Return how every encoding of the hint stands with the laws, at these levels or all.

    ``progress`` is told of each candidate done. Raises UsageError where no entry of the levels can
    be hinted.
    """
    judge = Judge(rules)
    asked, aside = chosen(target, levels, judge)
    forge = Forge(target, asked, judge)
    examiner = Examiner(forge, judge)
    found = []
    for make in catalogue(forge).values():
        found.append(examiner.verdict(make()))
        progress(1)
    return Proposal(target.id, asked, aside, ranked(found))


def ranked(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return the legal ones by what they cost, then the others."""
    legal = [one for one in verdicts if one.standing is Standing.LEGAL]
    others = [one for one in verdicts if one.standing is not Standing.LEGAL]
    return (*sorted(legal, key=lambda one: one.costs.rank if one.costs else ()), *others)


def chosen(
    target: Target, levels: Sequence[str], judge: Judge
) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the levels that are searched, and those set aside with the law that they break.

    Without a wish these are the levels that the target hints (all with leaves, if it hints none)
    and where an entry without rights is still mapped to the kernel, before any hint.
    """
    leaves = {on.name: HINTS.found(on) for on in subjects(target) if LEAVES.found(on)}
    for level in levels:
        if level not in leaves:
            known = ", ".join(leaves) or "none"
            raise UsageError(
                f"{target.id} maps no pages at level {level!r}; levels that do: {known}"
            )
    if levels:
        return tuple(level for level in leaves if level in levels), {}
    hinted = [level for level, hints in leaves.items() if hints] or list(leaves)
    if not hinted:
        raise UsageError(f"{target.id} maps no pages at any level that entry helpers speak of")
    bare = Yardstick(unhinted(target), judge)
    aside = {one: none_is_present.name for one in hinted if bare.breaks(none_is_present, one)}
    kept = tuple(one for one in hinted if one not in aside)
    return (kept, aside) if kept else (tuple(hinted), {})
