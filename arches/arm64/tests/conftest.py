"""The targets under test with their hooks bound, and what kernels answered and wrote."""

from __future__ import annotations

import csv
import gzip
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from archcore.binding import bind
from archcore_arm64.targets import TARGETS

DATA = Path(__file__).parent / "data"
TARGET = {target.id: target for target in TARGETS}
HOOKS = {target.id: bind(target) for target in TARGETS}
TRUTH = {"True": True, "False": False}
CORNERS = ("arm64-4k-v6.1", "arm64-4k-v6.12", "arm64-64k-va52-v6.1", "arm64-16k-va52-v6.12")
"""One target of each way to place an address, in both eras."""


@pytest.fixture(params=TARGETS, ids=lambda target: target.id)
def target(request):
    """Each target."""
    return request.param


@pytest.fixture
def hooks(target):
    """The hooks of each target."""
    return HOOKS[target.id]


@pytest.fixture(params=CORNERS)
def corner(request):
    """The hooks of the targets that differ most."""
    return HOOKS[request.param]


@pytest.fixture(scope="session")
def hooks_of():
    """A function that returns the hooks of a target by id."""
    return HOOKS.__getitem__


@pytest.fixture(scope="session")
def target_of():
    """A function that returns a target by id."""
    return TARGET.__getitem__


@pytest.fixture(scope="session")
def v61():
    """The hooks of Linux 6.1 with 4K pages."""
    return HOOKS["arm64-4k-v6.1"]


@pytest.fixture(scope="session")
def v612():
    """The hooks of Linux 6.12 with 4K pages."""
    return HOOKS["arm64-4k-v6.12"]


@pytest.fixture(scope="session")
def private():
    """A private writable mapping, whose protection is therefore read-only."""
    return SimpleNamespace(vm_flags=3, vm_page_prot=0x0060000000000FC3, accessible=True)


@pytest.fixture(scope="session")
def captured():
    """The entries that running kernels wrote, with what they were."""
    with (DATA / "captures-4k-48.csv").open(encoding="ascii", newline="") as lines:
        return [_captured(row) for row in csv.DictReader(lines)]


def _captured(row):
    target = TARGET[f"arm64-4k-v{row['kernel']}"]
    return SimpleNamespace(
        target=target,
        hooks=HOOKS[target.id],
        level=target.geometry.level(row["level"]),
        truth=row["truth"],
        vma=SimpleNamespace(accessible=row["vma"] == "accessible"),
        entry=int(row["entry"], 16),
        pagemap=int(row["pagemap"], 16),
    )


@pytest.fixture(scope="session")
def oracle():
    """A function that returns the answers and the constants of the kernel behind a target."""
    files = {"arm64-4k-v6.1": "linux-6.1-4k", "arm64-64k-va52-v6.1": "linux-6.1-64k-va52"}
    return lambda target_id: _oracle(DATA / f"{files[target_id]}.csv.gz")


@cache
def _oracle(path):
    """Return the records by helper, each a list of arguments and a result, and the constants."""
    records, constants = {}, {}
    for helper, signature, result, *arguments in _rows(path):
        if helper == "const":
            constants[signature] = int(result, 16)
            continue
        kinds = signature.split(":")[1]
        given = [_argument(kind, text) for kind, text in zip(kinds, arguments, strict=True)]
        records.setdefault(helper, []).append((given, int(result, 16)))
    return SimpleNamespace(records=records, constants=constants)


def _rows(path):
    with gzip.open(path, "rt", encoding="ascii", newline="") as lines:
        return list(csv.reader(lines))[1:]


def _argument(kind, text):
    return bool(int(text, 16)) if kind in "fb" else int(text, 16)


@pytest.fixture(scope="session")
def formulas():
    """A function that returns what the header formulas of Linux 6.12 give for a target."""
    return lambda target_id: _formulas()[target_id]


@cache
def _formulas():
    """Return the records by target, and by helper within it."""
    found = {}
    for target_id, helper, _, result, *arguments in _rows(DATA / "linux-6.12.csv.gz"):
        given = [TRUTH[text] if text in TRUTH else int(text, 16) for text in arguments]
        found.setdefault(target_id, {}).setdefault(helper, []).append((given, int(result, 16)))
    return found


@pytest.fixture(scope="session")
def call():
    """A function that finds a kernel helper by its name, hook or not, as vectors spell it."""
    return _call


def _call(hooks, name):
    if name in hooks.helpers:
        return hooks.helpers[name]
    function = getattr(hooks, f"arch_{name.removeprefix('__')}" if name.startswith("__") else name)
    return lambda *given: function(*given, *([None] if name.endswith("_mkwrite") else ()))
