from __future__ import annotations

import pytest

from archcore.report.units import size


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0B"), (512, "512B"), (4096, "4K"), (65536, "64K"), (2 << 20, "2M"), (512 << 30, "512G")],
)
def test_a_size_is_written_in_the_largest_unit_that_divides_it(count, written):
    """Page sizes look as people say them, and nothing is rounded."""
    assert size(count) == written


def test_a_size_that_no_unit_divides_stays_in_bytes():
    """4097 bytes are not 4K."""
    assert size(4097) == "4097B"
