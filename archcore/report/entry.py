"""What ``explain`` says of a word: its state in words, its frame, its flags, its bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.decode import Answer, State
from archcore.layout import Bit
from archcore.report.document import hexnumber, hexword
from archcore.report.fields import bits_of, runs, unnamed
from archcore.report.spoken import spoken
from archcore.report.text import PLAIN, Look, paint, pairs, table
from archcore.swapkinds import SwapKind

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
IN_DEVICE = "swap: used for a page in a device's memory"
BY_DEVICE = "swap: used for a page that a device has for itself"
KINDS = {
    SwapKind.HWPOISON: "swap: used for a page lost to a memory error",
    SwapKind.MARKER: "swap: used for a mark where no page is",
    SwapKind.SWAPIN_ERROR: "swap: used for a page that could not be read back",
    SwapKind.DEVICE_PRIVATE_WRITABLE: IN_DEVICE,
    SwapKind.DEVICE_PRIVATE_READABLE: IN_DEVICE,
    SwapKind.DEVICE_EXCLUSIVE_WRITABLE: BY_DEVICE,
    SwapKind.DEVICE_EXCLUSIVE_READABLE: BY_DEVICE,
    SwapKind.UNASSIGNED: "swap: of a type that means nothing in this configuration",
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
        "kind": None if decoded.kind is None else decoded.kind.value,
        "pkey": _key_document(decoded),
        "hugetlb": decoded.hugetlb,
        "why": {access: answer.value for access, answer in decoded.hardware.items()},
        "bytes": stored(target, decoded),
        "fields": [
            {"name": one.name, "low": one.low, "high": one.high, "value": hex(value)}
            for one, value in _values(decoded)
        ],
        "unnamed": hexword(_unnamed(decoded), target.geometry.width),
        "laws": _laws_document(target, decoded),
    }


def _laws_document(target: Target, decoded: Decoded) -> dict[str, object] | None:
    told = spoken(target, decoded.level, decoded.word)
    if told is None:
        return None
    return {"held": list(told.held), "broken": list(told.broken)}


def _swap_document(decoded: Decoded) -> dict[str, object] | None:
    if decoded.swap is None:
        return None
    area, offset = decoded.swap
    return {"type": area, "offset": hex(offset)}


def _key_document(decoded: Decoded) -> dict[str, object] | None:
    if decoded.pkey is None:
        return None
    name, number = decoded.pkey
    return {"field": name, "number": number}


def state_in_words(decoded: Decoded) -> str:
    """Return the state with what it means; a swap entry that is no swap says what it is."""
    if decoded.state is State.SWAP and decoded.kind in KINDS:
        return KINDS[decoded.kind]
    return STATES[decoded.state]


def text(target: Target, decoded: Decoded, look: Look = PLAIN) -> str:
    """Return a decoded word as text; every bit that has a name stands on a line of its own."""
    word = hexword(decoded.word, target.geometry.width)
    state = paint(state_in_words(decoded), STYLES.get(decoded.state, "bold"), look)
    facts = [("state", state), *_place(decoded)]
    if decoded.layout is not None:
        facts.append(("flags", ", ".join(predicates(decoded)) or "no predicate holds"))
    facts += [*_notes(decoded), ("hardware", hardware_in_words(decoded))]
    facts.append(("memory", stored(target, decoded)))
    told = spoken(target, decoded.level, decoded.word)
    facts += [("laws", str(told))] if told is not None and told.held + told.broken else []
    head = f"{paint(word, 'bold', look)}  {target.id} {decoded.level}"
    bits = _bits(decoded, look)
    return "\n".join((head, pairs(facts), *(("", bits) if bits else ())))


def stored(target: Target, decoded: Decoded) -> str:
    """Return the bytes of the word in the order they lie in memory, lowest address first."""
    width, order = target.geometry.width, target.geometry.byteorder
    return decoded.word.to_bytes(width // 8, order).hex(" ")


def swap_in_words(decoded: Decoded) -> str:
    """Return type, offset and kind of a swap entry; empty for any other."""
    if decoded.swap is None:
        return ""
    number, offset = decoded.swap
    kind = f" ({decoded.kind.value})" if decoded.kind is not None else ""
    return f"type {number}{kind}, offset {offset:#x}"


def _place(decoded: Decoded) -> list[tuple[str, str]]:
    facts = [("swap", swap_in_words(decoded))] if decoded.swap is not None else []
    if decoded.pfn is not None:
        facts.append(("frame", f"{decoded.pfn:#x}, physical address {decoded.address:#x}"))
    elif decoded.address is not None:
        facts.append(("table", f"physical address {decoded.address:#x}"))
    return facts


def _notes(decoded: Decoded) -> list[tuple[str, str]]:
    """Return what the flags alone would not make clear."""
    facts = []
    if "savedwrite" in decoded.flags:
        facts.append(("write", "remembered (savedwrite): disarmed, the page is writable again"))
    if decoded.pkey is not None and decoded.pkey[1]:
        facts.append(("key", f"{decoded.pkey[1]} in {decoded.pkey[0]}"))
    if decoded.hugetlb:
        facts.append(("page", "of hugetlbfs, which stores the frame as in a PTE"))
    return facts


def predicates(decoded: Decoded) -> list[str]:
    """Return the kernel's own words for the flags; the layout's names follow bit by bit."""
    names = {one.name for one in decoded.layout.fields} if decoded.layout is not None else set()
    return [flag for flag in decoded.flags if flag not in names]


def hardware_in_words(decoded: Decoded) -> str:
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
