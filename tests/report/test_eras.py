from __future__ import annotations

import toy
from attrs import evolve

from archcore.eras import meanings, readers
from archcore.layout import Bit, EntryLayout, Geometry
from archcore.report.eras import eras_document, eras_text

TARGET = toy.module().TARGET
ENTRY = toy.module().ENTRY


def renamed():
    """Return the toy with SPECIAL under another name and one more bit named."""
    fields = [one for one in ENTRY.fields if one.name != "SPECIAL"]
    later = EntryLayout("toy entry, later", (*fields, Bit("BRISK", 8), Bit("LATE", 10)), width=32)
    lowest, *upper = TARGET.geometry.levels
    levels = (evolve(lowest, layout=later), *upper)
    geometry = Geometry(levels, TARGET.geometry.pa_bits)
    return evolve(TARGET, id="toy-32bit-v2", geometry=geometry)


def found(word, *targets, level="pte"):
    """Return what the word means to the targets."""
    return meanings(readers(targets, level), word, level)


WORD = ENTRY.mask("V", "LEAF", "SPECIAL").value | 1 << 10 | 5 << 12


def test_the_table_shows_the_names_that_tell_meanings_apart_and_no_others():
    """What all of them say is left out; a bit without a name is named by its position."""
    lines = eras_text(found(WORD, TARGET, renamed()), ()).splitlines()

    assert lines[0] == "0x00005521  toy pte: 2 meanings in 2 targets"
    assert lines[2].split("  ")[0] == "STATE"
    assert "SPECIAL, unnamed 10" in lines[3]
    assert "BRISK, LATE" in lines[4]
    assert not any("LEAF" in line for line in lines)
    assert lines[3].endswith("  toy-32bit-v1")
    assert lines[4].endswith("  toy-32bit-v2")


def test_one_meaning_needs_no_column_for_differences():
    """Columns with nothing in them are left out."""
    said = eras_text(found(0, TARGET, renamed()), ())

    assert "one meaning in 2 targets" in said
    assert "BITS THAT DIFFER" not in said
    assert said.endswith("toy-32bit-v1, toy-32bit-v2")


def test_targets_without_the_level_are_named():
    """They are no silent gap in the table."""
    said = eras_text(found(0, TARGET, level="pmd"), ("toy-short-v1",))

    assert said.endswith("No level pmd: toy-short-v1")


def test_the_document_lists_meanings_with_their_targets():
    """The keys of explain, but the target's name, once for each meaning."""
    made = eras_document(found(WORD, TARGET, renamed()), ("toy-short-v1",))

    assert list(made) == ["word", "level", "arch", "meanings", "without_level"]
    assert (made["word"], made["level"], made["arch"]) == ("0x00005521", "pte", "toy")
    assert [one["targets"] for one in made["meanings"]] == [["toy-32bit-v1"], ["toy-32bit-v2"]]
    assert {one["pfn"] for one in made["meanings"]} == {"0x5"}
    assert "SPECIAL" in made["meanings"][0]["flags"]
    assert "BRISK" in made["meanings"][1]["flags"]
    assert made["without_level"] == ["toy-short-v1"]
