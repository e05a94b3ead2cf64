"""One word in many targets: a line for each meaning, and what tells the meanings apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.entry import LevelHooks, hook_name
from archcore.layout import Bit
from archcore.report.document import hexnumber, hexword
from archcore.report.entry import (
    document,
    hardware_in_words,
    predicates,
    state_in_words,
    swap_in_words,
)
from archcore.report.fields import runs, said, unnamed
from archcore.report.text import PLAIN, Look, paint, table
from archcore.words.mask import full

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcore.decode import Decoded
    from archcore.eras import Meaning, Reader

HEADERS = ("STATE", "FRAME OR ENTRY", "FLAGS", "BITS THAT DIFFER", "HARDWARE", "TARGETS")
OF_ONE_TARGET = ("schema_version", "target", "level", "word")


def eras_document(found: Sequence[Meaning], without: Sequence[str]) -> dict[str, object]:
    """Return the meanings of one word; ``without`` are targets that lack its level."""
    first = found[0]
    target = first.readers[0].target
    return {
        "word": hexword(first.decoded.word, target.geometry.width),
        "level": first.decoded.level,
        "arch": target.arch,
        "meanings": [_meaning_document(meaning) for meaning in found],
        "without_level": list(without),
    }


def _meaning_document(meaning: Meaning) -> dict[str, object]:
    said = document(meaning.readers[0].target, meaning.decoded)
    return {
        "targets": [reader.target.id for reader in meaning.readers],
        **{key: value for key, value in said.items() if key not in OF_ONE_TARGET},
    }


def eras_text(found: Sequence[Meaning], without: Sequence[str], look: Look = PLAIN) -> str:
    """Return the meanings of one word as a table, the asked target's first."""
    first = found[0]
    target = first.readers[0].target
    word = paint(hexword(first.decoded.word, target.geometry.width), "bold", look)
    count = sum(len(meaning.readers) for meaning in found)
    head = f"{word}  {target.arch} {first.decoded.level}: {_counted(len(found), count)}"
    apart = _apart(found)
    rows = [_row(meaning, names) for meaning, names in zip(found, apart, strict=True)]
    parts = [head, "", _table(rows, look)]
    if without:
        parts += ["", f"No level {first.decoded.level}: {', '.join(without)}"]
    return "\n".join(parts)


def _counted(meanings: int, targets: int) -> str:
    ways = "one meaning" if meanings == 1 else f"{meanings} meanings"
    return f"{ways} in {targets} target{'s' * (targets != 1)}"


def _row(meaning: Meaning, names: Sequence[str]) -> tuple[str, ...]:
    seen = meaning.decoded
    return (
        state_in_words(seen),
        _place(seen),
        ", ".join(predicates(seen)),
        ", ".join(names),
        hardware_in_words(seen),
        ", ".join(reader.target.id for reader in meaning.readers),
    )


def _table(rows: Sequence[Sequence[str]], look: Look) -> str:
    """Return the table without the columns that have nothing in them."""
    kept = [at for at in range(len(HEADERS)) if any(row[at] for row in rows)]
    return table([HEADERS[at] for at in kept], [[row[at] for at in kept] for row in rows], look)


def _place(seen: Decoded) -> str:
    if seen.pfn is None:
        return swap_in_words(seen) or hexnumber(seen.address) or ""
    frame = f"{seen.pfn:#x}"
    return f"{seen.kind}, frame {frame}" if seen.kind is not None else frame


def _apart(found: Sequence[Meaning]) -> list[list[str]]:
    """Return for each meaning the names of set bits that not all meanings give."""
    named = [_named(meaning.readers[0], meaning.decoded) for meaning in found]
    common = set(named[0]).intersection(*named)
    return [[name for name in names if name not in common] for names in named]


def _named(reader: Reader, seen: Decoded) -> list[str]:
    """Return what is set by name, then what is set and has none; other columns tell the rest."""
    if seen.layout is None:
        return []
    told = _frame_bits(reader, seen.level) if seen.swap is None else full(seen.layout.width)
    names = [
        said(one, value)
        for one, value in seen.layout.named(seen.word, valid=seen.valid)
        if value and (isinstance(one, Bit) or not one.value & told)
    ]
    spare = unnamed(seen.layout, valid=seen.valid)
    left = [at for at in spare if seen.word >> at & 1]
    return [*names, *([f"unnamed {runs(left)}"] if left else [])]


def _frame_bits(reader: Reader, level: str) -> int:
    """Return the bits that the largest frame sets."""
    if not reader.hooks.has(hook_name("pfn_entry", level)):
        return 0
    geometry = reader.target.geometry
    make = LevelHooks(reader.hooks, level).pfn_entry
    return int(make(full(geometry.pa_bits - geometry.page_shift), 0))
