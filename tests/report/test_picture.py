from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import toy
from hypothesis import given
from hypothesis import strategies as st

from archcore.layout import Bit, Bits, EntryLayout
from archcore.report.picture import draw, segments
from archcore.report.svg import svg

ENTRY = toy.module().ENTRY
SVG = "{http://www.w3.org/2000/svg}"


@st.composite
def layouts(draw_from):
    """Return layouts of disjoint fields, some bits without a name."""
    width = draw_from(st.sampled_from([32, 64]))
    cuts = draw_from(st.lists(st.integers(0, width), min_size=2, max_size=12, unique=True))
    ends = sorted(cuts)
    fields = [
        Bits(f"F{at}", low, high - 1)
        for at, (low, high) in enumerate(pairwise(ends))
        if at % 3 != 1
    ]
    return EntryLayout("drawn", tuple(fields), width=width)


@given(layouts(), st.sampled_from([8, 16, 32]))
def test_segments_cover_every_bit_once_from_the_highest(layout, row):
    """Rows and segments follow each other without a gap."""
    drawn = [at for boxes in segments(layout, row) for box in boxes for at in _positions(box)]

    assert drawn == list(range(layout.width - 1, -1, -1))


@given(layouts())
def test_each_bit_stands_under_the_names_of_its_fields(layout):
    """No more and no fewer than the layout gives."""
    for boxes in segments(layout, 16):
        for box in boxes:
            for at in _positions(box):
                names = {one.name for one in layout.fields if one.low <= at <= one.high}
                assert set(box.names) == names


@given(layouts())
def test_every_line_of_a_box_has_the_same_length(layout):
    """The boxes close at the right."""
    lines = [line for line in draw(layout).splitlines() if line[0] in "+|"]
    rules = [at for at, line in enumerate(lines) if line[0] == "+"]

    for top, bottom in zip(rules[::2], rules[1::2], strict=True):
        assert len({len(line) for line in lines[top : bottom + 1]}) == 1


def test_the_picture_names_every_field_and_bit_number():
    """A reader finds each name under its number."""
    picture = draw(ENTRY)

    for one in ENTRY.fields:
        assert one.name in picture
    assert picture.split()[:2] == ["31", "16"]


def test_two_meanings_of_a_bit_stand_in_one_box():
    """What a bit means depends on the entry; both names are shown."""
    layout = EntryLayout(
        "shared", (Bit("GLOBAL", 3, when="valid"), Bit("NONE", 3, when="invalid")), width=32
    )
    boxes = segments(layout, 32)[0]

    assert [box.names for box in boxes if box.low == 3] == [("GLOBAL", "NONE")]


def test_a_field_over_several_rows_is_drawn_once():
    """A frame number of many rows does not repeat its box."""
    layout = EntryLayout("wide", (Bits("PFN", 0, 63),))

    assert draw(layout).count("PFN") == 1
    assert draw(layout).split()[:2] == ["63", "0"]


@given(layouts())
def test_the_svg_is_well_formed_and_stands_alone(layout):
    """It parses, refers to nothing outside, and names every field."""
    text = svg(layout)
    words = {element.text for element in parsed(text).iter(f"{SVG}text")}

    assert {one.name for one in layout.fields} <= words
    assert text.count("http") == text.count('xmlns="http://www.w3.org/2000/svg"') == 1


def test_the_svg_escapes_what_a_name_may_contain():
    """A name with markup stays a name."""
    layout = EntryLayout("<&>", (Bit("R<W&", 0),), width=32)
    root = parsed(svg(layout))

    assert root.findtext(f"{SVG}title") == "<&>"
    assert "R<W&" in {element.text for element in root.iter(f"{SVG}text")}


def parsed(text):
    """Return the root of what svg() just made."""
    return ET.fromstring(text)  # noqa: S314 - made in this process


def _positions(box):
    return range(box.high, box.low - 1, -1)
