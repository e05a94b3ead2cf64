from __future__ import annotations

import toy

from archcore.conformance.laws import LAWS
from archcore.conformance.proposals.spy import Spies

TARGET = toy.module().TARGET
LAW = {one.name: one for one in LAWS}


def test_a_law_that_calls_the_encoding_is_known():
    """nothing-is-none asks pte_numa, although it is no law about hints."""
    assert Spies().touches(TARGET, LAW["nothing-is-none"], "pte")


def test_a_law_that_does_not_call_it_is_known():
    """Marking a page young calls nothing of an encoding."""
    assert not Spies().touches(TARGET, LAW["mkyoung-sets"], "pte")


def test_a_law_that_raises_may_call_anything():
    """The toy has no upper level with leaves, so this law cannot even be tried."""
    assert Spies().touches(TARGET, LAW["huge-is-leaf"], "pte")
