from __future__ import annotations

from hypothesis import assume, given
from programs import programs, words

from archcore.words import Mask, bits, clear, has_all, put, where, with_bits, xor
from archcore.words.cube import Cube, cover, every
from archcore.words.mask import full
from archcore.words.rewrite import Rewrite, cases, rewrite_of
from archcore.words.strict import StrictWord

FLAG, OTHER, FRAME = Mask(0b1), Mask(0b10), Mask(0xFF000)
OPEN, SHUT = Cube(FLAG, Mask(0)), Cube(Mask(0), FLAG)


@given(programs(), programs(), words())
def test_two_masks_do_what_the_helper_does(helper, condition, word):
    """On the words of its condition, a rewrite gives the helper's result bit for bit."""
    for cube in cover(64, condition.truth):
        rewrite = rewrite_of(helper.word, cube)
        if rewrite is not None and cube.holds(word):
            assert rewrite(word) == helper.word(word)


@given(programs(), programs(), words())
def test_cases_cover_a_condition_and_agree_with_the_helper(helper, condition, word):
    """Each word of the condition falls under one case, every other word under none."""
    found = cases(helper.word, cover(64, condition.truth))
    assume(found is not None)
    mine = [case for case in found if case.condition.holds(word)]
    assert len(mine) == condition.truth(word)
    assert [case(word) for case in mine] == [helper.word(word)] * len(mine)


@given(programs(), programs(), words())
def test_one_rewrite_after_another_is_a_rewrite(first, second, word):
    """Composition gives what the helpers give one after the other, for just the words both take."""
    for before in (cases(first.word, [every(64)]) or ())[:3]:
        for after in (cases(second.word, [every(64)]) or ())[:3]:
            both = before.then(after)
            taken = before.condition.holds(word) and after.condition.holds(before(word))
            assert taken == (both is not None and both.condition.holds(word))
            assert not taken or both(word) == second.word(first.word(word))


def test_each_bit_is_copied_inverted_cleared_or_put():
    """The four views say all there is to say about the two masks."""
    rewrite = rewrite_of(lambda w: put(clear(xor(w, FRAME), FLAG), OTHER), every(64))
    assert rewrite.inverted == FRAME
    assert rewrite.cleared == FLAG
    assert rewrite.put == OTHER
    assert rewrite.copied == ~(FRAME | FLAG | OTHER)
    views = (rewrite.copied, rewrite.inverted, rewrite.cleared, rewrite.put)
    assert sum(view.value for view in views) == full(64)


def test_helpers_that_do_the_same_are_equal_as_data():
    """Structure is compared, not spelling."""
    first = rewrite_of(lambda w: put(clear(w, FLAG), OTHER), OPEN)
    second = rewrite_of(lambda w: clear(xor(put(w, FLAG | OTHER), FLAG), FLAG), OPEN)
    assert first == second


def test_a_choice_by_one_bit_makes_two_cases():
    """A bit that depends on another is data once that one is known."""
    helper = lambda w: where(has_all(w, FLAG), put(w, OTHER), w)  # noqa: E731 - read as one line
    assert rewrite_of(helper, every(64)) is None
    found = cases(helper, [every(64)])
    assert {(case.condition, case.put) for case in found} == {
        (OPEN, FLAG | OTHER),
        (SHUT, Mask(0)),
    }


def test_cases_split_in_vain_join_again():
    """Whatever happens to the bit two cases differ in, they are told as one if one can say it."""
    for helper in (lambda w: clear(w, FLAG), lambda w: xor(w, FLAG), lambda w: put(w, OTHER)):
        assert cases(helper, [SHUT, OPEN]) == (rewrite_of(helper, every(64)),)


def test_a_number_moved_elsewhere_is_no_data():
    """Two masks cannot shift, and a case for every number would be no help."""
    helper = lambda w: with_bits(w, FRAME, bits(w, Mask(0xFF)))  # noqa: E731 - read as one line
    assert rewrite_of(helper, every(64)) is None
    assert cases(helper, [every(64)]) is None


def test_a_rewrite_runs_in_every_number_system():
    """It is applied with the vocabulary, like the helper it stands for."""
    rewrite = Rewrite(OPEN, ~FLAG, FRAME)
    assert rewrite(StrictWord(0b11)).value == FRAME.value | 0b10
