"""Valgrind lackey traces, a block of lines at a time.

A line of the usual form is read with array operations. Any other (a banner, a bad line, a rare
but legal one) is handed to `parse_line`, which alone decides what is right and what was expected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import define, field

from archcore.trace.lackey_block import Rows, Span, usual_rows
from archcore.trace.lackey_line import Reference, parse_line
from archcore.trace.reading import BadLine, Reading, check_skip_bad, shown, tolerate
from archcore.trace.record import Trace
from archcore.trace.source import Truncated, name_of, opened, whole_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from archcore.trace.lackey_block import Mask


def read(path: str | PathLike[str], *, skip_bad: int = 0) -> Reading:
    """Read a lackey trace from a path, or from standard input for ``-``.

    Raises `TraceError` at the first bad line after ``skip_bad`` others, with its number.
    """
    with opened(path) as blocks:
        return read_blocks(blocks, source=name_of(path), skip_bad=skip_bad)


def read_blocks(blocks: Iterable[bytes | Truncated], *, source: str, skip_bad: int = 0) -> Reading:
    """Read a lackey trace that comes in blocks, cut anywhere."""
    check_skip_bad(skip_bad)
    gathered = _Gathered(source, skip_bad)
    truncated = None
    for text in whole_lines(blocks):
        if isinstance(text, Truncated):
            truncated = text.reason
        else:
            gathered.add(text)
    return Reading(gathered.trace(), gathered.lines, tuple(gathered.skipped), truncated)


@define
class _Gathered:
    """What the blocks so far came to."""

    source: str
    skip_bad: int
    lines: int = 0
    skipped: list[BadLine] = field(factory=list)
    parts: list[Rows] = field(factory=list)

    def add(self, text: bytes) -> None:
        """Read a block of whole lines."""
        span = Span.of(text)
        rows, usual = usual_rows(span)
        if not usual.all():
            rows = self._with_unusual(rows, usual, span)
        self.parts.append(rows)
        self.lines += len(span.starts)

    def _with_unusual(self, rows: Rows, usual: Mask, span: Span) -> Rows:
        """Fill in the legal unusual lines and leave out those that are no reference."""
        kept = usual.copy()
        for at in np.flatnonzero(~usual):
            text = span.data[span.starts[at] : span.ends[at]].tobytes()
            outcome = parse_line(text)
            if isinstance(outcome, Reference):
                rows.vaddr[at], rows.size[at], rows.op[at] = outcome
                kept[at] = True
            elif outcome is not None:
                bad = BadLine(self.lines + int(at) + 1, shown(text), outcome.expected)
                tolerate(bad, self.skipped, skip_bad=self.skip_bad, source=self.source)
        return Rows(rows.vaddr[kept], rows.size[kept], rows.op[kept])

    def trace(self) -> Trace:
        """Join all rows; lackey tells no thread, so all are of thread 0."""
        none = Rows(np.empty(0, np.uint64), np.empty(0, np.uint32), np.empty(0, np.uint8))
        parts = self.parts or [none]
        vaddr = np.concatenate([part.vaddr for part in parts])
        return Trace(
            vaddr=vaddr,
            size=np.concatenate([part.size for part in parts]),
            op=np.concatenate([part.op for part in parts]),
            tid=np.zeros(len(vaddr), np.uint32),
            origin=self.source,
        )
