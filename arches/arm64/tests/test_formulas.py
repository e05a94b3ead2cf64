"""What the header formulas of Linux 6.12, written down a second time, give (data/README.md)."""

from __future__ import annotations

import pytest

TARGETS = [
    "arm64-4k-v6.12",
    "arm64-4k-va52-v6.12",
    "arm64-16k-va52-v6.12",
    "arm64-64k-va52-v6.12",
]


@pytest.mark.parametrize("target_id", TARGETS)
def test_the_model_of_linux_612_agrees(target_id, hooks_of, formulas, call):
    """Every helper gives what the kernel's own expression gives, for likely and random words."""
    hooks, differing = hooks_of(target_id), []
    for helper, records in formulas(target_id).items():
        for given, result in records:
            answer = int(call(hooks, helper)(*given))
            if answer != result:
                differing.append((helper, [hex(word) for word in given], hex(answer), hex(result)))
    assert differing == []
