from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.cli.words import word_of, words_in
from archcore.errors import InputError, UsageError

WORDS = st.integers(0, 2**64 - 1)


@given(WORDS, st.sampled_from(["{:#x}", "{:#018x}", "{:d}", "{:_d}", "{:#_x}", "0X{:X}"]))
def test_a_word_is_read_however_it_is_written(word, form):
    """Hexadecimal, decimal, padded or grouped."""
    assert word_of(form.format(word), 64) == word


@pytest.mark.parametrize(
    "written", ["", "0x", "x12", "12ab", "0x_", "1__2", "_1", "1_", "-1", "0b1", "1e3", "٣", " 1"]
)
def test_anything_else_is_a_usage_error(written):
    """The message says what a word looks like."""
    with pytest.raises(UsageError, match="hexadecimal with 0x, or decimal"):
        word_of(written, 64)


@pytest.mark.parametrize("width", [32, 64])
def test_a_word_must_fit_the_entry(width):
    """The largest word fits, the next number does not."""
    assert word_of(str(2**width - 1), width) == 2**width - 1
    with pytest.raises(UsageError, match=f"word of {width} bits"):
        word_of(str(2**width), width)


def test_lines_may_be_blank_or_commented():
    """What is no word is passed over where it is meant to be none."""
    lines = [b"0x10 # first\n", b"\n", b"# none\n", b"17\r\n", b"  0x12"]

    assert list(words_in(lines, "words.txt", 64)) == [0x10, 17, 0x12]


@pytest.mark.parametrize("bad", [b"zz\n", b"0x10 0x11\n", b"\xff\xfe\n", b"0x1" + b"0" * 16])
def test_a_bad_line_is_named_with_what_was_expected(bad):
    """Source, line and what stood there; the words before it were given out."""
    words = words_in([b"1\n", bad], "words.txt", 64)

    assert next(words) == 1
    with pytest.raises(InputError, match=r"^words\.txt:2: expected a word of 64 bits.*; found "):
        next(words)
