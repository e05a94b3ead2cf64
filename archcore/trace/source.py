"""Opening an input: a path or standard input, plain or gzip, as blocks of bytes."""

from __future__ import annotations

import sys
import zlib
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING

from attrs import frozen

from archcore.errors import TraceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from os import PathLike

BLOCK = 1 << 19
"""Bytes in a block: small enough that what is computed from one stays in a processor's cache."""

LONGEST_LINE = 1 << 20
"""Bytes of a line that are looked at; a longer one is bad in every text format."""

GZIP_MAGIC = bytes([31, 139])  # RFC 1952, section 2.3.1: ID1, ID2
GZIP_WINDOW = zlib.MAX_WBITS + 16  # zlib.h, inflateInit2: 16 more asks for a gzip wrapper


@frozen
class Truncated:
    """The last item of an input that ends too early or is damaged: ``reason`` says how."""

    reason: str


def name_of(path: str | PathLike[str]) -> str:
    """Return what an input is called in messages."""
    return "<stdin>" if str(path) == "-" else str(path)


@contextmanager
def opened(
    path: str | PathLike[str],
    *,
    block: int = BLOCK,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Iterator[bytes | Truncated]]:
    """Open ``path``, or standard input for ``-``, as blocks of at most ``block`` bytes.

    Gzip is told by its first bytes, never by a name. A damaged or shortened gzip stream gives all
    that could be decoded and then one `Truncated`. ``progress`` is told how many bytes each piece
    of the file has, as they are read. Raises `TraceError` if it cannot be read.
    """
    name = name_of(path)
    with _stream(path, name) as stream:
        pieces = _pieces(stream, name, block)
        yield _decoded(pieces if progress is None else _told(pieces, progress), block)


def whole_lines(blocks: Iterable[bytes | Truncated]) -> Iterator[bytes | Truncated]:
    """Regroup blocks so that each ends with a newline, adding the one a last line may lack.

    Before a `Truncated` the unfinished line is dropped, for half a number reads as another number.
    Of a line longer than `LONGEST_LINE` only the beginning is kept, still too long.
    """
    rest = b""
    for block in blocks:
        if isinstance(block, Truncated):
            dropped = "; the unfinished line before it is left out" if rest else ""
            yield Truncated(block.reason + dropped)
            return
        cut = block.rfind(b"\n") + 1
        if cut:
            yield rest + block[:cut]
            rest = block[cut:]
        else:
            # Two bytes over: one of them may be a carriage return that is not counted.
            rest = (rest + block)[: LONGEST_LINE + 2]
    if rest:
        yield rest + b"\n"


def _stream(path: str | PathLike[str], name: str) -> AbstractContextManager[IO[bytes]]:
    """Open a file; standard input is lent, and stays open."""
    if str(path) == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise _unreadable(name, error) from error


def _pieces(stream: IO[bytes], name: str, size: int) -> Iterator[bytes]:
    """Yield what ``stream`` holds, ``size`` bytes at a time."""
    while True:
        try:
            piece = stream.read(size)
        except OSError as error:
            raise _unreadable(name, error) from error
        if not piece:
            return
        yield piece


def _told(pieces: Iterator[bytes], progress: Callable[[int], None]) -> Iterator[bytes]:
    for piece in pieces:
        progress(len(piece))
        yield piece


def _decoded(pieces: Iterator[bytes], block: int) -> Iterator[bytes | Truncated]:
    """Undo gzip if the first bytes announce it."""
    first = next(pieces, b"")
    while len(first) < len(GZIP_MAGIC) and (more := next(pieces, b"")):
        first += more
    if first.startswith(GZIP_MAGIC):
        yield from _inflated(first, pieces, block)
        return
    if first:
        yield first
    yield from pieces


def _inflated(piece: bytes, pieces: Iterator[bytes], block: int) -> Iterator[bytes | Truncated]:
    """Decode gzip members one after another, each step giving at most ``block`` bytes."""
    done = 0
    member = zlib.decompressobj(GZIP_WINDOW)
    while piece:
        before = member.copy()
        try:
            output = member.decompress(piece, block)
        except zlib.error as error:
            # zlib keeps to itself what it decoded before the damage.
            salvaged = _salvaged(before, piece)
            if salvaged:
                yield salvaged
            reason = str(error).rpartition(": ")[2]
            yield Truncated(
                f"gzip stream damaged ({reason}) after {done + len(salvaged)} decoded bytes"
            )
            return
        done += len(output)
        if output:
            yield output
        piece = member.unconsumed_tail
        if member.eof:
            # RFC 1952 joins members; zeros after the last are the padding of tapes and disks.
            piece = _without_padding(member.unused_data, pieces)
            member = zlib.decompressobj(GZIP_WINDOW)
            if not piece:
                return
        piece = piece or next(pieces, b"")
    output = member.flush()
    if output:
        yield output
    yield Truncated(f"gzip stream ends early, after {done + len(output)} decoded bytes")


def _without_padding(piece: bytes, pieces: Iterator[bytes]) -> bytes:
    """Return the next bytes that do not begin with zeros, or none at the end of input."""
    piece = piece.lstrip(b"\0")
    while not piece and (more := next(pieces, b"")):
        piece = more.lstrip(b"\0")
    return piece


def _salvaged(member: zlib._Decompress, piece: bytes) -> bytes:
    """Decode byte by byte until the damage shows again, keeping everything before it."""
    output = bytearray()
    for at in range(len(piece)):
        try:
            output += member.decompress(piece[at : at + 1])
        except zlib.error:
            break
    return bytes(output)


def _unreadable(name: str, error: OSError) -> TraceError:
    """Say why the system refused an input."""
    return TraceError(
        source=name, expected="a readable file", found=error.strerror or type(error).__name__
    )
