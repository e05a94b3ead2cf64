"""The targets under test with their hooks bound, and the VMAs they are asked about."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import pytest

from archcore.binding import bind
from archcore_powerpc.targets import TARGETS

BY_ERA = {target.era: target for target in TARGETS}
HOOKS = {era: bind(target) for era, target in BY_ERA.items()}
CAPTURE = Path(__file__).parent / "data" / "capture-6.1-radix-64k.csv"


@pytest.fixture(params=TARGETS, ids=lambda target: target.id)
def target(request):
    """Each target."""
    return request.param


@pytest.fixture
def hooks(target):
    """The hooks of each target."""
    return HOOKS[target.era]


@pytest.fixture(scope="session")
def hash_v314():
    """The hooks of the hash format of Linux 3.14."""
    return HOOKS["v3.14"]


@pytest.fixture(scope="session")
def radix_v61():
    """The hooks of radix in Linux 6.1."""
    return HOOKS["v6.1"]


@pytest.fixture(scope="session")
def private():
    """A private writable mapping, whose protection is therefore read-only, in Linux 6.1."""
    return SimpleNamespace(vm_flags=3, vm_page_prot=0x8000000000000104, accessible=True)


@pytest.fixture(scope="session")
def captured():
    """The entries that a running kernel wrote, with what they were."""
    with CAPTURE.open(encoding="ascii", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        SimpleNamespace(
            level=BY_ERA["v6.1"].geometry.level(row["level"]),
            truth=row["truth"],
            vma=SimpleNamespace(accessible=row["vma"] == "accessible"),
            entry=int(row["entry"], 16),
            page=int(row["page"], 16),
        )
        for row in rows
    ]
