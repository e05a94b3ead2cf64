"""At which levels a target is searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import HINTS, LEAVES
from archcore.conformance.laws.protection import none_is_present
from archcore.conformance.proposals.candidate import unhinted
from archcore.conformance.proposals.yardstick import Yardstick
from archcore.conformance.subject import subjects
from archcore.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archcore.conformance.judge import Judge
    from archcore.target import Target


def chosen(
    target: Target, levels: Sequence[str], judge: Judge
) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the levels that are searched, and those set aside with the law that they break.

    Without a wish these are the levels that the target hints (all with leaves, if it hints none)
    and where an entry without rights is still mapped to the kernel, before any hint. Raises
    UsageError for a level without leaves, and where there is none.
    """
    leaves = {on.name: HINTS.found(on) for on in subjects(target) if LEAVES.found(on)}
    if not leaves:
        raise UsageError(f"{target.id} has no level whose entries map pages for entry helpers")
    for level in levels:
        if level not in leaves:
            known = ", ".join(leaves)
            raise UsageError(f"{target.id} maps no pages at {level!r}; levels that do: {known}")
    if levels:
        return tuple(level for level in leaves if level in levels), {}
    hinted = [level for level, hints in leaves.items() if hints] or list(leaves)
    bare = Yardstick(unhinted(target), judge)
    aside = {one: none_is_present.name for one in hinted if bare.breaks(none_is_present, one)}
    kept = tuple(one for one in hinted if one not in aside)
    return (kept, aside) if kept else (tuple(hinted), {})
