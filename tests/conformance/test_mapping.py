from __future__ import annotations

import pytest

from archcore.conformance.mapping import mappings
from archcore.conformance.subject import bound
from archcore.registry import installed

TARGETS = sorted(installed().targets)


@pytest.mark.parametrize("target", TARGETS)
def test_private_memory_that_may_be_written_is_among_the_vmas(target):
    """Its entries get write permission one by one, and a hint can lose it."""
    found = mappings(bound(installed().get(target)))
    assert any(one.writable and not one.grants_write for one in found)
