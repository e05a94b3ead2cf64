from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.report.text import PLAIN, Look, paint, pairs, table

CELL = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200)
HEADERS = ("NAME", "NOTE")


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_a_piped_table_cuts_nothing_and_has_a_line_a_row(rows):
    """However long a cell is, it stands whole on the line of its row."""
    lines = table(HEADERS, rows).splitlines()

    assert [tuple(line.split()) for line in lines] == [HEADERS, *rows]


def test_columns_line_up():
    """The second cells of all rows begin at the same place."""
    lines = table(HEADERS, [("a", "x"), ("much-longer", "y")]).splitlines()

    assert (
        len({line.index(cell) for line, cell in zip(lines, ("NOTE", "x", "y"), strict=True)}) == 1
    )


def test_no_line_ends_in_spaces():
    """What is piped into a diff shows no noise."""
    text = table(HEADERS, [("a", ""), ("b", "x")])

    assert text == "\n".join(line.rstrip() for line in text.splitlines())


def test_plain_text_has_no_escape():
    """Without colour neither headings nor words carry terminal codes."""
    assert "\x1b" not in table(HEADERS, [("a", "b")]) + paint("word", "red", PLAIN)


def test_colour_adds_nothing_but_escapes():
    """The words are the same without them."""
    painted = paint("faults", "red", Look(colour=True))

    assert painted != "faults"
    assert painted.removeprefix("\x1b[31m").removesuffix("\x1b[0m") == "faults"


def test_a_terminal_gets_its_width_and_every_word_of_a_cell():
    """With rich a long cell is folded, not cut."""
    pytest.importorskip("rich")
    text = table(HEADERS, [("a", "word " * 30)], Look(columns=40))

    assert max(map(len, text.splitlines())) <= 40
    assert text.count("word") == 30


@given(
    st.lists(st.lists(CELL, max_size=4).map(" ".join), min_size=6, max_size=6),
    st.sampled_from([10, 60, 100, 300]),
)
def test_a_terminal_never_breaks_a_word(cells, columns):
    """A target id can be copied from the table, whatever the width."""
    pytest.importorskip("rich")
    shown = table("ABCDEF", [cells], Look(columns=columns))

    assert set(" ".join(cells).split()) <= set(shown.split())


def test_a_terminal_without_colour_gets_no_escape():
    """NO_COLOR holds for rich, too."""
    pytest.importorskip("rich")

    assert "\x1b" not in table(HEADERS, [("a", "b")], Look(columns=40))


def test_markup_in_a_cell_is_text():
    """Square brackets of a reason reach the reader."""
    pytest.importorskip("rich")

    assert "[red]" in table(HEADERS, [("a", "[red]")], Look(columns=40))


def test_pairs_are_two_indented_columns():
    """Names at the left, values lined up."""
    assert pairs([("a", "1"), ("long", "2")]) == "  a     1\n  long  2"
