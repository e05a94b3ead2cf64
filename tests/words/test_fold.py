from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from programs import programs
from strategies import words

from archcore.words import both, either, negate, where, xor
from archcore.words.fold import FoldingTape
from archcore.words.record import argument


def folded(helper, word):
    """Return what a helper makes of a word, by way of a folding tape, and the tape."""
    tape = FoldingTape(1)
    (free,) = tape.words()
    return tape.recording(helper(free), (0,)).run(word), tape


@given(st.data())
def test_folding_changes_no_answer(data):
    """Words and truths come out of a folding tape as they come out of ints."""
    width = data.draw(st.sampled_from([32, 64]))
    program, word = data.draw(programs(width)), data.draw(words(width))
    assert folded(program.word, word)[0] == program.word(word)
    assert folded(program.truth, word)[0] == program.truth(word)


def test_what_is_plain_takes_no_operation():
    """A choice between equals, a truth beside a constant and a word beside itself are folded."""
    tape = FoldingTape(1)
    (word,) = tape.words()
    odd = xor(word, 1)
    before = len(tape.numbers)
    truth = negate(negate(both(True, either(False, True))))
    assert truth is True
    assert argument(where(True, word, odd)) == argument(word)
    assert len(tape.numbers) == before
