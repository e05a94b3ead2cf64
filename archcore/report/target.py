"""What ``show`` says of a target: one kind of entry, the geometry, the protections, arming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.errors import UnknownNameError
from archcore.hookspecs import LEVELS
from archcore.report.arming import Arming, BitChanges, arming, summary
from archcore.report.document import hexword
from archcore.report.fields import (
    WHEN,
    bits_of,
    described,
    highest_first,
    holds,
    runs,
    spelled,
    unnamed,
)
from archcore.report.picture import draw
from archcore.report.text import PLAIN, Look, paint, pairs, table
from archcore.report.units import size
from archcore.specimens import perms_of, vma_kinds

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.layout import EntryLayout, Field
    from archcore.target import Target

SWAP = "swap"
CHANGES = ("cleared", "set", "inverted", "computed", "kept")
ARMED_VMA = "rw-p"


@frozen
class View:
    """A target seen at one kind of entry: a level by name, or ``swap``."""

    target: Target
    hooks: Hooks
    level: str
    layout: EntryLayout
    arming: Arming | None


def view(target: Target, hooks: Hooks, level: str) -> View:
    """Return the target at a level; raises UnknownNameError for one it does not have."""
    if level == SWAP:
        return View(target, hooks, level, target.swap, None)
    places = {place.name: place for place in target.geometry.levels}
    if level not in places:
        raise UnknownNameError("level", level, (*places, SWAP))
    place = places[level]
    traced = arming(target, hooks, level) if place.leaf and level in LEVELS else None
    return View(target, hooks, level, place.layout, traced)


# -- the document -----------------------------------------------------------------------------


def document(seen: View) -> dict[str, object]:
    """Return everything ``show`` knows as a document."""
    target, layout = seen.target, seen.layout
    return {
        "target": target.id,
        "arch": target.arch,
        "era": target.era,
        "summary": target.summary,
        "engine": target.engine,
        "level": seen.level,
        "layout": {
            "name": layout.name,
            "width": layout.width,
            "fields": [described(one, layout.width) for one in highest_first(layout)],
            "source": layout.source,
        },
        "arming": _arming_document(seen),
        "geometry": _geometry_document(target),
        "protections": [
            {"vma": perms, "value": hexword(prot, target.geometry.width), "fields": names}
            for perms, prot, names in protections(seen)
        ],
        "sources": sources(seen),
    }


def _arming_document(seen: View) -> dict[str, object] | None:
    if seen.arming is None:
        return None

    def masks(changes: BitChanges) -> dict[str, str]:
        return {name: hexword(getattr(changes, name).value, seen.layout.width) for name in CHANGES}

    return {
        "vma": ARMED_VMA,
        "summary": summary(seen.layout, seen.arming.armed, valid=seen.arming.valid),
        "armed": masks(seen.arming.armed),
        "restored": masks(seen.arming.restored),
    }


def _geometry_document(target: Target) -> dict[str, object]:
    geometry = target.geometry
    return {
        "page_size": geometry.page_size,
        "va_bits": geometry.va_bits,
        "pa_bits": geometry.pa_bits,
        "byteorder": geometry.byteorder,
        "entry_bits": geometry.width,
        "levels": [
            {
                "name": level.name,
                "shift": level.shift,
                "index_bits": level.index_bits,
                "size": level.size,
                "table_bytes": level.table_bytes,
                "leaf": level.leaf,
            }
            for level in geometry.levels
        ],
    }


def protections(seen: View) -> list[tuple[str, int, list[str]]]:
    """Return the protection of each kind of VMA: permissions, value, what is set in it."""
    lowest = seen.target.geometry.levels[0]
    valid = seen.target.mmu.format.valid
    return [
        (
            perms_of(vma.vm_flags),
            vma.vm_page_prot,
            spelled(lowest.layout, vma.vm_page_prot, valid=bool(valid(lowest, vma.vm_page_prot))),
        )
        for vma in vma_kinds(seen.hooks)
    ]


def sources(seen: View) -> list[str]:
    """Return the documents behind what is shown, each once."""
    found = (*seen.target.sources, seen.layout.source, seen.target.mmu.source)
    return list(dict.fromkeys(source for source in found if source))


# -- the text ---------------------------------------------------------------------------------


def text(seen: View, look: Look = PLAIN) -> str:
    """Return everything ``show`` knows as text."""
    target, layout = seen.target, seen.layout
    parts = [
        f"{paint(target.id, 'bold', look)}: {target.summary}",
        f"{seen.level}: {layout.name}, {layout.width} bits",
        draw(layout),
        _section("Fields", _fields(seen, look), look),
        _section(f"Arming a live entry ({ARMED_VMA})", _arming(seen), look),
        _section("Geometry", _geometry(target, look), look),
        _section("Protections", _protections(seen, look), look),
        _section("Sources", "\n".join(f"  {source}" for source in sources(seen)), look),
    ]
    return "\n\n".join(part for part in parts if part)


def _section(title: str, body: str, look: Look) -> str:
    return f"{paint(title, 'bold', look)}\n{body}" if body else ""


def _fields(seen: View, look: Look) -> str:
    rows = [
        (bits_of(one), one.name, WHEN[one.when], *_changes(seen, one), one.note)
        for one in highest_first(seen.layout)
    ]
    spare = unnamed(seen.layout)
    if spare:
        empty = ("",) * len(_changes(seen, seen.layout.fields[0]))
        rows.append((runs(spare), "(unnamed)", "", *empty, ""))
    changes = ("ARMED", "DISARMED") if seen.arming else ()
    return table(("BITS", "NAME", "HOLDS", *changes, "NOTE"), rows, look)


def _changes(seen: View, one: Field) -> tuple[str, ...]:
    """Return what arming, then arming and disarming, do to a field; ``-`` where it has no sense."""
    if seen.arming is None:
        return ()
    after = ((seen.arming.armed, seen.arming.valid), (seen.arming.restored, True))
    positions = range(one.low, one.high + 1)
    return tuple(
        ", ".join(dict.fromkeys(changes.of(at) for at in positions))
        if holds(one, valid=valid)
        else "-"
        for changes, valid in after
    )


def _arming(seen: View) -> str:
    if seen.arming is None:
        return ""
    armed, restored = seen.arming.armed, seen.arming.restored
    return pairs(
        [
            ("armed", summary(seen.layout, armed, valid=seen.arming.valid)),
            ("disarmed again", summary(seen.layout, restored, valid=True)),
        ]
    )


def _geometry(target: Target, look: Look) -> str:
    geometry = target.geometry
    rows = [
        (
            level.name,
            f"{level.shift + level.index_bits - 1}..{level.shift}",
            str(level.entries),
            size(level.size),
            size(level.table_bytes),
            "yes" if level.leaf else "no",
        )
        for level in geometry.levels
    ]
    levels = table(("LEVEL", "VA BITS", "ENTRIES", "ENTRY MAPS", "TABLE", "LEAVES"), rows, look)
    facts = (
        f"{size(geometry.page_size)} pages, {geometry.va_bits} virtual and {geometry.pa_bits} "
        f"physical address bits, entries of {geometry.width} bits, {geometry.byteorder}-endian"
    )
    return f"{facts}\n{levels}"


def _protections(seen: View, look: Look) -> str:
    rows = [
        (perms, hexword(prot, seen.target.geometry.width), " ".join(names))
        for perms, prot, names in protections(seen)
    ]
    return table(("VMA", "PROTECTION", "SET"), rows, look)
