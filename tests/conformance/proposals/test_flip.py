from __future__ import annotations

import toy

from archcore.conformance.judge import Judge
from archcore.conformance.proposals.candidate import unhinted
from archcore.conformance.proposals.flip import closings, refusals
from archcore.conformance.subject import subject

TARGET = toy.module().TARGET
ENTRY = TARGET.geometry.levels[0].layout
BARE = subject(unhinted(TARGET), "pte")


def test_only_the_bit_that_the_walker_asks_for_closes_an_entry():
    """Clearing V makes every entry invalid; no other bit does, cleared or set."""
    assert [(one.mask, one.sets) for one in closings([BARE], Judge())] == [(ENTRY["V"], False)]


def test_a_format_without_a_right_to_read_has_no_valid_hint():
    """Whatever single bit is changed, a page of the toy that stays valid can be read."""
    assert refusals([BARE], Judge()) == ()


def test_a_flip_is_done_and_undone():
    """Done, it shows; undone, it does not; no other bit changes."""
    (flip,) = closings([BARE], Judge())
    done, undone = flip.done(0xFFFFFFFF), flip.undone(0)
    assert (done, undone) == (0xFFFFFFFE, 1)
    assert flip.shows(done)
    assert not flip.shows(undone)
