from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.trace import Op
from archcore.trace.lackey_line import (
    Malformed,
    Reference,
    is_banner,
    parse_line,
    read_line_by_line,
)
from archcore.trace.source import LONGEST_LINE

DATA = Path(__file__).parent / "data"


class TestParseLine:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            (b"I  0401ab70,3", Reference(0x0401AB70, 3, Op.EXECUTE)),
            (b" S 1fff000778,8", Reference(0x1FFF000778, 8, Op.WRITE)),
            (b" L 04033e06,1", Reference(0x04033E06, 1, Op.READ)),
            (b" M 04032e58,8", Reference(0x04032E58, 8, Op.MODIFY)),
            (b" L ffffffffffffffff,1", Reference((1 << 64) - 1, 1, Op.READ)),
            (b" L 00000000,4294967295", Reference(0, 4294967295, Op.READ)),
        ],
    )
    def test_a_reference_is_read(self, line, expected):
        """Each of lackey's four letters has its operation; addresses are hex, sizes decimal."""
        assert parse_line(line) == expected

    @pytest.mark.parametrize("line", [b"", b"==12897== Lackey", b"==12897== ", b"==1=="])
    def test_what_valgrind_says_is_no_reference(self, line):
        """A banner line and an empty line are fine and mean nothing."""
        assert parse_line(line) is None

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            (b" L 0401AB70,8", "lower-case hexadecimal"),
            (b" L 0x401ab70,8", "lower-case hexadecimal"),
            (b" L ,8", "1 to 16"),
            (b" L 00000000000000000,8", "1 to 16"),
            (b" L 0401ab70,0", "size of 1 to 4294967295 bytes"),
            (b" L 0401ab70,08", "no leading zero"),
            (b" L 0401ab70,4294967296", "size of 1 to 4294967295 bytes"),
            (b" L 0401ab70,a", "decimal"),
            (b" L 0401ab70,8 ", "decimal"),
            (b" L 0401ab70,", "decimal"),
            (b" L 0401ab70,\xb2", "decimal"),
            (b" L ffffffffffffffff,2", "ends within 64 bits"),
            (b" L 0401ab70", "a line 'I  ADDRESS,SIZE'"),
            (b"L  0401ab70,8", "a line 'I  ADDRESS,SIZE'"),
            (b" I 0401ab70,8", "a line 'I  ADDRESS,SIZE'"),
            (b" X 0401ab70,8", "a line 'I  ADDRESS,SIZE'"),
            (b" ", "a line 'I  ADDRESS,SIZE'"),
            (b"==pid== Lackey", "a line 'I  ADDRESS,SIZE'"),
            (b"==12==Lackey", "a line 'I  ADDRESS,SIZE'"),
            (b"==1== " + b"x" * LONGEST_LINE, "a line of at most 1048576 bytes"),
        ],
    )
    def test_a_bad_line_says_what_was_expected(self, line, expected):
        """The first thing that is wrong is the one that is named."""
        outcome = parse_line(line)

        assert isinstance(outcome, Malformed)
        assert expected in outcome.expected

    @given(st.from_regex(rb"\A(I  | [LSM] |.{0,4})[0-9a-fA-F]{0,18},?[0-9a]{0,11}\s?\Z"))
    def test_what_is_accepted_is_what_the_grammar_allows(self, line):
        """Against lackey's grammar as one expression, read with Python's own numbers."""
        match = re.fullmatch(rb"(I | [LSM]) ([0-9a-f]+),([1-9]\d*)", line)
        fits = match and (
            len(match[2]) <= 16
            and int(match[3]) < 1 << 32
            and int(match[2], 16) + int(match[3]) <= 1 << 64
        )

        outcome = parse_line(line)

        assert isinstance(outcome, Reference) == bool(fits)
        if fits:
            assert outcome[:2] == (int(match[2], 16), int(match[3]))


class TestReadLineByLine:
    def test_a_real_trace_has_the_lines_grep_counts(self):
        """Of the first 300 lines of ``ls`` six are Valgrind's banner; the rest are references."""
        data = (DATA / "ls.lackey").read_bytes()

        reading = read_line_by_line(data, source="ls")

        assert (reading.lines, len(reading.trace)) == (300, 294)
        assert [int((reading.trace.op == op).sum()) for op in Op] == [
            data.count(b"\n L "),
            data.count(b"\n S "),
            data.count(b"\n M "),
            data.count(b"\nI  "),
        ]

    def test_a_banner_needs_a_number(self):
        """Equals signs alone are not Valgrind's."""
        assert is_banner(b"==12897== Command: ls -la")
        assert not is_banner(b"==== Command: ls -la")
