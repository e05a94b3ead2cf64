"""What reading a trace comes to: the references, and everything that was not one."""

from __future__ import annotations

from attrs import frozen

from archcore.errors import TraceError, UsageError
from archcore.trace.record import Trace  # noqa: TC001  (attrs resolves annotations)

TEXT_SHOWN = 80
"""Bytes of a bad line that are kept to show."""


@frozen
class BadLine:
    """A line that is not what its format allows: its number (from 1), its text, what was due."""

    number: int
    text: str
    expected: str


@frozen
class Reading:
    """The outcome of reading one trace.

    ``lines`` counts every line read, references or not (0 for a format without lines);
    ``skipped`` holds each bad line the caller chose to tolerate, in order; ``truncated`` says how
    the input ended too early, or is None when it was read to its end.
    """

    trace: Trace
    lines: int
    skipped: tuple[BadLine, ...] = ()
    truncated: str | None = None


def shown(text: bytes) -> str:
    """Render bytes of an input so that they fit on a line of an error message."""
    return repr(text[:TEXT_SHOWN])[1:] + ("..." if len(text) > TEXT_SHOWN else "")


def tolerate(bad: BadLine, skipped: list[BadLine], *, skip_bad: int, source: str) -> None:
    """Add ``bad`` to ``skipped``, or raise `TraceError` if ``skip_bad`` lines are there already."""
    if len(skipped) < skip_bad:
        skipped.append(bad)
        return
    found = bad.text + (f" after {len(skipped)} other bad lines" if skipped else "")
    raise TraceError(source=source, line=bad.number, expected=bad.expected, found=found)


def check_skip_bad(skip_bad: int) -> None:
    """Refuse a negative number of bad lines."""
    if skip_bad < 0:
        raise UsageError(f"the number of bad lines to skip is 0 or more, not {skip_bad}")
