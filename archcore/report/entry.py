"""What ``explain`` says of a word: its state in words, its frame, its flags, its bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.decode import Answer, State
from archcore.layout import Bit
from archcore.report.document import hexnumber, hexword
from archcore.report.fields import bits_of, runs, unnamed
from archcore.report.text import PLAIN, Look, paint, pairs, table

if TYPE_CHECKING:
    from archcore.decode import Decoded
    from archcore.layout import Field
    from archcore.target import Target

STATES = {
    State.NONE: "none: nothing is mapped here",
    State.MAPPED: "mapped",
    State.HINT: "hint: mapped for the kernel, closed to user mode on purpose",
    State.GENUINE_NONE: "genuine none: mapped in a VMA without rights",
    State.INACCESSIBLE: "hint or genuine none (needs the VMA)",
    State.TABLE: "table: points to a table of the level below",
    State.SWAP: "swap: the page is not in memory",
    State.MIGRATION: "migration: the page is on its way to another frame",
    State.INVALID: "invalid: present to the kernel, closed to the hardware for a moment",
    State.OTHER: "other: no state the target's helpers name",
}
STYLES = {State.MAPPED: "green", State.HINT: "yellow", State.INACCESSIBLE: "yellow"}


def document(target: Target, decoded: Decoded) -> dict[str, object]:
    """Return a decoded word as a document."""
    return {
        "target": target.id,
        "level": decoded.level,
        "word": hexword(decoded.word, target.geometry.width),
        "state": decoded.state.value,
        "pfn": hexnumber(decoded.pfn),
        "flags": list(decoded.flags),
        "hardware": {access: answer.verdict for access, answer in decoded.hardware.items()},
        "address": hexnumber(decoded.address),
        "swap": _swap_document(decoded),
        "why": {access: answer.value for access, answer in decoded.hardware.items()},
        "bytes": stored(target, decoded),
        "fields": [
            {"name": one.name, "low": one.low, "high": one.high, "value": hex(value)}
            for one, value in _values(decoded)
        ],
        "unnamed": hexword(_unnamed(decoded), target.geometry.width),
    }


def _swap_document(decoded: Decoded) -> dict[str, object] | None:
    if decoded.swap is None:
        return None
    area, offset = decoded.swap
    return {"type": area, "offset": hex(offset)}


def text(target: Target, decoded: Decoded, look: Look = PLAIN) -> str:
    """Return a decoded word as text; every bit that has a name stands on a line of its own."""
    word = hexword(decoded.word, target.geometry.width)
    state = paint(STATES[decoded.state], STYLES.get(decoded.state, "bold"), look)
    facts = [("state", state), *_place(decoded)]
    if decoded.layout is not None:
        facts.append(("flags", ", ".join(_predicates(decoded)) or "no flag is set"))
    facts += [("hardware", _hardware(decoded)), ("memory", stored(target, decoded))]
    head = f"{paint(word, 'bold', look)}  {target.id} {decoded.level}"
    bits = _bits(decoded, look)
    return "\n".join((head, pairs(facts), *(("", bits) if bits else ())))


def stored(target: Target, decoded: Decoded) -> str:
    """Return the bytes of the word in the order they lie in memory, lowest address first."""
    width, order = target.geometry.width, target.geometry.byteorder
    return decoded.word.to_bytes(width // 8, order).hex(" ")


def _place(decoded: Decoded) -> list[tuple[str, str]]:
    if decoded.swap is not None:
        return [("swap", f"type {decoded.swap[0]}, offset {decoded.swap[1]:#x}")]
    if decoded.pfn is not None:
        return [("frame", f"{decoded.pfn:#x}, physical address {decoded.address:#x}")]
    return [] if decoded.address is None else [("table", f"physical address {decoded.address:#x}")]


def _predicates(decoded: Decoded) -> list[str]:
    """Return the kernel's own words for the flags; the layout's names follow bit by bit."""
    return [flag for flag in decoded.flags if flag.islower()]


def _hardware(decoded: Decoded) -> str:
    """Return what user mode gets, the accesses with the same answer together."""
    accesses: dict[Answer, list[str]] = {}
    for access, answer in decoded.hardware.items():
        accesses.setdefault(answer, []).append(access)
    return "; ".join(
        f"allows {', '.join(those)}"
        if answer is Answer.ALLOWS
        else f"faults on {', '.join(those)} ({answer.value})"
        for answer, those in accesses.items()
    )


def _values(decoded: Decoded) -> list[tuple[Field, int]]:
    if decoded.layout is None:
        return []
    found = decoded.layout.named(decoded.word, valid=decoded.valid)
    return sorted(found, key=lambda pair: -pair[0].high)


def _unnamed(decoded: Decoded) -> int:
    """Return the set bits that the layout has no name for."""
    if decoded.layout is None:
        return 0
    spare = unnamed(decoded.layout, valid=decoded.valid)
    return sum(1 << at for at in spare if decoded.word >> at & 1)


def _bits(decoded: Decoded, look: Look) -> str:
    rows = [
        (bits_of(one), one.name, str(value) if isinstance(one, Bit) else hex(value), one.note)
        for one, value in _values(decoded)
    ]
    left = _unnamed(decoded)
    if left:
        positions = [at for at in range(left.bit_length()) if left >> at & 1]
        rows.append((runs(positions), "(unnamed)", "set", ""))
    return table(("BITS", "NAME", "STORED", "NOTE"), rows, look) if rows else ""
