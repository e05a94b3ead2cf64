"""The policies that a machine can be given by name.

A distribution brings one through an entry point of the group ``archcore.policies``: its name is the
policy's, its object has placement hooks, or is a class or function that makes such.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from types import MappingProxyType
from typing import TYPE_CHECKING

from archcore.errors import PluginError, UnknownNameError, one_line

if TYPE_CHECKING:
    from collections.abc import Callable

PLACEMENT = frozenset({"mpol_misplaced", "should_numa_migrate_memory"})
GROUP = "archcore.policies"
DEFAULT_POLICY = "default"
STAY = "stay"
POLICIES = MappingProxyType(
    {
        DEFAULT_POLICY: "the kernel's: a page belongs to the node that uses it",
        STAY: "none: a hint fault only restores the entry",
    }
)
"""The names of archcore's own, with a line about each."""


def policy_of(name: str) -> object | None:
    """Return the plugin of a policy, None for the kernel's own.

    Raises UnknownNameError, and PluginError for one of a distribution that is broken.
    """
    from archcore.mm.policy import Stay

    if name in POLICIES:
        return Stay() if name == STAY else None
    brought = {point.name: point for point in entry_points(group=GROUP)}
    if name not in brought:
        raise UnknownNameError("policy", name, (*POLICIES, *sorted(brought)))
    return _made(name, brought[name].load)


def _made(name: str, load: Callable[[], object]) -> object:
    """Load a policy and check that it places pages."""
    from archcore.entry import marked

    try:
        found = load()
        plugin: object = found() if callable(found) else found
    except Exception as error:
        raise PluginError(
            f"policy {name!r} cannot be loaded: {type(error).__name__}: {one_line(error)}; "
            "reinstall or mend the distribution that brings it"
        ) from error
    if not {hook for hook, _ in marked(plugin)} & PLACEMENT:
        raise PluginError(
            f"policy {name!r} has no placement hook; it needs {' or '.join(sorted(PLACEMENT))}"
        )
    return plugin
