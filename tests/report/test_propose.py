from __future__ import annotations

import pytest
import toy

from archcore.report.propose import fields_at, label
from archcore.report.propose_text import _runs

TARGET = toy.module().TARGET
LAYOUT = TARGET.geometry.levels[0].layout


@pytest.mark.parametrize(
    ("position", "names"), [(0, ("V",)), (7, ("HINT",)), (12, ("PFN",)), (6, ())]
)
def test_a_bit_has_the_names_of_its_fields(position, names):
    """None where the layout has none."""
    assert fields_at(LAYOUT, position) == names


def test_a_bit_without_a_name_is_called_so():
    """Rather than by nothing."""
    assert label(TARGET, ("pte",), 6) == "unnamed"
    assert label(TARGET, ("pte",), 0) == "V"


def test_bits_of_one_name_that_stand_side_by_side_are_told_in_one():
    """A gap or another name begins a new run."""
    names = {3: "A", 4: "B", 5: "B", 6: "B", 8: "B"}
    assert list(_runs([8, 3, 4, 5, 6], names.__getitem__)) == ["3 A", "4..6 B", "8 B"]
