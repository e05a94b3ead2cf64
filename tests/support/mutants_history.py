"""Bugs that kernels had, planted again in the targets that are shipped; a module each architecture.

Numbers are those of the project's catalogue of bugs. Where an era is shipped as it was, bug and
all, it is the mutant, and nothing changes.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from attrs import frozen
from mutants import Mutant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mutants import Change

    from archcore.target import Target

ARCHITECTURES = ("x86", "arm64", "powerpc")
EVERY_BUG = "## Bugs of history"
HEAD = ("| bug | mended by | broken | target | level | refuted by |", "|---|---|---|---|---|---|")


def as_it_was(target: Target, _: str) -> Target:
    """Return the target: the era had the bug."""
    return target


@frozen
class Bug:
    """A bug: its number, what mended it, what is broken, where, and the laws that catch it."""

    number: str
    mended: str
    broken: str
    target: str
    laws: tuple[str, ...]
    change: Change = as_it_was
    level: str = "pte"

    @property
    def mutant(self) -> Mutant:
        """The bug as a mutant of its target."""
        return Mutant(self.laws, self.broken, self.change, self.level)

    @property
    def planted(self) -> bool:
        """True where the target is shipped without the bug."""
        return self.change is not as_it_was

    @property
    def row(self) -> str:
        """The line of the table."""
        shipped = "" if self.planted else " (as shipped)"
        laws = ", ".join(f"`{one}`" for one in self.laws)
        target = f"`{self.target}`{shipped}"
        cells = (self.number, self.mended, self.broken, target, self.level, laws)
        return f"| {' | '.join(cells)} |"


def bugs() -> Iterator[Bug]:
    """Yield the bugs of each architecture that is installed."""
    for name in ARCHITECTURES:
        if find_spec(f"archcore_{name}"):
            yield from import_module(f"mutants_history_{name}").BUGS
