"""What ``doctor`` finds out: versions, plugins, optional parts, the terminal."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, entry_points, version
from typing import TYPE_CHECKING

from attrs import asdict, field, frozen

from archcore import __version__
from archcore.registry import BLOCK_LIST, GROUP
from archcore.report.usable import flaw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

    from archcore.registry import Registry
    from archcore.report.text import Look

COMMAND_GROUP = f"{GROUP}.commands"
NEEDED = ("attrs", "click", "numpy", "pluggy")
OPTIONAL = {
    "z3-solver": "archcore[prove]",
    "bitwuzla": "archcore[prove]",
    "rich": "archcore[report]",
    "jinja2": "archcore[report]",
    "pyelftools": "archcore[image]",
    "greenlet": "archcore[races]",
    "pyarrow": "pyarrow",
}
VARIABLES = (BLOCK_LIST, "NO_COLOR", "FORCE_COLOR", "TERM")


@frozen
class Plugin:
    """A plugin as it stands: the targets it brought, or why it is not used.

    ``unusable`` says of those of its targets that cannot be used why not.
    """

    name: str
    origin: str
    targets: tuple[str, ...] = ()
    reason: str = ""
    remedy: str = ""
    unusable: dict[str, str] = field(factory=dict)

    @property
    def state(self) -> str:
        """Whether it is in use, in one word."""
        if self.reason:
            return "REJECTED"
        return "UNUSABLE" if self.unusable else "ok"

    @property
    def said(self) -> str:
        """The reason with its remedy, or the targets and what is wrong with some, in one line."""
        if self.reason:
            return f"{self.reason}; {self.remedy}"
        sound = [target for target in self.targets if target not in self.unusable]
        wrong = [f"{target}: {reason}" for target, reason in self.unusable.items()]
        return "; ".join((*wrong, *([", ".join(sound)] if sound else [])))


@frozen
class Installation:
    """Everything doctor reports, by name."""

    versions: dict[str, str]
    plugins: tuple[Plugin, ...]
    commands: dict[str, str]
    optional: dict[str, str]
    terminal: dict[str, str]


def inspect(registry: Registry, look: Look) -> Installation:
    """Return what is installed around a registry, and how stdout may be dressed."""
    needed = {name: version_of(name, f"pip install {name}") for name in NEEDED}
    optional = {
        name: version_of(name, f"pip install '{extra}'") for name, extra in OPTIONAL.items()
    }
    return Installation(
        versions={"archcore": __version__, "python": platform.python_version(), **needed},
        plugins=tuple(_plugins(registry)),
        commands={point.name: origin_of(point) for point in entry_points(group=COMMAND_GROUP)},
        optional=optional,
        terminal={
            "stdout": "not a terminal" if look.columns is None else f"{look.columns} columns",
            "colour": "yes" if look.colour else "no",
            **{name: os.environ[name] for name in VARIABLES if name in os.environ},
        },
    )


def document(found: Installation) -> dict[str, object]:
    """Return the findings as a document."""
    return asdict(found)


def version_of(distribution: str, remedy: str) -> str:
    """Return the version of a distribution, or that it is missing and what to type."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return f"not installed: {remedy}"


def origin_of(point: EntryPoint) -> str:
    """Return the distribution of an entry point with its version."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _plugins(registry: Registry) -> Iterator[Plugin]:
    """Yield the plugins in use, then what was registered in process, then the rejected ones."""
    rejected = {one.plugin for one in registry.rejected}
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    names = {origin_of(point): point.name for point in points if point.name not in rejected}
    by_origin: dict[str, list[str]] = {origin: [] for origin in names}
    for target, origin in registry.origins.items():
        by_origin.setdefault(origin, []).append(target)
    for origin, targets in by_origin.items():
        flaws = {target: flaw(registry.targets[target]) for target in targets}
        unusable = {target: reason for target, reason in flaws.items() if reason is not None}
        yield Plugin(names.get(origin, origin), origin, tuple(targets), unusable=unusable)
    for one in registry.rejected:
        yield Plugin(one.plugin, one.origin, reason=one.reason, remedy=one.remedy)
