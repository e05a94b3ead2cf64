"""The suite: which laws there are, which are asked of a target, and what its authors claim."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from archcore.conformance.claims import FILE, Claim, Kind, claimed, of_package
from archcore.conformance.judge import Judge, Rules
from archcore.conformance.laws import LAWS
from archcore.conformance.subject import subjects
from archcore.conformance.verdict import Result, Status
from archcore.errors import InputError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from archcore.conformance.law import Law
    from archcore.conformance.subject import Subject
    from archcore.registry import Registry
    from archcore.target import Target

CLAIMED = {Kind.UNSUPPORTED: Status.UNSUPPORTED, Kind.LATER: Status.LATER}


def _version(since: str) -> tuple[int, ...]:
    return tuple(int(part) for part in since.split("."))


VERSIONS = tuple(sorted({one.since for one in LAWS}, key=_version))
"""The versions of the suite; each has the laws of those before it."""


@frozen
class Selection:
    """The laws of a version, all of them or some by name, at all levels or some."""

    laws: tuple[Law, ...] = LAWS
    levels: tuple[str, ...] = ()

    def of(self, on: Subject) -> Iterator[Law]:
        """Yield the laws that are asked of a target at a level."""
        if not self.levels or on.name in self.levels:
            yield from (law for law in self.laws if law.speaks_of(on))


def select(
    names: Sequence[str] = (), levels: Sequence[str] = (), version: str | None = None
) -> Selection:
    """Return the laws of a suite version, all or those named.

    Raises UnknownNameError for an unknown law, UsageError for an unknown version.
    """
    known = {one.name: one for one in LAWS}
    for name in names:
        if name not in known:
            raise UnknownNameError("law", name, _near(name), "see `archcore check --list`")
    if version is not None and version not in VERSIONS:
        raise UsageError(f"no suite has version {version!r}; there is {', '.join(VERSIONS)}")
    newest = _version(version or VERSIONS[-1])
    laws = (one for one in LAWS if not names or one.name in names)
    return Selection(tuple(one for one in laws if _version(one.since) <= newest), tuple(levels))


def _near(name: str) -> tuple[str, ...]:
    """Return the laws of similar names: all of them would fill a page."""
    from difflib import get_close_matches

    return tuple(get_close_matches(name, [one.name for one in LAWS], cutoff=0.5))


def hold(
    target: Target, selection: Selection = Selection(), judge: Judge | None = None
) -> Iterator[Result]:
    """Yield how a target stands with each law that is asked of it, level by level."""
    judge = Judge(Rules()) if judge is None else judge
    for on in subjects(target):
        court, laws = judge.court(on), tuple(selection.of(on))
        court.prepare(laws)
        yield from map(court.hold, laws)


def cases(target: Target, selection: Selection = Selection()) -> Iterator[tuple[Law, str]]:
    """Yield each law that is asked of a target, with the level."""
    for on in subjects(target):
        yield from ((law, on.name) for law in selection.of(on))


# -- claims ---------------------------------------------------------------------------------------


def claims_of(registry: Registry, targets: Iterable[Target]) -> tuple[Claim, ...]:
    """Return what the plugins of these targets claim, each about its own targets only.

    Raises InputError for a malformed file, and for a claim about no law or no target of its plugin.
    """
    packages = sorted({registry.packages[one.id] for one in targets} - {""})
    return tuple(claim for package in packages for claim in _claims_in(registry, package))


def _claims_in(registry: Registry, package: str) -> tuple[Claim, ...]:
    own = [name for name, home in registry.packages.items() if home == package]
    return resolved(of_package(package), f"{package}/{FILE}", own)


def resolved(claims: Iterable[Claim], source: str, targets: Collection[str]) -> tuple[Claim, ...]:
    """Return the claims of a file with the targets that they cover in place of patterns.

    Raises InputError for a claim that names no law, or has a pattern that covers no target.
    """
    known = tuple(one.name for one in LAWS)
    found = []
    for at, claim in enumerate(claims, 1):
        place = f"{source}: claim {at}"
        if claim.law not in known:
            raise InputError(f"{place}: {UnknownNameError('law', claim.law, _near(claim.law))}")
        found.append(evolve(claim, targets=_covered(claim, place, targets)))
    return tuple(found)


def _covered(claim: Claim, place: str, targets: Collection[str]) -> tuple[str, ...]:
    covered: dict[str, None] = {}
    for pattern in claim.targets:
        matching = [name for name in targets if fnmatchcase(name, pattern)]
        if not matching:
            raise InputError(f"{place}: {UnknownNameError('target', pattern, tuple(targets))}")
        covered.update(dict.fromkeys(matching))
    return tuple(covered)


def with_claims(results: Iterable[Result], claims: Sequence[Claim]) -> list[Result]:
    """Return the results with the claims about them.

    What is claimed to be unsupported or to come later has that status; a regression stays refuted,
    and its claim says why.
    """
    return [_with_claim(one, claims) for one in results]


def _with_claim(result: Result, claims: Sequence[Claim]) -> Result:
    claim = claimed(claims, result.law, result.target, result.level)
    if claim is None or result.status is not Status.REFUTED:
        return result
    return evolve(result, claim=claim, status=CLAIMED.get(claim.kind, result.status))


def untrue(results: Iterable[Result], claims: Sequence[Claim]) -> list[str]:
    """Return a sentence for each claim about a law that holds."""
    held = (one for one in results if one.status in (Status.PROVED, Status.SAMPLED))
    found = ((one, claimed(claims, one.law, one.target, one.level)) for one in held)
    return [
        f"{one.target} claims {one.law} at {one.level} to fail ({claim.kind}), and it holds; "
        "take the claim out"
        for one, claim in found
        if claim is not None
    ]
