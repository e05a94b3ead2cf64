from __future__ import annotations

import pytest
import toy

from archcore.binding import bind
from archcore.errors import UnknownNameError
from archcore.report.target import document, protections, text, view

TOY = toy.module()
TARGET = TOY.TARGET
HOOKS = bind(TARGET)


def shown(level="pte"):
    """Return the toy seen at a level."""
    return view(TARGET, HOOKS, level)


def test_an_unknown_level_is_refused_with_the_nearest():
    """The levels that can be shown are named, the swap entry among them."""
    with pytest.raises(UnknownNameError, match="did you mean pte"):
        shown("pto")
    assert shown("swap").layout is TARGET.swap


def test_the_document_has_each_field_with_its_mask():
    """From the highest bit down, in hex as wide as the entry."""
    fields = document(shown())["layout"]["fields"]

    assert [one["name"] for one in fields][:2] == ["PFN", "SPECIAL"]
    assert fields[0]["mask"] == "0xfffff000"


def test_the_document_has_the_geometry():
    """Sizes are numbers, levels come lowest first."""
    geometry = document(shown())["geometry"]

    assert (geometry["page_size"], geometry["va_bits"], geometry["entry_bits"]) == (4096, 42, 32)
    assert [level["name"] for level in geometry["levels"]] == ["pte", "pmd", "pgd"]
    assert [level["leaf"] for level in geometry["levels"]] == [True, False, False]


def test_protections_are_those_of_all_kinds_of_vma():
    """Sixteen, each with what is set in it; no right is HINT alone."""
    rows = {perms: names for perms, _, names in protections(shown())}

    assert len(rows) == 16
    assert rows["---p"] == ["HINT"]
    assert (rows["rw-p"], rows["rw-s"]) == (["V"], ["V", "W"])


def test_arming_is_told_where_there_are_leaves_only():
    """Tables and swap entries are never armed."""
    assert document(shown())["arming"]["armed"]["set"] == "0x00000080"
    assert document(shown("pmd"))["arming"] is None
    assert document(shown("swap"))["arming"] is None


def test_the_text_tells_what_arming_does_to_each_bit():
    """A line a field: V cleared by arming and back after disarming, A set by disarming."""
    lines = {
        line.split()[1]: line.split() for line in text(shown()).splitlines() if line[:1].isdigit()
    }

    assert lines["V"][2:4] == ["cleared", "kept"]
    assert lines["A"][2:4] == ["kept", "set"]
    assert lines["HINT"][2:6] == ["if", "not", "valid", "set"]


def test_every_source_is_named_once():
    """Facts carry the document they were read in."""
    assert document(shown())["sources"] == ["tests/support/toy.py"]


def test_each_level_can_be_shown():
    """As text, whatever stands there."""
    for level in ("pte", "pmd", "pgd", "swap"):
        assert text(shown(level)).startswith("toy-32bit-v1")
