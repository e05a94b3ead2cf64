"""A helper without an answer is found, whatever else asks it."""

from __future__ import annotations

from typing import NoReturn

import pytest
from changed_toy import ENTRY, TARGET, TOY, instead, otherwise, result

from archcore.conformance.verdict import Status
from archcore.entry import helper
from archcore.errors import MachineError
from archcore.words import has_all, put

LAW = "helper-answers-every-word"


def _raises(pte):
    msg = "no such entry"
    raise ValueError(msg)


def _partial(pte):
    if pte & ENTRY["D"].value:
        return has_all(pte, ENTRY["A"])
    return None


MUTANTS = [
    pytest.param({"pte_special": lambda: None}, "gives None, not a truth", id="no-body"),
    pytest.param({"pte_special": _raises}, "raises ValueError: no such entry", id="raises"),
    pytest.param({"pte_young": _partial}, "pte_young(0x00000000) gives None", id="partial"),
    pytest.param({"pte_young": lambda pte: pte & 8}, "gives 0, not a truth", id="word-for-truth"),
    pytest.param({"pte_mkold": lambda: True}, "gives True, not a word", id="truth-for-word"),
    pytest.param({"pte_mkold": lambda pte: ~pte}, "gives -1, not a word", id="no-word"),
    pytest.param({"pte_mkold": lambda pte: pte | 1 << 32}, "not a word", id="too-wide"),
    pytest.param({"page_none": lambda: None}, "page_none() gives None, not a word", id="constant"),
    pytest.param(
        {"pte_mkold": lambda pte: pte.__index__()}, "on arrays raises TypeError", id="no-array"
    ),
    pytest.param(
        {"pte_mkold": lambda pte: pte & 7}, "on recorded words raises Portab", id="operator"
    ),
]


def test_every_hook_of_the_toy_answers():
    """Each of its hooks about words was asked sixteen times."""
    found = result(TARGET, LAW)
    assert (found.status, found.reason) == (Status.SAMPLED, "")
    hooks = [name for name, one in vars(TOY).items() if hasattr(one, "archcore_impl")]
    assert found.tried == 16 * (len(hooks) - len(["archcore_targets"]) + len(["the hint's"] * 3))


@pytest.mark.parametrize(("functions", "reason"), MUTANTS)
def test_what_is_no_answer_is_refuted(functions, reason):
    """None, an exception, another kind than declared and what is no word each have their reason."""
    found = result(instead(**functions), LAW)
    assert found.status is Status.REFUTED
    assert reason in found.reason


class Extra:
    """Kernel helpers that nothing but this law asks."""

    @helper("pte_extra")
    def extra(self, _entry) -> NoReturn:
        """Stop as BUG() does."""
        msg = "there is no such thing here"
        raise MachineError(msg)


class Silent(Extra):
    """One that says it stops, and does not."""

    @helper("pte_extra")
    def extra(self, entry) -> NoReturn:
        """Go on."""
        return entry


class Undeclared(Extra):
    """One that stops and does not say so."""

    @helper("pte_extra")
    def extra(self, _entry):
        """Stop as BUG() does."""
        msg = "there is no such thing here"
        raise MachineError(msg)


def test_a_bug_is_an_answer_where_it_is_declared():
    """A helper annotated NoReturn has to raise MachineError; no other may."""
    assert result(otherwise(Extra()), LAW).status is Status.SAMPLED
    silent, undeclared = (result(otherwise(one), LAW) for one in (Silent(), Undeclared()))
    assert "gives 0, not nothing, by BUG()" in silent.reason
    assert "raises MachineError: there is no such thing here" in undeclared.reason


def test_a_helper_of_the_kernel_without_a_body_is_refuted():
    """What is declared to be a truth or a word has to be one, whether anybody asks or not."""

    class Empty:
        """A helper without a body."""

        @helper("pte_extra")
        def extra(self, entry):
            """Say nothing."""

    found = result(otherwise(Empty()), LAW)
    assert "pte_extra(0x00000000) gives None, not a word or a truth" in found.reason


def test_masks_are_words():
    """A constant of the layout is an answer, if it is as wide as an entry."""
    assert result(instead(page_none=lambda: ENTRY["HINT"]), LAW).status is Status.SAMPLED
    assert result(instead(pte_mkold=lambda pte: put(pte, 0)), LAW).status is Status.SAMPLED
