from __future__ import annotations

import toy
from attrs import evolve

from archcore.binding import bind
from archcore.entry import helper, layer
from archcore.report.vectors import Checked, document, text
from archcore.vectors.check import check
from archcore.vectors.group import Gathering, VectorFile
from archcore.vectors.signature import Signature


class Broken:
    """A helper that cannot answer."""

    @helper("pte_broken")
    def broken(self, entry):
        """Fail."""
        raise ZeroDivisionError(entry)


TARGET = evolve(toy.module().TARGET, architecture=layer(toy.module().TARGET.architecture, Broken()))


def checked(name, signature, args, result, traps=0):
    """Check one record."""
    one = Gathering(name, Signature.parse(signature), args, [result], [2], traps)
    vectors, hooks = VectorFile("some.jsonl", {}, {name: one.group()}, {}), bind(TARGET)
    return Checked(TARGET, hooks, vectors, check(TARGET, hooks, vectors))


def test_an_answer_that_is_no_word_is_shown_as_what_went_wrong():
    """It has no meaning to decode and differs in no bit."""
    found = checked("pte_broken", "p:p", [0x5021], 0x5021)
    (failure,) = document(found)["failures"]

    assert failure["got"] == "ZeroDivisionError: 20513"
    assert (failure["decoded"]["got"], failure["differs"]) == (None, [])
    assert "got       ZeroDivisionError: 20513" in text(found)


def test_a_swapped_page_is_shown_by_area_and_offset():
    """As the entry stores them."""
    found = checked("pte_mkyoung", "p:p", [0x506], 0)
    (failure,) = document(found)["failures"]

    assert failure["decoded"]["args"] == [
        {"state": "swap", "pfn": None, "swap": {"type": 3, "offset": "0x5"}, "flags": []}
    ]
    assert "argument    0x506  swap  type 3, offset 0x5" in text(found)


def test_traps_are_told_in_the_summary():
    """How many there were, not that they failed."""
    said = text(checked("pte_young", "b:p", [0x8], 1, traps=3))

    assert "traps         3, never compared" in said
    assert "failed        0" in said
