"""Which targets a command speaks of that was not told: those that can be used, the rest aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.cli.ending import say
from archcore.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcore.registry import Registry
    from archcore.target import Target

NOTHING = "no target is registered; install an architecture, such as those under arches/"
NONE_USABLE = "no registered target can be used; see `archcore doctor`"


def everything(registry: Registry) -> list[Target]:
    """Return all targets, and say which plugins are rejected; raises PluginError without any."""
    for rejection in registry.rejected:
        say(f"plugin {rejection.plugin} is left out: {rejection.reason}; {rejection.remedy}")
    known = list(registry)
    if not known:
        raise PluginError(NOTHING)
    return known


def leave_out(target: Target, reason: str) -> None:
    """Say that a target is left out, and why."""
    say(f"target {target.id} is left out: {reason}")


class Choice:
    """Which targets are native to what; one that cannot be used is told once and passed over."""

    def __init__(self) -> None:
        """Start with nothing tried."""
        self._flaws: dict[str, str | None] = {}

    def natives(self, groups: Iterable[Iterable[Target]], engine: str) -> list[Target]:
        """Return the native target of each group; a group without any that can be used has none."""
        found = (self._native(list(group), engine) for group in groups)
        return [target for target in found if target is not None]

    def native(self, targets: Iterable[Target], engine: str) -> Target:
        """Return the native target of a profile; raises PluginError if none can be used."""
        for target in self.natives([targets], engine):
            return target
        raise PluginError(NONE_USABLE)

    def _native(self, left: list[Target], engine: str) -> Target | None:
        from archcore.report.races_many import native

        while left:
            target = native(left, engine)
            if self._usable(target):
                return target
            left.remove(target)
        return None

    def _usable(self, target: Target) -> bool:
        from archcore.report.usable import flaw

        if target.id not in self._flaws:
            self._flaws[target.id] = reason = flaw(target)
            if reason is not None:
                leave_out(target, reason)
        return self._flaws[target.id] is None
