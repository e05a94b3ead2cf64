from __future__ import annotations

import pytest

from archcore.conformance.kernels import release, within


def test_eras_stand_in_the_order_of_their_releases():
    """Posted patches first, numbers as numbers, and proposals last."""
    eras = ["v1", "v6.12", "2012-10", "v3.8", "v6.6", "v4.18"]
    ordered = ["2012-10", "v3.8", "v4.18", "v6.6", "v6.12", "v1"]
    assert sorted(eras, key=release) == ordered


@pytest.mark.parametrize(
    ("era", "first", "last", "inside"),
    [
        ("v6.1", None, "v6.1", True),
        ("v6.12", None, "v6.1", False),
        ("v6.12", "v6.6", None, True),
        ("2012-10", "v3.8", None, False),
        ("proposal", "v6.6", None, True),
    ],
)
def test_limits_belong_to_the_range(era, first, last, inside):
    """Either end may be open."""
    assert within(era, first, last) is inside
