from __future__ import annotations

import pytest

from archcore.races import SCENARIOS, explore
from archcore.registry import installed
from archcore.report.races_many import native

ARCHES = sorted({target.arch for target in installed()})


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("name", ["S0", "S3", "S5", "S6b", "S9", "S10"])
def test_nothing_goes_wrong_on_any_architecture(arch, name):
    """Under Linux 6.1, on the target that is native to it."""
    target = native((one for one in installed() if one.arch == arch), "v6.1")

    result = explore(SCENARIOS[name], target, "v6.1")

    assert result.exhaustive
    assert result.unexpected == frozenset()
