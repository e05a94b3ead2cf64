from __future__ import annotations

import pytest
import toy

from archcore import registry
from archcore.conformance import try_law
from archcore.conformance.judge import Judge
from archcore.conformance.subject import subject
from archcore.conformance.suite import select
from archcore.errors import LayoutError, UnknownNameError, UsageError

pytest.importorskip("z3")
LAW = "swap-is-not-special"


@pytest.fixture(autouse=True)
def _toy_alone(monkeypatch):
    only = registry.Registry()
    only.register(toy.module().TARGET)
    monkeypatch.setattr(registry, "_installed", [only])


def test_a_counterexample_fails_again_when_it_is_tried():
    """The line that a refutation prints tells the same calls."""
    (law,) = select((LAW,)).laws
    found = Judge().court(subject(toy.module().TARGET, "pte")).hold(law).counterexample
    said = try_law(LAW, "toy-32bit-v1", "pte", **found.words)
    assert said.splitlines()[0] == "swap-is-not-special fails for toy-32bit-v1 pte"
    assert all(step.call in said for step in found.steps)


def test_words_that_keep_a_law_are_told_so():
    """Nothing is retold that did not fail."""
    said = try_law(LAW, "toy-32bit-v1", "pte", type=1, offset=0)
    assert said == "swap-is-not-special holds for toy-32bit-v1 pte with these words"


def test_what_cannot_be_tried_is_refused():
    """An unknown law, target, level, or words that the law is not about."""
    with pytest.raises(UnknownNameError, match="no law is called 'swap'"):
        try_law("swap", "toy-32bit-v1", "pte")
    with pytest.raises(UnknownNameError, match="no target is called 'toy'"):
        try_law(LAW, "toy", "pte", type=0, offset=0)
    with pytest.raises(LayoutError, match="no level 'p4d'"):
        try_law(LAW, "toy-32bit-v1", "p4d", type=0, offset=0)
    with pytest.raises(UsageError, match="is about type, offset, not about frame"):
        try_law(LAW, "toy-32bit-v1", "pte", frame=1)
