"""Many lackey lines at once: every line of the usual form becomes a row by array operations.

What is accepted here must be right; what is not accepted may still be, and `parse_line` decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from archcore.trace.lackey_line import KINDS, MOST_DIGITS
from archcore.trace.record import Op

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Index = NDArray[np.intp]
    Mask = NDArray[np.bool_]

PAD = b" " * MOST_DIGITS
"""Stands around a block so that looking a few bytes back or ahead of a line stays inside it."""

PREFIX = 3  # 'I  ' or ' L '
BARE = PREFIX + len(",\n")  # bytes of a usual line that are no hexadecimal digits
USUAL_SIZE_DIGITS = 9  # any such number fits 32 bits

NEWLINE, RETURN, SPACE, COMMA, ZERO, LETTER_A = b"\n\r ,0a"
UNKNOWN = max(KINDS.values()) + 1

_OP_OF_LETTER = np.full(1 << 8, UNKNOWN, np.uint8)
for _prefix, _op in KINDS.items():
    _OP_OF_LETTER[max(_prefix)] = _op


@frozen
class Rows:
    """One row a line."""

    vaddr: NDArray[np.uint64]
    size: NDArray[np.uint32]
    op: NDArray[np.uint8]


@frozen
class Span:
    """A padded block of lines and where each begins and ends, line ending excluded."""

    data: Bytes
    starts: Index
    ends: Index
    newlines: Index

    @staticmethod
    def of(text: bytes) -> Span:
        """Find the lines of ``text``, which ends with a newline."""
        data = np.frombuffer(PAD + text + PAD, np.uint8)
        newlines = np.flatnonzero(data == NEWLINE)
        starts = np.empty_like(newlines)
        starts[0], starts[1:] = len(PAD), newlines[:-1] + 1
        ends = newlines - (data[newlines - 1] == RETURN)
        return Span(data, starts, ends, newlines)


def usual_rows(span: Span) -> tuple[Rows, Mask]:
    """Return a row for every line, and which of the rows mean anything."""
    data, starts, ends = span.data, span.starts, span.ends
    letters = data - np.uint8(LETTER_A) < np.uint8(6)
    values = data - np.uint8(ZERO)
    digits = values < np.uint8(10)
    values -= letters * np.uint8(LETTER_A - 10 - ZERO)
    commas = _commas(span)
    long, short = commas - starts - PREFIX, ends - commas - 1

    op, usual = _ops(data, starts)
    usual &= (long >= 1) & (long <= MOST_DIGITS) & (short >= 1) & (short <= USUAL_SIZE_DIGITS)
    usual &= _bare_bytes_only(digits | letters, span, int(long.sum() + short.sum()), usual)
    vaddr = _hexadecimals(values, commas, np.clip(long, 1, MOST_DIGITS))
    size, decimal = _decimals(values, ends, np.clip(short, 1, USUAL_SIZE_DIGITS))
    usual &= decimal & (data[commas + 1] != ZERO)
    usual &= vaddr + (size - np.uint32(1)) >= vaddr
    return Rows(vaddr, size, op), usual


def _ops(data: Bytes, starts: Index) -> tuple[NDArray[np.uint8], Mask]:
    """Return the code of each line's letter, and whether its first three bytes are as they must."""
    first, second = data[starts], data[starts + 1]
    op = _OP_OF_LETTER[np.maximum(first, second)]
    right: Mask = (op != UNKNOWN) & (np.minimum(first, second) == SPACE)
    right &= (data[starts + 2] == SPACE) & ((first == SPACE) != (op == Op.EXECUTE))
    return op, right


def _commas(span: Span) -> Index:
    """Return each line's first comma; for a line without one, a place that cannot be right."""
    commas = np.flatnonzero(span.data == COMMA)
    if len(commas) == len(span.starts) and bool(
        ((commas > span.starts) & (commas < span.ends)).all()
    ):
        return commas
    nowhere = len(span.data) - 1
    commas = np.append(commas, nowhere)
    first = commas[np.searchsorted(commas, span.starts)]
    return np.where(first < span.ends, first, span.starts)


def _bare_bytes_only(hexadecimal: Mask, span: Span, due: int, usual: Mask) -> Mask:
    """Tell the lines in which nothing but prefix, comma and line ending is no hex digit."""
    if usual.all() and np.count_nonzero(hexadecimal) == due:
        return usual
    bare = np.flatnonzero(~hexadecimal[: span.newlines[-1] + 1])[len(PAD) :]
    counts = np.bincount(np.searchsorted(span.newlines, bare), minlength=len(span.starts))
    alone: Mask = counts == BARE + (span.newlines - span.ends)
    return alone


def _hexadecimals(values: Bytes, ends: Index, lengths: Index) -> NDArray[np.uint64]:
    """Return the number whose last digit stands just before each of ``ends``.

    Numbers of 2, 4 and 8 digits are formed at every byte of the block by doubling, so that an
    address is two look-ups, however many digits it has.
    """
    two = values[:-1] << np.uint8(4) | values[1:]
    four = two[:-2].astype(np.uint16) << np.uint16(8) | two[2:]
    eight = four[:-4].astype(np.uint32) << np.uint32(16) | four[4:]
    number = eight[ends - 16].astype(np.uint64) << np.uint64(32) | eight[ends - 8]
    foreign = (4 * (MOST_DIGITS - lengths)).astype(np.uint64)
    return number << foreign >> foreign


def _decimals(values: Bytes, ends: Index, lengths: Index) -> tuple[NDArray[np.uint32], Mask]:
    """Return the number of each length that stands just before ``ends``, and if it is decimal."""
    number = values[ends - 1].astype(np.uint32)
    decimal = number <= np.uint32(9)
    for place in range(1, int(lengths.max())):
        there = np.flatnonzero(lengths > place)
        digit = values[ends[there] - 1 - place].astype(np.uint32)
        number[there] += digit * np.uint32(10**place)
        decimal[there] &= digit <= np.uint32(9)
    return number, decimal
