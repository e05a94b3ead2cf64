"""The one record type of all traces: columns of equal length, one row a reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence  # noqa: TC003  (attrs resolves annotations)
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray  # noqa: TC002  (attrs resolves annotations)

from archcore.errors import TraceError, UsageError

WORD_BITS = 64


class Op(IntEnum):
    """What a reference does to memory; the codes of column ``op``."""

    READ = 0
    WRITE = 1
    MODIFY = 2
    """A load and then a store of the same bytes."""
    EXECUTE = 3


class PageReferences(NamedTuple):
    """References that each touch exactly one page, in the order of the trace."""

    page: NDArray[np.uint64]
    """Virtual page numbers."""
    op: NDArray[np.uint8]
    tid: NDArray[np.uint32]
    row: NDArray[np.intp]
    """The reference's index in the trace; one that crosses pages stands here several times."""


COLUMNS: dict[str, np.dtype[Any]] = {
    "vaddr": np.dtype(np.uint64),
    "size": np.dtype(np.uint32),
    "op": np.dtype(np.uint8),
    "tid": np.dtype(np.uint32),
    "cpu": np.dtype(np.int32),
    "time": np.dtype(np.uint64),
    "weight": np.dtype(np.uint32),
}
OPTIONAL = ("cpu", "time", "weight")


@frozen(kw_only=True, eq=False)
class Trace:
    """Memory references in program order, as read-only columns of one length.

    ``vaddr`` are bytes, ``size`` bytes (at least 1, ending within 64 bits), ``op`` codes of `Op`,
    ``tid`` thread ids. ``cpu``, ``time`` (ns) and ``weight`` (how many references a sampled one
    stands for) are None where the source knows nothing of them. ``origin`` says in words where
    the references come from. Raises `TraceError` on columns that break any of this.
    """

    vaddr: NDArray[np.uint64]
    size: NDArray[np.uint32]
    op: NDArray[np.uint8]
    tid: NDArray[np.uint32]
    cpu: NDArray[np.int32] | None = None
    time: NDArray[np.uint64] | None = None
    weight: NDArray[np.uint32] | None = None
    origin: str

    def __attrs_post_init__(self) -> None:
        """Refuse columns that contradict each other or the promises above; seal the others."""
        for name, dtype in COLUMNS.items():
            _check_column(self, name, dtype)
        _check_contents(self)
        for name, column in self.columns():
            sealed = column.view()
            sealed.flags.writeable = False
            object.__setattr__(self, name, sealed)

    def __len__(self) -> int:
        return len(self.vaddr)

    def __getitem__(self, rows: slice) -> Trace:
        """Take the rows of a slice, without copying them."""
        if not isinstance(rows, slice):
            raise TypeError(f"a trace is taken in slices, not by {type(rows).__name__}")
        return evolve(self, **self._taken(rows))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trace):
            return NotImplemented
        mine, theirs = dict(self.columns()), dict(other.columns())
        return (
            self.origin == other.origin
            and mine.keys() == theirs.keys()
            and all(np.array_equal(mine[name], theirs[name]) for name in mine)
        )

    __hash__ = None  # type: ignore[assignment]  # arrays have no hash

    def columns(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yield name and array of every column that is present."""
        for name in COLUMNS:
            column = getattr(self, name)
            if column is not None:
                yield name, column

    def select(self, rows: NDArray[np.bool_] | NDArray[np.integer[Any]]) -> Trace:
        """Copy the rows a mask or an array of row numbers picks."""
        return evolve(self, **self._taken(rows))

    def _taken(self, rows: Any) -> dict[str, Any]:  # noqa: ANN401  (all that indexes an array)
        """Index every column alike."""
        return {name: column[rows] for name, column in self.columns()}

    def pages(self, page_shift: int) -> NDArray[np.uint64]:
        """Return the page numbers touched, sorted and unique; a crossing access touches each."""
        return np.unique(self.split_at_pages(page_shift).page)

    def split_at_pages(self, page_shift: int) -> PageReferences:
        """Split every reference that crosses a page boundary into one reference a page.

        ``page_shift`` is the log2 of the page size in bytes; `UsageError` outside 0 to 63.
        """
        if page_shift not in range(WORD_BITS):
            raise UsageError(f"a page shift is 0 to {WORD_BITS - 1}, not {page_shift}")
        shift = np.uint64(page_shift)
        first = self.vaddr >> shift
        extra = ((self.vaddr + (self.size - np.uint32(1))) >> shift) - first
        if not extra.any():
            return PageReferences(first, self.op, self.tid, np.arange(len(self)))
        pieces = extra.astype(np.intp) + 1
        index = np.repeat(np.arange(len(self)), pieces)
        nth = np.arange(len(index)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        return PageReferences(
            first[index] + nth.astype(np.uint64), self.op[index], self.tid[index], index
        )


def concatenate(traces: Sequence[Trace], *, origin: str | None = None) -> Trace:
    """Join traces end to end; ``origin`` defaults to that of the first.

    Raises `TraceError` when an optional column is there in some and missing in others.
    """
    if not traces:
        raise UsageError("at least one trace is needed to concatenate")
    names = [name for name, _ in traces[0].columns()]
    for trace in traces:
        found = [name for name, _ in trace.columns()]
        if found != names:
            raise TraceError(
                source=trace.origin,
                expected=f"the columns {', '.join(names)} of {traces[0].origin}",
                found=", ".join(found),
            )
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(trace, name) for trace in traces]) for name in names
    }
    return Trace(**joined, origin=traces[0].origin if origin is None else origin)


def _check_column(trace: Trace, name: str, dtype: np.dtype[Any]) -> None:
    """Refuse a column of another type or length than the record has."""
    column = getattr(trace, name)
    if column is None and name in OPTIONAL:
        return
    expected = f"column {name} as a one-dimensional {dtype} array"
    if not isinstance(column, np.ndarray):
        raise TraceError(source=trace.origin, expected=expected, found=type(column).__name__)
    if column.dtype != dtype or column.ndim != 1:
        found = f"{column.dtype} in {column.ndim} dimensions"
        raise TraceError(source=trace.origin, expected=expected, found=found)
    if len(column) != len(trace.vaddr):
        raise TraceError(
            source=trace.origin,
            expected=f"column {name} with {len(trace.vaddr)} rows, as many as vaddr",
            found=str(len(column)),
        )


def _check_contents(trace: Trace) -> None:
    """Refuse rows that no memory reference can have."""
    if not len(trace):
        return
    if int(trace.op.max()) > max(Op):
        codes = ", ".join(f"{op.value} {op.name}" for op in Op)
        raise TraceError(
            source=trace.origin, expected=f"op codes {codes}", found=str(trace.op.max())
        )
    if not trace.size.min():
        raise TraceError(source=trace.origin, expected="sizes of at least 1 byte", found="0")
    # The two maxima settle it for every real trace, without a look at each row.
    if int(trace.vaddr.max()) + int(trace.size.max()) <= 1 << WORD_BITS:
        return
    wrapped = trace.vaddr + (trace.size - np.uint32(1)) < trace.vaddr
    if wrapped.any():
        row = int(wrapped.argmax())
        raise TraceError(
            source=trace.origin,
            expected=f"references that end within {WORD_BITS} bits",
            found=f"{int(trace.size[row])} bytes at {int(trace.vaddr[row]):#x} in row {row}",
        )
