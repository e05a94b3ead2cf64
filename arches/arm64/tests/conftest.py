"""The targets under test with their hooks bound, and the VMAs they are asked about."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import pytest

from archcore.binding import bind
from archcore_arm64.targets import TARGETS

BY_ERA = {target.era: target for target in TARGETS}
HOOKS = {era: bind(target) for era, target in BY_ERA.items()}


@pytest.fixture(params=TARGETS, ids=lambda target: target.id)
def target(request):
    """Each target."""
    return request.param


@pytest.fixture
def hooks(target):
    """The hooks of each target."""
    return HOOKS[target.era]


@pytest.fixture(scope="session")
def v61():
    """The hooks of Linux 6.1."""
    return HOOKS["v6.1"]


@pytest.fixture(scope="session")
def v612():
    """The hooks of Linux 6.12."""
    return HOOKS["v6.12"]


@pytest.fixture(scope="session")
def private():
    """A private writable mapping, whose protection is therefore read-only."""
    return SimpleNamespace(vm_flags=3, vm_page_prot=0x0060000000000FC3, accessible=True)


@pytest.fixture(scope="session")
def captured():
    """The entries that running kernels wrote, with what they were."""
    path = Path(__file__).parent / "data" / "captures-4k-48.csv"
    with path.open(encoding="ascii", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        SimpleNamespace(
            target=BY_ERA[f"v{row['kernel']}"],
            hooks=HOOKS[f"v{row['kernel']}"],
            level=BY_ERA[f"v{row['kernel']}"].geometry.level(row["level"]),
            truth=row["truth"],
            vma=SimpleNamespace(accessible=row["vma"] == "accessible"),
            entry=int(row["entry"], 16),
            pagemap=int(row["pagemap"], 16),
        )
        for row in rows
    ]
