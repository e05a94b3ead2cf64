"""The leaves of a walk as text: one line or one JSON object each, written in bulk.

Leaves of one level, state and set of flags differ in numbers only, so that each such kind is
spelled out once, as a template.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

from archcore.image.batch import STATES
from archcore.image.flags import Flags
from archcore.report.entry import STYLES
from archcore.report.text import PLAIN, Look, paint
from archcore.report.units import size

if TYPE_CHECKING:
    from archcore.decode import State
    from archcore.image.batch import Batch
    from archcore.image.walk import Walk

# How a row of va, pa, pfn and raw is written; %.0s takes a value and writes nothing.
NOTHING = "%.0s"
WIDEST = max(map(len, STATES))


@frozen(eq=False)
class Writer:
    """The lines of leaves, all of one form; a subclass says which."""

    walk: Walk
    look: Look = PLAIN
    _flags: Flags = field(init=False, repr=False)
    _templates: dict[int, str] = field(init=False, factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        """Begin with no set of flags."""
        object.__setattr__(self, "_flags", Flags(self.walk.target, self.walk.hooks))

    def lines(self, batch: Batch) -> list[str]:
        """Return one line a leaf."""
        levels = len(self.walk.target.geometry.levels)
        keys = self._flags.of(batch) * 2 + batch.framed
        keys = (keys * len(STATES) + batch.state) * levels + batch.level
        distinct, which = np.unique(keys, return_inverse=True)
        templates = [self._template(key) for key in distinct.tolist()]
        pa = batch.pfn << np.uint64(self.walk.target.geometry.page_shift)
        rows = zip(*(one.tolist() for one in (batch.va, pa, batch.pfn, batch.raw)), strict=True)
        return [templates[at] % row for at, row in zip(which.tolist(), rows, strict=True)]

    def _template(self, key: int) -> str:
        """Return how the leaves of a key are written."""
        found = self._templates.get(key)
        if found is None:
            rest, level = divmod(key, len(self.walk.target.geometry.levels))
            rest, state = divmod(rest, len(STATES))
            number, framed = divmod(rest, 2)
            flags = self._flags.sets[number]
            found = self._form(level, STATES[state], flags, framed=bool(framed))
            self._templates[key] = found
        return found

    def _form(self, at: int, state: State, flags: tuple[str, ...], *, framed: bool) -> str:
        raise NotImplementedError


class ObjectWriter(Writer):
    """A JSON object a leaf."""

    def _form(self, at: int, state: State, flags: tuple[str, ...], *, framed: bool) -> str:
        geometry = self.walk.target.geometry
        level = geometry.levels[at]
        names = json.dumps(list(flags)).replace("%", "%%")
        frame = '"%#x"' if framed else f"null{NOTHING}"
        return (
            f'{{"va": "%#x", "size": {level.size}, "level": {json.dumps(level.name)}, '
            f'"state": "{state}", "pa": {frame}, "pfn": {frame}, "flags": {names}, '
            f'"raw": "0x%0{geometry.width // 4}x"}}'
        )


class LineWriter(Writer):
    """A line of columns a leaf."""

    @property
    def head(self) -> str:
        """The heading of the columns."""
        level, physical, word = self._widths()
        line = (
            f"{'ADDRESS':18}  {'SIZE':>5}  {'LEVEL':{level}}  {'STATE':{WIDEST}}  "
            f"{'PHYSICAL':{physical}}  {'ENTRY':{word}}  FLAGS"
        )
        return paint(line, "bold", self.look)

    def _widths(self) -> tuple[int, int, int]:
        """Return the widths of level, physical address and entry."""
        geometry = self.walk.target.geometry
        names = max(len("LEVEL"), *(len(level.name) for level in geometry.levels))
        return names, 2 + -(-geometry.pa_bits // 4), 2 + geometry.width // 4

    def _form(self, at: int, state: State, flags: tuple[str, ...], *, framed: bool) -> str:
        names, physical, word = self._widths()
        level = self.walk.target.geometry.levels[at]
        shown = f"{state:{WIDEST}}"
        shown = paint(shown, STYLES[state], self.look) if state in STYLES else shown
        frame = f"%#0{physical}x" if framed else f"{'-':{physical}}{NOTHING}"
        listed = ",".join(flags).replace("%", "%%") or "-"
        return (
            f"%#018x  {size(level.size):>5}  {level.name:{names}}  {shown}  {frame}{NOTHING}  "
            f"%#0{word}x  {listed}"
        )
