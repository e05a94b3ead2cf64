"""A comparison as one HTML file: a strip of bits a target, tables, who paid, and what failed.

Nothing is loaded from elsewhere, no script runs, and letters repeat what colours say.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.errors import PluginError
from archcore.report.compare_text import PAYERS, SECTIONS, failures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcore.report.compare import Row

PAGE = files("archcore.report") / "pages" / "compare.html"
LETTERS = {"set": "S", "cleared": "C", "inverted": "I", "computed": "*"}
LONGEST = 500  # pixels


@frozen
class Bit:
    """One bit of an entry: its number, what arming does to it, and its names in the layout."""

    number: int
    kind: str
    names: str


@frozen
class Strip:
    """The bits of a target's entry, the highest first, and the encoding in words."""

    target: str
    said: str
    bits: tuple[Bit, ...]

    @property
    def width(self) -> int:
        """The number of bits."""
        return len(self.bits)


@frozen
class Bar:
    """Units of work that faults and scans of one target paid for, and their lengths in pixels."""

    target: str
    fault: int
    scan: int
    longest: int

    @property
    def fault_px(self) -> int:
        """The length of the part that faults paid."""
        return LONGEST * self.fault // self.longest

    @property
    def scan_px(self) -> int:
        """The length of the part that scans paid."""
        return LONGEST * self.scan // self.longest


def render_html(rows: Sequence[Row], references: int, origin: str) -> str:
    """Return the page; raises PluginError where jinja2 is missing."""
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        raise PluginError("HTML takes jinja2; install archcore[report]") from error
    around = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return around.from_string(PAGE.read_text(encoding="utf-8")).render(
        references=references,
        origin=origin,
        kinds=list(LETTERS),
        letters=LETTERS,
        strips=[_strip(row) for row in rows],
        sections=[
            {
                "title": title,
                "names": names,
                "rows": [cells(row) for row in rows],
                "judged": title.startswith("Kept"),
            }
            for title, names, cells in SECTIONS
        ],
        bars=_bars(rows),
        failures=[line for row in rows for line in failures(row)],
    )


def _strip(row: Row) -> Strip:
    layout, changes = row.target.geometry.levels[0].layout, row.properties.changes

    def bit(at: int) -> Bit:
        kind = changes.of(at)
        # Clearing what no live entry has set changes nothing.
        plain = kind not in LETTERS or (kind == "cleared" and not changes.usual.value >> at & 1)
        names = "/".join(one.name for one in layout.fields if one.low <= at <= one.high)
        return Bit(at, "" if plain else kind, names)

    bits = tuple(map(bit, reversed(range(layout.width))))
    return Strip(row.target.id, row.properties.encoding, bits)


def _bars(rows: Sequence[Row]) -> list[Bar]:
    paid = {
        row.target.id: tuple(map(row.replay.paid_by, PAYERS))
        for row in rows
        if row.replay is not None
    }
    longest = max(map(sum, paid.values()), default=0) or 1
    return [Bar(target, fault, scan, longest) for target, (fault, scan) in paid.items()]
