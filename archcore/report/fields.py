"""The fields of an entry and what stands in them, for tables and documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.layout import Bit
from archcore.report.document import hexword

if TYPE_CHECKING:
    from archcore.layout import EntryLayout, Field

WHEN = {"always": "", "valid": "if valid", "invalid": "if not valid"}


def bits_of(one: Field) -> str:
    """Return the positions of a field, highest first: ``62..59``, or ``8`` for a single bit."""
    return str(one.low) if one.low == one.high else f"{one.high}..{one.low}"


def holds(one: Field, *, valid: bool) -> bool:
    """Say whether a field has its meaning in such an entry."""
    return one.when in ("always", "valid" if valid else "invalid")


def described(one: Field, width: int) -> dict[str, object]:
    """Return a field as a document."""
    return {
        "name": one.name,
        "low": one.low,
        "high": one.high,
        "mask": hexword(one.value, width),
        "when": one.when,
        "note": one.note,
        "overlays": list(one.overlays),
    }


def highest_first(layout: EntryLayout) -> list[Field]:
    """Return the fields as a picture shows them, from the highest bit down."""
    return sorted(layout.fields, key=lambda one: -one.high)


def spelled(layout: EntryLayout, word: int, *, valid: bool) -> list[str]:
    """Return what is set in a word by name, ``NAME=value`` for wide fields, lowest first."""
    found = sorted(layout.named(word, valid=valid), key=lambda pair: pair[0].low)
    return [said(one, value) for one, value in found if value]


def said(one: Field, value: int) -> str:
    """Return a field that is set by name: ``NAME``, or ``NAME=value`` for a wide one."""
    return one.name if isinstance(one, Bit) else f"{one.name}={value:#x}"


def unnamed(layout: EntryLayout, *, valid: bool | None = None) -> list[int]:
    """Return the positions no field names, lowest first; with ``valid``, in such entries."""
    named = layout.fields if valid is None else [one for one, _ in layout.named(0, valid=valid)]
    return [at for at in range(layout.width) if not any(one.value >> at & 1 for one in named)]


def runs(positions: list[int]) -> str:
    """Return positions as runs, highest first: ``57..52, 9``."""
    found: list[list[int]] = []
    for at in sorted(positions):
        if found and found[-1][1] == at - 1:
            found[-1][1] = at
        else:
            found.append([at, at])
    said = [str(low) if low == high else f"{high}..{low}" for low, high in reversed(found)]
    return ", ".join(said)
