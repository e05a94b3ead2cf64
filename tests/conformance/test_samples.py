"""Words to try: the same every time, some of them near real entries."""

from __future__ import annotations

from changed_toy import ENTRY, TARGET

from archcore.conformance.calls import calls
from archcore.conformance.samples import chance, entry, rows, words
from archcore.conformance.subject import subject
from archcore.words import has_all

ON = subject(TARGET, "pte")


def test_chance_is_the_same_every_time():
    """A law meets the same words again, and another law others."""
    first, again = (words(ON, chance("a-law", ON), 40) for _ in range(2))
    assert first == again
    assert first != words(ON, chance("another-law", ON), 40)


def test_words_fit_and_begin_with_the_extremes():
    """None, all ones, then words of every kind, of the target's width."""
    found = words(ON, chance("a-law", ON), 40)
    assert found[:2] == [0, 2**32 - 1]
    assert all(0 <= word < 2**32 for word in found)
    assert len(set(found)) > 30


def test_some_words_are_nearly_pages():
    """Conditions hold now and then: some words are leaves, some are not."""
    found = words(ON, chance("a-law", ON), 60)
    leaves = [word for word in found if has_all(word, ENTRY.mask("V", "LEAF"))]
    assert 5 < len(leaves) < 55


def test_an_entry_is_a_page_of_its_frame():
    """An entry maps the frame that was asked for, whatever its marks."""
    by = chance("a-law", ON)
    vma = next(one for one in ON.mappings if one.writable)
    found = [entry(ON, vma, by, frame=0x123) for _ in range(20)]
    assert {ON.own.pfn(one) for one in found} == {0x123}
    assert len({ON.own.dirty(one) for one in found}) == 2


def test_rows_hold_everything_but_words():
    """All rows of a call have the same VMA, so that one array of words stands for them."""
    call = next(one for one in calls(ON) if one.name == "pte_numa")
    found = list(rows(call, ON, chance("a-law", ON), 12))
    assert len(found) == 12
    assert len({id(vma) for vma, _ in found}) == 1
    assert len({word for _, word in found}) > 6
