"""Every law that archcore asks of the targets, one test for each law and level."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from archcore.conformance.again import told
from archcore.conformance.claims import of_package
from archcore.conformance.suite import cases, hold, resolved, untrue, with_claims
from archcore.conformance.verdict import Status
from archcore.layout import EntryLayout
from archcore_s390x import hardware, layout
from archcore_s390x.targets import TARGETS

if TYPE_CHECKING:
    from archcore.conformance.verdict import Result
    from archcore.target import Target

PACKAGE = "archcore_s390x"
CLAIMS = resolved(of_package(PACKAGE), f"{PACKAGE}/claims.toml", {one.id: one for one in TARGETS})
ASKED = [
    pytest.param(target, law.name, level, id=f"{target.id}-{level}-{law.name}")
    for target in TARGETS
    for law, level in cases(target)
]


@cache
def results(target: Target) -> dict[tuple[str, str], Result]:
    """Return how the target stands with each law, by law and level."""
    return {(one.law, one.level): one for one in with_claims(hold(target), CLAIMS)}


def why(result: Result) -> str:
    """Return why a law does not hold, with a word that can be checked by hand if there is one."""
    found = result.counterexample
    if found is None:
        return result.reason
    case = ", ".join(f"{name} {said}" for name, said in found.case.items())
    return "\n".join((case or "with these words", *told(found), found.reproduce))


def test_every_name_has_a_bit() -> None:
    """No layout has a Blank left."""
    found = (*vars(layout).values(), *vars(hardware).values())
    layouts = {one.name: one for one in found if isinstance(one, EntryLayout)}
    left = [
        f"{name}, in {one.file}: {', '.join(blank.name for blank in one.blanks)}"
        for name, one in layouts.items()
        if one.blanks
    ]
    if left:
        pytest.fail("\n".join(("names without a bit:", *left)), pytrace=False)


def test_sources_are_named() -> None:
    """Kernel and manual are named: a bit without a source is a guess."""
    assert layout.SOURCE, "name the kernel version and header in SOURCE of layout.py"
    assert hardware.MANUAL, "name the manual, its edition and section in MANUAL of hardware.py"


@pytest.mark.parametrize(("target", "law", "level"), ASKED)
def test_law(target: Target, law: str, level: str) -> None:
    """The law holds for every word, or the authors claim that it does not, with a reason."""
    result = results(target)[law, level]
    if result.failed or result.status is Status.UNDECIDED:
        pytest.fail(f"{law} at {level}: {why(result)}", pytrace=False)


@pytest.mark.parametrize("target", TARGETS, ids={one.id: one for one in TARGETS})
def test_claims_are_true(target: Target) -> None:
    """No claim is about a law that holds."""
    assert untrue(results(target).values(), CLAIMS) == []
