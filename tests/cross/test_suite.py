"""The suite over whichever architectures are installed: none disturbs another, none is alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from importlib.metadata import entry_points

import pytest

from archcore import registry
from archcore.conformance.claims import claimed
from archcore.conformance.judge import Judge
from archcore.conformance.laws import LAWS
from archcore.conformance.suite import cases, claims_of, hold

TARGETS = list(registry.installed())
ARCHES = sorted({target.arch for target in TARGETS})
ALONE = """
import json, sys
from archcore.conformance.suite import hold
from archcore.registry import installed

found = [(one.law, one.level, one.status, one.reason) for one in hold(installed().get(sys.argv[1]))]
print(json.dumps([sorted({one.arch for one in installed()}), found]))
"""


@cache
def chosen(arch):
    """Return the target of an architecture of which the fewest laws are asked."""
    own = [target for target in TARGETS if target.arch == arch]
    return min(own, key=lambda target: sum(1 for _ in cases(target)))


@cache
def together():
    """Return the results of one target each, held by one judge in one process."""
    judge = Judge()

    def standing(arch):
        found = hold(chosen(arch), judge=judge)
        return [[one.law, one.level, one.status, one.reason] for one in found]

    return {arch: standing(arch) for arch in ARCHES}


@pytest.mark.slow
@pytest.mark.parametrize("arch", ARCHES)
def test_a_target_stands_as_it_would_if_nothing_else_were_installed(arch):
    """Neither another plugin nor a theorem that another target brought changes a result."""
    origin = registry.installed().origins[chosen(arch).id]
    points = entry_points(group=registry.GROUP)
    others = {one.name for one in points if f"{one.dist.name} {one.dist.version}" != origin}
    alone = subprocess.run(
        [sys.executable, "-c", ALONE, chosen(arch).id],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, registry.BLOCK_LIST: ",".join(sorted(others))},
    )
    assert json.loads(alone.stdout) == [[arch], together()[arch]]


@cache
def kept():
    """Return the names of the laws that some target is asked and not excused from."""
    claims = claims_of(registry.installed(), TARGETS)
    asked = ((law.name, target.id, level) for target in TARGETS for law, level in cases(target))
    return {law for law, *place in asked if claimed(claims, law, *place) is None}


@pytest.mark.parametrize("law", LAWS if len(ARCHES) > 1 else (), ids=lambda law: law.name)
def test_a_law_is_kept_by_somebody(law):
    """What nobody is asked, or everybody is excused from, is no promise (of several)."""
    assert law.name in kept()
