"""The picture of an entry: a ruler of bit numbers over boxes with the names of the fields."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from archcore.layout import EntryLayout

ROW = 16


@frozen
class Segment:
    """Neighbouring bits under the same names; several names where the meaning depends."""

    low: int
    high: int
    names: tuple[str, ...]


def segments(layout: EntryLayout, row: int) -> tuple[tuple[Segment, ...], ...]:
    """Return the segments of each row of that many bits, the highest bit first."""
    tops = range(layout.width - 1, -1, -row)
    return tuple(_row(layout, range(top, top - row, -1)) for top in tops)


def _row(layout: EntryLayout, positions: range) -> tuple[Segment, ...]:
    def names(at: int) -> tuple[str, ...]:
        return tuple(one.name for one in layout.fields if one.low <= at <= one.high)

    groups = ((named, tuple(group)) for named, group in groupby(positions, names))
    return tuple(Segment(group[-1], group[0], named) for named, group in groups)


def draw(layout: EntryLayout, row: int = ROW) -> str:
    """Return the picture in plain characters; an empty box has no name.

    A line shows ``row`` bits, or more when one field fills several lines.
    """
    return "\n".join(_boxes(boxes) for boxes in _merged(segments(layout, row)))


def _merged(rows: tuple[tuple[Segment, ...], ...]) -> list[tuple[Segment, ...]]:
    merged: list[tuple[Segment, ...]] = []
    for boxes in rows:
        above = merged[-1] if merged else ()
        if len(boxes) == len(above) == 1 and boxes[0].names == above[0].names:
            merged[-1] = (Segment(boxes[0].low, above[0].high, boxes[0].names),)
        else:
            merged.append(boxes)
    return merged


def _boxes(boxes: tuple[Segment, ...]) -> str:
    widths = [_width(box) for box in boxes]
    rule = "+" + "+".join("-" * width for width in widths) + "+"
    ruler = " " + " ".join(_numbers(box, width) for box, width in zip(boxes, widths, strict=True))
    height = max(1, *(len(box.names) for box in boxes)) if boxes else 1
    lines = [
        "|" + "|".join(_name(box, at).center(w) for box, w in zip(boxes, widths, strict=True)) + "|"
        for at in range(height)
    ]
    return "\n".join([ruler.rstrip(), rule, *lines, rule])


def _width(box: Segment) -> int:
    return max([len(_numbers(box, 0)), *(len(name) for name in box.names)]) + 2


def _numbers(box: Segment, width: int) -> str:
    """Return the bit numbers of a box: the highest at its left, the lowest at its right."""
    if box.high == box.low:
        return str(box.high).center(width)
    space = width - len(str(box.high)) - len(str(box.low)) - 2
    return f" {box.high}{' ' * max(space, 1)}{box.low} "[: width or None]


def _name(box: Segment, at: int) -> str:
    return box.names[at] if at < len(box.names) else ""
