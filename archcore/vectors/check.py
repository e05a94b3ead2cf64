"""A target against a vector file: what agrees, what does not, what it has no helper for."""

from __future__ import annotations

from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.binding import bind
from archcore.errors import InputError, MissingHookError
from archcore.vectors.callee import callee
from archcore.vectors.run import run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from archcore.binding import Hooks
    from archcore.target import Target
    from archcore.vectors.group import Group, VectorFile
    from archcore.vectors.signature import Signature

ABSENT = "no such helper"


@frozen
class Failure:
    """A record the target differs from; ``got`` is text when the helper gave no word at all."""

    helper: str
    signature: Signature
    line: int
    args: tuple[int, ...]
    expected: int
    got: int | str


@frozen
class Tally:
    """One helper of the file; ``missing`` says why it was not run, None if it was."""

    helper: str
    passed: int = 0
    failed: int = 0
    traps: int = 0
    unchecked: int = 0
    missing: str | None = None
    failures: tuple[Failure, ...] = field(default=(), repr=False)


@frozen
class Verdict:
    """Everything a check came to; ``failures`` are the first, one helper after another."""

    target: str
    tallies: tuple[Tally, ...]
    failures: tuple[Failure, ...]
    constants: int

    @property
    def passed(self) -> int:
        """The number of records that agree."""
        return sum(tally.passed for tally in self.tallies)

    @property
    def failed(self) -> int:
        """The number of records that differ."""
        return sum(tally.failed for tally in self.tallies)

    @property
    def not_modelled(self) -> Mapping[str, int]:
        """The number of records of each helper that the target lacks; traps do not count."""
        return {one.helper: one.unchecked for one in self.tallies if one.unchecked}

    @property
    def traps(self) -> Mapping[str, int]:
        """The number of records of each helper that end in BUG(), which is no value to compare."""
        return {one.helper: one.traps for one in self.tallies if one.traps}


def check(
    target: Target,
    hooks: Hooks,
    vectors: VectorFile,
    only: Collection[str] = (),
    limit: int = 10,
) -> Verdict:
    """Run every helper of the file (or ``only`` some) that the target has, bound as ``hooks``.

    A target that depends on how a kernel was built is bound again, for the file's constants. At
    most ``limit`` failures are kept. Raises InputError for a word wider than the target's.
    """
    if target.built is not None:
        hooks = bind(target.built(vectors.constants))
    groups = [group for name, group in vectors.groups.items() if not only or name in only]
    for group in groups:
        _check_width(vectors, group, target.geometry.width)
    tallies = tuple(_tally(hooks, group, target.geometry.width, limit) for group in groups)
    first = islice(_in_turn(tallies), limit)
    return Verdict(target.id, tallies, tuple(first), len(vectors.constants))


def _check_width(vectors: VectorFile, group: Group, width: int) -> None:
    wide = (group.words >> (width - 1) > 1).any(axis=1) | (group.results >> (width - 1) > 1)
    if wide.any():
        line = group.lines[wide.argmax()]
        raise InputError(
            f"{vectors.source}:{line}: expected words of the target's {width} bits, found a wider "
            "one; choose a target of the file's architecture"
        )


def _tally(hooks: Hooks, group: Group, width: int, limit: int) -> Tally:
    name, function = group.helper, callee(hooks, group.helper)
    if function is None:
        return Tally(name, traps=group.traps, unchecked=len(group), missing=ABSENT)
    try:
        results = run(function, group, width)
    except MissingHookError as error:
        return Tally(name, traps=group.traps, unchecked=len(group), missing=str(error))
    differs = results.values != group.results
    differs[list(results.errors)] = True
    failed = int(differs.sum())
    failures = tuple(
        Failure(
            name,
            group.signature,
            int(group.lines[at]),
            tuple(group.words[at].tolist()),
            int(group.results[at]),
            results.errors.get(at, int(results.values[at])),
        )
        for at in differs.nonzero()[0][:limit].tolist()
    )
    return Tally(name, len(group) - failed, failed, group.traps, failures=failures)


def _in_turn(tallies: tuple[Tally, ...]) -> Iterator[Failure]:
    """Yield the first failure of each helper, then the second of each, and so on."""
    ranks = zip_longest(*(tally.failures for tally in tallies))
    return (failure for failure in chain.from_iterable(ranks) if failure is not None)
