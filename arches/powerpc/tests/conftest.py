"""The targets under test with their hooks bound, and the VMAs they are asked about."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from archcore.binding import bind
from archcore_powerpc.targets import TARGETS

BY_ID = {target.id.removeprefix("powerpc-"): target for target in TARGETS}
HOOKS = {name: bind(target) for name, target in BY_ID.items()}
GOLDEN = Path(__file__).parent / "data" / "golden.json"


@pytest.fixture(scope="session")
def by_id():
    """The targets by id, without the name of the architecture."""
    return BY_ID


@pytest.fixture(scope="session")
def hooks_of():
    """The hooks of each target by id, without the name of the architecture."""
    return HOOKS


@pytest.fixture(params=BY_ID)
def name(request):
    """Return the id of each target in turn, without the name of the architecture."""
    return request.param


@pytest.fixture
def target(name):
    """Each target."""
    return BY_ID[name]


@pytest.fixture
def hooks(name):
    """The hooks of each target."""
    return HOOKS[name]


@pytest.fixture(scope="session")
def golden():
    """The numbers that the headers of each target's kernel give (data/README.md)."""
    return _numbers(json.loads(GOLDEN.read_text(encoding="ascii")))


@pytest.fixture(scope="session")
def hash_v314():
    """The hooks of hash with 64K pages in Linux 3.14."""
    return HOOKS["hash-64k-v3.14"]


@pytest.fixture(scope="session")
def radix_v61():
    """The hooks of radix with 64K pages in Linux 6.1."""
    return HOOKS["radix-64k-v6.1"]


@pytest.fixture
def private(hooks):
    """A private writable mapping of each target, whose protection is therefore read-only."""
    return area(hooks)


@pytest.fixture(scope="session")
def private_v61():
    """A private writable mapping in Linux 6.1."""
    return area(HOOKS["radix-64k-v6.1"])


def area(hooks, flags=3):
    """Return a mapping of these flags."""
    return SimpleNamespace(
        vm_flags=flags, vm_page_prot=hooks.vm_get_page_prot(flags), accessible=bool(flags & 7)
    )


def _numbers(written):
    if isinstance(written, str):
        return int(written, 16)
    if isinstance(written, list):
        return [_numbers(one) for one in written]
    return {name.removeprefix("powerpc-"): _numbers(one) for name, one in written.items()}
