"""The policies that a machine can be given by name."""

from __future__ import annotations

from types import MappingProxyType

from archcore.errors import UnknownNameError

DEFAULT_POLICY = "default"
STAY = "stay"
POLICIES = MappingProxyType(
    {
        DEFAULT_POLICY: "the kernel's: a page belongs to the node that uses it",
        STAY: "none: a hint fault only restores the entry",
    }
)
"""Their names, with a line about each."""


def policy_of(name: str) -> object | None:
    """Return the plugin of a policy, None for the kernel's own; raises UnknownNameError."""
    from archcore.mm.policy import Stay

    if name not in POLICIES:
        raise UnknownNameError("policy", name, tuple(POLICIES))
    return Stay() if name == STAY else None
