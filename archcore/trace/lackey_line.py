"""One line of Valgrind's lackey (``--trace-mem=yes``), and a reader that takes them one by one.

The grammar is that of ``trace_instr``, ``trace_load``, ``trace_store`` and ``trace_modify`` in
Valgrind 3.19, lackey/lk_main.c: ``I  ADDRESS,SIZE`` or `` L ADDRESS,SIZE`` with L, S or M.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from attrs import frozen

from archcore.trace.reading import BadLine, Reading, check_skip_bad, shown, tolerate
from archcore.trace.record import WORD_BITS, Op, Trace
from archcore.trace.source import LONGEST_LINE

KINDS = {b"I  ": Op.EXECUTE, b" L ": Op.READ, b" S ": Op.WRITE, b" M ": Op.MODIFY}
MOST_DIGITS = WORD_BITS // 4  # a hexadecimal digit says four bits
LARGEST_SIZE = int(np.iinfo(np.uint32).max)

_ADDRESS = re.compile(rb"[0-9a-f]{1,%d}" % MOST_DIGITS)
_SIZE = re.compile(rb"[1-9][0-9]{0,%d}" % (len(str(LARGEST_SIZE)) - 1))
_BANNER = re.compile(rb"==[0-9]+==( .*)?", re.DOTALL)


class Reference(NamedTuple):
    """One memory reference: an address, a size in bytes, what it does."""

    vaddr: int
    size: int
    op: Op


@frozen
class Malformed:
    """A line outside the grammar, with what the grammar has in its place."""

    expected: str


def is_banner(line: bytes) -> bool:
    """Tell Valgrind's own messages, ``==PID== text``."""
    return _BANNER.fullmatch(line) is not None


def parse_line(line: bytes) -> Reference | Malformed | None:
    """Read one line, its line ending removed; None for a banner and for an empty line."""
    if len(line) > LONGEST_LINE:
        return Malformed(f"a line of at most {LONGEST_LINE} bytes")
    if not line or is_banner(line):
        return None
    return _reference(line)


def _reference(line: bytes) -> Reference | Malformed:
    """Read a line that has to be a reference."""
    op = KINDS.get(line[:3])
    address, comma, size = line[3:].partition(b",")
    if op is None or not comma:
        return Malformed("a line 'I  ADDRESS,SIZE', ' L ...', ' S ...', ' M ...' or '==PID== ...'")
    if not _ADDRESS.fullmatch(address):
        return Malformed(f"an address of 1 to {MOST_DIGITS} lower-case hexadecimal digits")
    if not _SIZE.fullmatch(size) or int(size) > LARGEST_SIZE:
        return Malformed(f"a size of 1 to {LARGEST_SIZE} bytes, decimal, no leading zero")
    if int(address, 16) + int(size) > 1 << WORD_BITS:
        return Malformed(f"an access that ends within {WORD_BITS} bits")
    return Reference(int(address, 16), int(size), op)


def read_line_by_line(data: bytes, *, source: str, skip_bad: int = 0) -> Reading:
    """Read a whole lackey trace the plain way; `archcore.trace.lackey` must agree with it."""
    check_skip_bad(skip_bad)
    lines = data.removesuffix(b"\n").split(b"\n") if data else []
    references: list[Reference] = []
    skipped: list[BadLine] = []
    for number, line in enumerate(lines, 1):
        text = line.removesuffix(b"\r")
        outcome = parse_line(text)
        if isinstance(outcome, Reference):
            references.append(outcome)
        elif outcome is not None:
            bad = BadLine(number, shown(text), outcome.expected)
            tolerate(bad, skipped, skip_bad=skip_bad, source=source)
    trace = Trace(
        vaddr=np.array([each.vaddr for each in references], np.uint64),
        size=np.array([each.size for each in references], np.uint32),
        op=np.array([each.op for each in references], np.uint8),
        tid=np.zeros(len(references), np.uint32),
        origin=source,
    )
    return Reading(trace, len(lines), tuple(skipped))
