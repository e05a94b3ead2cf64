"""What ``walk`` prints: leaves as they are found, or sums of them at the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

import numpy as np
from attrs import define, field, frozen

from archcore.image.batch import STATES
from archcore.report.document import SCHEMA_VERSION, dumps
from archcore.report.leaves import LineWriter, ObjectWriter
from archcore.report.text import PLAIN, Look, table
from archcore.report.units import size

if TYPE_CHECKING:
    from archcore.image.batch import Batch
    from archcore.image.problems import Problem
    from archcore.image.walk import Walk


class Printer(Protocol):
    """What a walk is handed to; what it returns is printed, an empty text is not."""

    def begin(self) -> str:
        """Return what stands in front."""

    def some(self, batch: Batch) -> str:
        """Return what is to be said of some leaves."""

    def end(self, problems: list[Problem]) -> str:
        """Return what stands behind, knowing what was wrong."""


def printer_of(walk: Walk, form: str, look: Look = PLAIN, *, summary: bool = False) -> Printer:
    """Return what prints a walk as ``text``, ``ndjson`` or ``json``."""
    if summary:
        return Sums(walk, form, look)
    if form == "text":
        return Lines(LineWriter(walk, look))
    objects = ObjectWriter(walk)
    return Objects(objects) if form == "ndjson" else Document(walk, objects)


@frozen(eq=False)
class Lines:
    """A heading and a line a leaf."""

    writer: LineWriter

    def begin(self) -> str:
        """Return the heading."""
        return self.writer.head

    def some(self, batch: Batch) -> str:
        """Return the lines."""
        return "\n".join(self.writer.lines(batch))

    def end(self, problems: list[Problem]) -> str:  # noqa: ARG002 - they are on stderr
        """Add nothing."""
        return ""


@frozen(eq=False)
class Objects:
    """A JSON object a leaf, each on a line of its own."""

    writer: ObjectWriter

    def begin(self) -> str:
        """Add nothing."""
        return ""

    def some(self, batch: Batch) -> str:
        """Return the objects."""
        return "\n".join(self.writer.lines(batch))

    def end(self, problems: list[Problem]) -> str:  # noqa: ARG002 - they are on stderr
        """Add nothing."""
        return ""


@define(eq=False)
class Document:
    """One JSON document, written as the walk goes on."""

    walk: Walk
    writer: ObjectWriter
    begun: bool = field(default=False, init=False)

    def begin(self) -> str:
        """Return the members in front of the leaves."""
        members = {"schema_version": SCHEMA_VERSION, **_subject(self.walk)}
        lines = (f'  "{name}": {json.dumps(value)},' for name, value in members.items())
        return "\n".join(["{", *lines, '  "leaves": ['])

    def some(self, batch: Batch) -> str:
        """Return the objects, parted from those in front."""
        front = ",\n" if self.begun else ""
        self.begun = self.begun or len(batch) > 0
        return front * (len(batch) > 0) + ",\n".join(self.writer.lines(batch))

    def end(self, problems: list[Problem]) -> str:
        """Return the member behind the leaves."""
        listed = json.dumps([problem_document(one) for one in problems])
        return f'  ],\n  "problems": {listed}\n}}'


@define(eq=False)
class Sums:
    """How many leaves of each level and state there are."""

    walk: Walk
    form: str
    look: Look = PLAIN
    counts: dict[tuple[int, int], int] = field(init=False, factory=dict)

    def begin(self) -> str:
        """Add nothing."""
        return ""

    def some(self, batch: Batch) -> str:
        """Count the leaves."""
        keys = batch.level.astype(np.intp) * len(STATES) + batch.state
        for key, count in enumerate(np.bincount(keys).tolist()):
            place = divmod(key, len(STATES))
            if count:
                self.counts[place] = self.counts.get(place, 0) + count
        return ""

    def end(self, problems: list[Problem]) -> str:
        """Return the sums, the lowest level first."""
        rows = self._rows()
        if self.form == "ndjson":
            return "\n".join(json.dumps(row) for row in rows)
        if self.form == "json":
            listed = [problem_document(one) for one in problems]
            return dumps({**_subject(self.walk), "summary": rows, "problems": listed})
        cells = [(*map(str, list(row.values())[:-1]), size(row["bytes"])) for row in rows]  # type: ignore[arg-type]
        return table(("LEVEL", "STATE", "LEAVES", "BYTES"), cells, self.look)

    def _rows(self) -> list[dict[str, object]]:
        levels = self.walk.target.geometry.levels
        return [
            {
                "level": levels[at].name,
                "state": STATES[state].value,
                "leaves": count,
                "bytes": count * levels[at].size,
            }
            for (at, state), count in sorted(self.counts.items())
        ]


def _subject(walk: Walk) -> dict[str, object]:
    return {"target": walk.target.id, "image": walk.image.name, "root": hex(walk.root)}


def problem_document(problem: Problem) -> dict[str, object]:
    """Return a broken entry as a document."""
    return {
        "va": hex(problem.va),
        "level": problem.level,
        "entry_address": hex(problem.place),
        "raw": hex(problem.word),
        "problem": problem.reason,
    }
