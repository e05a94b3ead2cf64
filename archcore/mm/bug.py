"""A historic bug of the generic engine, as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class Bug:
    """One bug: what was seen, the commit that mended it, and the knobs of a profile it turns.

    ``healthy`` are knobs to turn in the sound profile too, where the base itself has the bug.
    """

    number: str
    symptom: str
    commit: str
    base: str
    changes: Mapping[str, Any] = field(factory=dict)
    healthy: Mapping[str, Any] = field(factory=dict)


NOT_EXPRESSED = {
    "B11": "a split during a migration makes the last comparison fail; nothing is lost",
    "B33": "nodes have no zones",
    "B48": "a list of VMAs has no place to fall off",
    "B50": "statistics are never freed while somebody has them",
    "B52": "the split takes the map count under the lock that reuse takes",
}
"""Engine bugs of the catalogue that no knob brings back, and why."""
