from __future__ import annotations

import toy
from hypothesis import given
from hypothesis import strategies as st

from archcore.conformance.judge import Judge
from archcore.conformance.proposals.flip import Flip
from archcore.conformance.proposals.forge import Forge
from archcore.conformance.proposals.marking import Marking, frame_of
from archcore.conformance.proposals.teach import ACCESSIBLE, MODIFY, taught
from archcore.words import Mask

TARGET = toy.module().TARGET
ENTRY = TARGET.geometry.levels[0].layout
FORGE = Forge(TARGET, ("pte",), Judge())
BARE = FORGE.bare["pte"]
PLACE = 6
FRAME = frame_of(BARE, FORGE.closing)
MARKING = Marking(BARE.own, FRAME, FORGE.closing, Flip(Mask(1 << PLACE, 32), sets=True))
PAGES = st.integers(0, 2**20 - 1).map(lambda frame: frame << 12 | 0x2F)


def test_the_frame_and_the_leaf_bit_are_what_a_format_writes_besides_flags():
    """pfn_pte of the toy places the frame and adds LEAF."""
    assert ENTRY.mask("PFN", "LEAF") == FRAME


@given(PAGES)
def test_arming_clears_the_valid_bit_and_sets_the_mark(page):
    """Nothing else of the word changes, which plain numbers say."""
    assert MARKING.armed(page) == page & ~1 | 1 << PLACE
    assert MARKING.shows(MARKING.armed(page))
    assert not MARKING.shows(page)


@given(PAGES)
def test_disarming_gives_the_page_back(page):
    """As it was, with the value that is wanted in the place of the mark."""
    hint = MARKING.armed(page)
    assert MARKING.plain(hint) == page
    assert MARKING.disarmed(hint, 1) == page | 1 << PLACE


@given(PAGES)
def test_a_helper_that_learned_answers_of_a_hint_as_of_its_page(page):
    """pte_present of the toy denies a foreign hint until it is taught."""
    hint = MARKING.armed(page)
    assert not BARE.own.present(hint)
    assert taught(MARKING, ("present",)).present(hint)
    assert not taught(MARKING, ("present",)).present(0)


@given(PAGES)
def test_pte_modify_that_learned_forgets_the_hint(page):
    """A hint and its page become the same entry by another protection."""
    modify, prot = taught(MARKING, (MODIFY,)).modify, BARE.hooks.page_none()
    assert modify(MARKING.armed(page), prot) == BARE.own.modify(page, prot) == modify(page, prot)


@given(PAGES, st.booleans())
def test_a_hint_may_be_in_a_tlb_while_a_flush_is_pending(page, pending):
    """pte_accessible that learned affirms it then; else it answers as before."""
    accessible = taught(MARKING, (ACCESSIBLE,)).accessible
    before = BARE.own.accessible(MARKING.armed(page), pending)
    assert accessible(MARKING.armed(page), pending) == (before or pending)
