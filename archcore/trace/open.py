"""Reading a trace whatever its format: the content decides, not the name."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol

from archcore.errors import TraceError, UnknownNameError
from archcore.trace import lackey, store
from archcore.trace.lackey_line import Reference, is_banner, parse_line
from archcore.trace.reading import Reading, shown
from archcore.trace.source import Truncated, name_of, opened

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike


class _Reader(Protocol):
    def __call__(
        self, blocks: Iterable[bytes | Truncated], *, source: str, skip_bad: int = 0
    ) -> Reading: ...


_READERS: dict[str, _Reader] = {"lackey": lackey.read_blocks, "stored": store.read_blocks}

FORMATS = ("auto", *_READERS)
"""What ``format`` may be: Valgrind lackey text, a file of `archcore.trace.store`, or either."""

_LINES_TRIED = 100


def read(
    path: str | PathLike[str],
    format: str = "auto",  # noqa: A002  (the command's option has this name)
    skip_bad: int = 0,
) -> Reading:
    """Read a trace from a path, or from standard input for ``-``; gzip is undone on the way.

    ``skip_bad`` bad lines are tolerated and reported. Raises `TraceError` for an input that is
    unreadable, of no known format, or malformed, `UnknownNameError` for an unknown ``format``.
    """
    if format not in FORMATS:
        raise UnknownNameError("trace format", format, FORMATS)
    source = name_of(path)
    with opened(path) as blocks:
        first = next(blocks, b"")
        chosen = _recognised(first, source) if format == "auto" else format
        return _READERS[chosen](chain([first], blocks), source=source, skip_bad=skip_bad)


def _recognised(first: bytes | Truncated, source: str) -> str:
    """Return the format an input's first block has."""
    if isinstance(first, bytes):
        if first.startswith(store.MAGIC):
            return "stored"
        lines = (line.removesuffix(b"\r") for line in first.split(b"\n", _LINES_TRIED))
        if any(_is_lackey(line) for line in islice(lines, _LINES_TRIED)):
            return "lackey"
        found = shown(first.partition(b"\n")[0]) if first else "nothing in it"
    else:
        found = first.reason
    raise TraceError(
        source=source,
        expected="a Valgrind lackey trace (format 'lackey') or one archcore stored ('stored')",
        found=found,
    )


def _is_lackey(line: bytes) -> bool:
    """Tell a line that only lackey, or Valgrind around it, writes."""
    return is_banner(line) or isinstance(parse_line(line), Reference)
