"""The search: every candidate for a target, held to every law and ranked."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import cached_property
from multiprocessing import get_all_start_methods, get_context
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.conformance.judge import Judge, Rules
from archcore.conformance.proposals.catalogue import catalogue
from archcore.conformance.proposals.examine import Examiner
from archcore.conformance.proposals.forge import Forge
from archcore.conformance.proposals.levels import chosen
from archcore.conformance.proposals.verdict import Proposal, Standing
from archcore.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from archcore.conformance.proposals.candidate import Candidate
    from archcore.conformance.proposals.verdict import Verdict
    from archcore.target import Target

FORK = "fork"


@frozen(slots=False, eq=False)
class Search:
    """All candidates for a target at some levels; ``aside`` are those left out, and why."""

    examiner: Examiner
    aside: Mapping[str, str]

    @cached_property
    def catalogue(self) -> Mapping[str, Callable[[], Candidate]]:
        """How each candidate is made, by name."""
        return catalogue(self.examiner.forge)

    def candidate(self, name: str) -> Candidate:
        """Return a candidate by name, or by the number of its bit; raises UnknownNameError."""
        wanted = f"bit-{name}" if name.isdecimal() else name
        if wanted not in self.catalogue:
            raise UnknownNameError("candidate", name, tuple(self.catalogue))
        return self.catalogue[wanted]()

    def run(
        self, *, jobs: int | None = None, progress: Callable[[int], None] = lambda _: None
    ) -> Proposal:
        """Return how every candidate stands; ``progress`` is told of each one done.

        ``jobs`` None takes a process for each CPU. Targets live in this process, so workers are
        forked from it, or one process does all.
        """
        forge, found = self.examiner.forge, []
        for verdict in self._verdicts(os.cpu_count() or 1 if jobs is None else jobs):
            found.append(verdict)
            progress(1)
        legal = [one.form.name for one in found if one.costs]
        targets = {name: self.candidate(name).target for name in legal}
        return Proposal(forge.target, forge.levels, self.aside, ranked(found), targets)

    def verdict(self, name: str) -> Verdict:
        """Return how a candidate stands."""
        return self.examiner.verdict(self.candidate(name))

    def _verdicts(self, jobs: int) -> Iterator[Verdict]:
        _searches.append(self)
        try:
            if jobs == 1 or FORK not in get_all_start_methods():
                yield from map(_work, self.catalogue)
                return
            with ProcessPoolExecutor(jobs, mp_context=get_context(FORK)) as pool:
                yield from pool.map(_work, self.catalogue)
        finally:
            _searches.pop()


_searches: list[Search] = []  # what every worker inherits by being forked


def _work(name: str) -> Verdict:
    return _searches[-1].verdict(name)


def prepare(target: Target, levels: Sequence[str] = (), rules: Rules | None = None) -> Search:
    """Return the search at these levels, or at all that can be hinted.

    Raises UsageError for a level without pages, and where no level has any.
    """
    judge = Judge(rules or Rules())
    asked, aside = chosen(target, levels, judge)
    return Search(Examiner(Forge(target, asked, judge)), aside)


def propose(
    target: Target,
    levels: Sequence[str] = (),
    rules: Rules | None = None,
    *,
    jobs: int | None = None,
) -> Proposal:
    """Return how every encoding of the hint stands with the laws; see prepare and Search.run."""
    return prepare(target, levels, rules).run(jobs=jobs)


def ranked(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return the legal ones by what they cost, then the others."""
    legal = [one for one in verdicts if one.standing is Standing.LEGAL]
    others = [one for one in verdicts if one.standing is not Standing.LEGAL]
    return (*sorted(legal, key=lambda one: one.costs.rank if one.costs else ()), *others)
