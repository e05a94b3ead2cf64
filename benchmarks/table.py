"""What the jobs return, as a plain table or as JSON."""

from __future__ import annotations

import json
import os
import platform
from typing import TypeAlias

import numpy as np
from attrs import frozen

SCHEMA_VERSION = 1
Cell: TypeAlias = str | int | float | None


@frozen
class Measured:
    """The rows of one job, all with the same columns, and what has to be said about them."""

    job: str
    rows: tuple[dict[str, Cell], ...]
    notes: tuple[str, ...] = ()


def as_json(results: list[Measured]) -> str:
    """Return everything as one document, with what is known of the machine."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "machine": machine(),
        "jobs": {one.job: {"rows": one.rows, "notes": one.notes} for one in results},
    }
    return json.dumps(document, indent=2)


def machine() -> dict[str, Cell]:
    """Return what the figures depend on."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def as_text(one: Measured) -> str:
    """Return the rows of a job in columns, numbers to the right."""
    names = list(one.rows[0]) if one.rows else []
    cells = [[_shown(row[name]) for name in names] for row in one.rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    numeric = [all(not isinstance(row[name], str) for row in one.rows) for name in names]
    lines = (
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in (names, *cells)
    )
    return "\n".join([f"{one.job}:", *lines, *one.notes])


def _shown(cell: Cell) -> str:
    if cell is None:
        return "-"
    return f"{cell:.3g}" if isinstance(cell, float) else str(cell)
