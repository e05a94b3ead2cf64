"""Counters and the cost MMTests makes of them."""

from __future__ import annotations

import pytest

from archcore.mm.stats import autonuma_cost


@pytest.mark.parametrize(
    ("updates", "faults", "migrated", "cost"),
    [(1_041_416, 263_296, 258_021, 1328.67), (831_536, 220_966, 212_769, 1114.69)],
)
def test_the_cost_equals_published_reports(updates, faults, migrated, cost):
    """The formula gives the figures of a report posted to linux-mm in 2023."""
    assert round(autonuma_cost(updates, faults, migrated), 2) == cost
