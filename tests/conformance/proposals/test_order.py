from __future__ import annotations

from archcore.conformance.laws import LAWS
from archcore.conformance.proposals.order import TELLING, about_swap, weight

NAMES = [one.name for one in LAWS]


def test_every_law_that_is_asked_first_is_one_of_the_suite():
    """A law that was renamed would silently fall behind."""
    assert set(TELLING) <= set(NAMES)


def test_every_law_has_a_place_of_its_own():
    """Whatever kills a candidate, the order is total."""
    assert len({weight(name) for name in NAMES}) == len(NAMES)


def test_laws_about_swap_are_known_by_what_they_need():
    """Those that giving up a bit of swap entries can satisfy are among them."""
    found = {one.name for one in LAWS if about_swap(one)}
    assert {"swap-is-no-hint", "marked-swap-is-no-hint", "migration-is-shut"} <= found
    assert "hint-keeps-frame" not in found
