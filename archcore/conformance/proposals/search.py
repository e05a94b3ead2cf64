"""The search: every candidate for a target, held to every law and ranked."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from typing import TYPE_CHECKING

from archcore.conformance.judge import Judge, Rules
from archcore.conformance.proposals.catalogue import catalogue
from archcore.conformance.proposals.examine import Examiner
from archcore.conformance.proposals.forge import Forge
from archcore.conformance.proposals.levels import chosen
from archcore.conformance.proposals.verdict import Proposal, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archcore.conformance.proposals.candidate import Candidate
    from archcore.conformance.proposals.verdict import Verdict
    from archcore.target import Target

FORK = "fork"
_examiners: list[Examiner] = []  # what every worker inherits by being forked


def propose(
    target: Target,
    levels: Sequence[str] = (),
    rules: Rules = Rules(),
    *,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Proposal:
    """Return how every encoding of the hint stands with the laws, at these levels or all.

    ``progress`` is told how many candidates were done, of how many. ``jobs`` None takes a process
    for each CPU. Raises UsageError where no entry of the levels can be hinted.
    """
    judge = Judge(rules)
    asked, aside = chosen(target, levels, judge)
    examiner = Examiner(Forge(target, asked, judge))
    names = tuple(catalogue(examiner.forge))
    found = []
    for verdict in _verdicts(examiner, names, jobs or os.cpu_count() or 1):
        found.append(verdict)
        progress(len(found), len(names))
    return Proposal(target.id, asked, aside, ranked(found))


def _verdicts(examiner: Examiner, names: Sequence[str], jobs: int) -> Iterator[Verdict]:
    _examiners.append(examiner)
    try:
        if jobs == 1 or FORK not in get_all_start_methods():
            yield from map(_work, names)
            return
        with ProcessPoolExecutor(jobs, mp_context=get_context(FORK)) as pool:
            yield from pool.map(_work, names)
    finally:
        _examiners.pop()


def _work(name: str) -> Verdict:
    examiner = _examiners[-1]
    return examiner.verdict(made(examiner.forge, name))


def made(forge: Forge, name: str) -> Candidate:
    """Return a candidate by name; raises KeyError for one that is not in the catalogue."""
    return catalogue(forge)[name]()


def ranked(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return the legal ones by what they cost, then the others."""
    legal = [one for one in verdicts if one.standing is Standing.LEGAL]
    others = [one for one in verdicts if one.standing is not Standing.LEGAL]
    return (*sorted(legal, key=lambda one: one.costs.rank if one.costs else ()), *others)
