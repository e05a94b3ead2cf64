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
    """Return a table with one line a row; on a terminal with rich, long cells are folded."""
    if look.columns is not None and find_spec("rich") is not None:
        return _fitted(headers, rows, look.columns, colour=look.colour)
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


def _fitted(
    headers: Sequence[str], rows: Sequence[Sequence[str]], columns: int, *, colour: bool
) -> str:
    from io import StringIO

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for header in headers:
        made.add_column(header, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    paper = StringIO()
    Console(file=paper, width=columns, force_terminal=colour, no_color=not colour).print(made)
    return "\n".join(line.rstrip() for line in paper.getvalue().splitlines())
