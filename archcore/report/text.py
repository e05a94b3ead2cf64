"""Text for people: plain columns at full width, or tables that fit the terminal.

rich is used on a terminal when it is installed; everywhere else a line is never cut or wrapped,
so that what is piped can be searched. Colour repeats what the words already say.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

ESCAPES = {"bold": "1", "red": "31", "green": "32", "yellow": "33"}
GAP = "  "
BETWEEN = "   "  # what rich puts between two columns of a SIMPLE_HEAD box


@frozen
class Look:
    """How text may be dressed; ``columns`` is the width of the terminal, None if it is not one."""

    colour: bool = False
    columns: int | None = None


PLAIN = Look()


def paint(text: str, style: str, look: Look) -> str:
    """Return the text in a style of ESCAPES, or as it is where colour is not wanted."""
    return f"\x1b[{ESCAPES[style]}m{text}\x1b[0m" if look.colour else text


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], look: Look = PLAIN) -> str:
    """Return a table with one line a row; on a terminal with rich, long cells are folded.

    Only between words: where the longest words do not fit side by side, it stays plain.
    """
    if look.columns is not None and find_spec("rich") is not None:
        widths = _folded([headers, *rows], look.columns)
        if widths is not None:
            return _drawn(headers, rows, widths, look)
    lines = _columns([headers, *rows])
    return "\n".join([paint(lines[0], "bold", look), *lines[1:]])


def pairs(rows: Sequence[tuple[str, str]], indent: str = GAP) -> str:
    """Return names and values in two columns without a heading."""
    return "\n".join(indent + line for line in _columns(rows))


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    )
    return [line.rstrip() for line in lines]


def _folded(rows: Sequence[Sequence[str]], columns: int) -> list[int] | None:
    """Return column widths that fit, the widest columns folded first; None if words do not fit."""
    cells = list(zip(*rows, strict=True))
    words = [max((len(word) for cell in one for word in cell.split()), default=1) for one in cells]
    widths = [max(1, *map(len, one)) for one in cells]
    while sum(widths) + len(BETWEEN) * (len(widths) - 1) > columns:
        spare = [width - word for width, word in zip(widths, words, strict=True)]
        if not any(spare):
            return None
        widest = max((width, at) for at, width in enumerate(widths) if spare[at])[1]
        widths[widest] -= 1
    return widths


def _drawn(
    headers: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], look: Look
) -> str:
    from io import StringIO

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for header, width in zip(headers, widths, strict=True):
        made.add_column(Text(header), width=width)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    paper = StringIO()
    Console(
        file=paper, width=look.columns, force_terminal=look.colour, no_color=not look.colour
    ).print(made)
    return "\n".join(line.rstrip() for line in paper.getvalue().splitlines())
