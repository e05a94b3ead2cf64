from __future__ import annotations

import numpy as np
import pytest

from archcore.errors import PortabilityError
from archcore.words import Mask, add_bits, clear, has_any, put, same, where, xor
from archcore.words.record import record

LOW, HIGH = Mask(0x0F), Mask(0xF0)


def arm(word):
    """Clear, set and flip, each only where it is asked for."""
    marked = put(clear(word, LOW), HIGH)
    return where(has_any(word, LOW), marked, xor(marked, 0x100))


def test_a_recording_lists_the_operations_in_order():
    """The listing is the helper, one operation a line, with constants in hexadecimal."""
    assert str(record(arm)).splitlines() == [
        "v1 = clear(v0, 0xf)",
        "v2 = put(v1, 0xf0)",
        "v3 = has_any(v0, 0xf)",
        "v4 = xor(v2, 0x100)",
        "v5 = where(v3, v2, v4)",
        "return v5",
    ]
    assert record(arm).cost == 5


def test_the_same_operation_costs_once():
    """What a helper asks twice is recorded once."""
    assert record(lambda word: put(clear(word, LOW), clear(word, LOW))).cost == 2


def test_an_operation_that_is_constant_costs_nothing():
    """A helper that ignores its word has no operations, and its result is the constant."""
    recording = record(lambda _: put(LOW, HIGH))
    assert recording.cost == 0
    assert recording.run(7) == 0xFF
    assert str(recording) == "return 0xff"


def test_a_recording_runs_on_arrays():
    """Recorded once, run on a whole array at once."""
    words = np.arange(64, dtype=np.uint64)
    assert record(arm).run(words).tolist() == [arm(word) for word in range(64)]


def test_a_count_of_any_sign_is_recorded():
    """Adding less than nothing wraps in a recording as it does in a word."""
    recording = record(lambda word: add_bits(word, HIGH, -1))
    assert recording.run(0x05) == 0xF5


def test_two_recordings_do_not_meet():
    """A word of another recording has no number here."""
    kept = []
    record(lambda word: kept.append(word) or word)
    with pytest.raises(PortabilityError, match="two recordings"):
        record(lambda word: put(word, kept[0]))


def test_a_recording_has_one_width():
    """Masks of two widths in one helper are found by recording it."""
    with pytest.raises(PortabilityError, match="two widths"):
        record(lambda word: same(clear(word, LOW), Mask(1, 32)))


@pytest.mark.parametrize("given", [(), (1, 2)])
def test_a_recording_runs_on_as_many_words_as_it_was_made_with(given):
    """A missing word is an error, and so is one too many."""
    with pytest.raises(PortabilityError, match=f"a recording of 1 words, run on {len(given)}"):
        record(arm).run(*given)


@pytest.mark.parametrize("result", [None, "text", 1.5, -1])
def test_a_helper_returns_a_word_or_a_truth(result):
    """Anything else cannot be put on the tape."""
    with pytest.raises(PortabilityError):
        record(lambda _: result)
