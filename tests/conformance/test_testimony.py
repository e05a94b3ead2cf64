"""Hearing a witness: what agrees, what differs, what it could not tell."""

from __future__ import annotations

from copy import deepcopy

import pytest
import toy

from archcore.conformance.specimen import specimen
from archcore.conformance.testimony import hear
from archcore.conformance.witness import Verdict, witness
from archcore.errors import UnknownNameError
from archcore.hw.mmu import Access
from archcore.hw.outcome import Translation
from archcore.hw.walker import Walker

SEEDS = range(3)


class Mirror:
    """A witness that says what the model says, or what ``twist`` makes of it."""

    name = "mirror"

    def __init__(self, twist=lambda verdict: verdict):
        """Keep the twist."""
        self.twist = twist

    def mmu(self, target):
        """Take the target's own hardware."""
        return target.mmu

    def top(self, target):
        """Leave the whole root to the specimen."""
        return target.geometry.levels[-1].entries

    def probe(self, target, tables, address, access):
        """Walk with the model, then twist."""
        walker = Walker(target.geometry, target.mmu)
        found = walker.walk(deepcopy(tables.memory), tables.root, address, access)
        if isinstance(found, Translation):
            return self.twist(Verdict(allowed=True, physical=found.physical, leaf=found.entry))
        return self.twist(Verdict(allowed=False))


@pytest.fixture
def target():
    """Return the toy target."""
    return toy.module().TARGET


def test_a_witness_that_agrees_leaves_no_disagreement(target):
    """Every reference is counted once, as agreed or as not told."""
    heard = hear(target, Mirror(), SEEDS)
    references = sum(3 * len(specimen(target, seed, top=1024).addresses) for seed in SEEDS)

    assert heard.disagreements == []
    assert heard.agreed + sum(heard.skipped.values()) == references


@pytest.mark.parametrize(
    "twist",
    [
        lambda v: Verdict(allowed=not v.allowed),
        lambda v: Verdict(allowed=v.allowed, physical=v.physical and v.physical + 4096),
        lambda v: Verdict(allowed=v.allowed, physical=v.physical, leaf=v.leaf and v.leaf ^ 16),
    ],
    ids=["outcome", "place", "leaf"],
)
def test_a_witness_that_differs_is_quoted(target, twist):
    """Another outcome, another frame and another leaf are each a disagreement with a seed."""
    heard = hear(target, Mirror(twist), SEEDS)

    assert heard.disagreements
    assert {item.seed for item in heard.disagreements} <= set(SEEDS)


def test_what_a_witness_cannot_tell_is_counted_by_name(target):
    """A skipped reference is neither agreement nor disagreement."""
    heard = hear(target, Mirror(lambda _: Verdict(allowed=False, skipped="too dark")), SEEDS)

    assert heard.agreed == 0
    assert heard.disagreements == []
    assert set(heard.skipped) == {"too dark"}


def test_the_same_seed_gives_the_same_tables(target):
    """A disagreement can be made again from its seed."""
    first, second = (specimen(target, 7, top=1024) for _ in range(2))

    assert first.addresses == second.addresses
    assert all(
        first.memory.read(pfn << 12, 4096) == second.memory.read(pfn << 12, 4096)
        for pfn in first.memory.frames
    )


def test_a_specimen_holds_translations_and_faults(target):
    """Tables that only fault, or never do, would be no test."""
    walker = Walker(target.geometry, target.mmu)
    outcomes = {
        isinstance(walker.walk(deepcopy(tables.memory), tables.root, address, access), Translation)
        for tables in (specimen(target, seed, top=1024) for seed in SEEDS)
        for address in tables.addresses
        for access in Access
    }

    assert outcomes == {True, False}


def test_an_unknown_witness_is_named_with_a_remedy():
    """Asking for an oracle that is not installed is a usage error."""
    with pytest.raises(UnknownNameError, match=r"no oracle is called 'nobody'.*install it"):
        witness("nobody")
