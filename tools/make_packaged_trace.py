"""Make the trace that comes with archcore: ``make_packaged_trace.py LACKEY [OUTPUT]``.

LACKEY is the output of ``valgrind --tool=lackey --trace-mem=yes``, plain or gzip; the first data
references are taken. The same input gives the same bytes under the same zlib.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
from attrs import evolve

from archcore.trace import Op, lackey, packaged, store

PAGE_SHIFTS = (12, 16)
PARTS = 10


def main(source: str, output: str | None = None) -> None:
    """Write the file and say what is in it."""
    trace = lackey.read(source).trace
    data = trace.select(np.flatnonzero(trace.op != Op.EXECUTE)[: packaged.REFERENCES])
    if len(data) != packaged.REFERENCES:
        sys.exit(f"{source}: {packaged.REFERENCES} data references are needed, found {len(data)}")
    path = Path(output or str(files(packaged.__package__).joinpath("data", packaged.NAME)))
    store.write(evolve(data, origin=packaged.ORIGIN), path)
    print(f"{path}: {path.stat().st_size} bytes")
    for shift in PAGE_SHIFTS:
        page = data.split_at_pages(shift).page
        parts = [np.unique(part) for part in np.array_split(page, PARTS)]
        recurs = np.bincount(np.unique(np.concatenate(parts), return_counts=True)[1])[1:]
        print(f"{1 << shift}-byte pages: {recurs.sum()}; in 1, 2, ... of {PARTS} parts: {recurs}")


if __name__ == "__main__":
    main(*sys.argv[1:])
