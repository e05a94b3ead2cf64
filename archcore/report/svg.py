"""The picture of an entry as one SVG file: no script, no font to load, legible without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from archcore.report.picture import Segment, segments

if TYPE_CHECKING:
    from archcore.layout import EntryLayout

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
ROW = 32
CELL, MARGIN, LETTER = 34, 24, 7
TITLE, RULER, BOX, BETWEEN, LEGEND = 44, 18, 112, 22, 30
STYLE = (
    "text{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px;fill:#111}"
    "rect{fill:#fff;stroke:#111;stroke-width:1.2}"
    "rect.unnamed{fill:#e8e8e8}"
    ".bit{font-size:10px;fill:#444}"
    ".title{font-size:16px;font-weight:bold}"
    ".sometimes{font-style:italic}"
)
NOTE = (
    "Bits are numbered from the lowest. Slanted names hold for some entries only: those that "
    "hardware may use, or the others. Grey bits have no name."
)


def svg(layout: EntryLayout, title: str = "") -> str:
    """Return the picture, 32 bits a row; ``title`` defaults to the layout's name."""
    rows = segments(layout, ROW)
    width = 2 * MARGIN + ROW * CELL
    step = RULER + BOX + BETWEEN
    height = TITLE + step * len(rows) + LEGEND
    slanted = {one.name for one in layout.fields if one.when != "always"}
    area = f'width="{width}" height="{height}"'
    parts = [
        f'<svg {XMLNS} {area} viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title or layout.name)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect {area} style="stroke:none"/>',
        _text(MARGIN, TITLE - 14, title or layout.name, "title"),
    ]
    for at, boxes in enumerate(rows):
        for box in boxes:
            parts += _box(box, TITLE + at * step, slanted)
    parts += [_text(MARGIN, height - LEGEND // 2, NOTE, "bit"), "</svg>"]
    return "\n".join(parts)


def _box(box: Segment, top: int, slanted: set[str]) -> list[str]:
    left = MARGIN + (ROW - 1 - box.high % ROW) * CELL
    width = (box.high - box.low + 1) * CELL
    kind = "" if box.names else ' class="unnamed"'
    numbers = {left + 4: box.high, left + width - 4 - LETTER * len(str(box.low)): box.low}
    if box.high == box.low:
        numbers = {left + (CELL - LETTER * len(str(box.low))) // 2: box.low}
    place = f'x="{left}" y="{top + RULER}" width="{width}" height="{BOX}"'
    return [
        *(_text(x, top + RULER - 5, str(number), "bit") for x, number in numbers.items()),
        f"<rect{kind} {place}/>",
        *_names(box, left, width, top + RULER, slanted),
    ]


def _names(box: Segment, left: int, width: int, top: int, slanted: set[str]) -> list[str]:
    """Write the names side by side if they fit, upright if they do not."""
    share = width // max(len(box.names), 1)
    upright = any(len(name) * LETTER + 6 > share for name in box.names)
    made = []
    for at, name in enumerate(box.names):
        middle, level = left + share * at + share // 2, top + BOX // 2
        turn = f' transform="rotate(-90 {middle} {level})"' if upright else ""
        style = "sometimes" if name in slanted else ""
        made.append(_text(middle, level + 4, name, style, f' text-anchor="middle"{turn}'))
    return made


def _text(x: int, y: int, text: str, style: str = "", more: str = "") -> str:
    named = f' class="{style}"' if style else ""
    return f'<text x="{x}" y="{y}"{named}{more}>{escape(text)}</text>'
