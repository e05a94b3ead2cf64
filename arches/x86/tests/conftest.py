"""The targets with their hooks bound, and what kernels did and say (data/README.md)."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from types import SimpleNamespace

import pytest

from archcore import hookspecs
from archcore.binding import bind
from archcore.specimens import flags_of, vma_view
from archcore.vmflags import VM_READ, VM_WRITE
from archcore_x86.targets import TARGETS

DATA = Path(__file__).parent / "data"
TRUTHS = {"true": True, "false": False}


def _value(written):
    return TRUTHS[written] if written in TRUTHS else _number(written)


def _number(written):
    return int(written, 16) if written.startswith("0x") else written


def _answer(hooks, name, *arguments):
    """Return what a hook or helper gives for a record's arguments, by the kernel's name."""
    if name in hooks.helpers:
        return hooks.helpers[name](*arguments)
    hook = f"arch_{name.removeprefix('__')}" if name.startswith("__") else name
    spare = len(hookspecs.arguments(hook)) - len(arguments)
    return getattr(hooks, hook)(*arguments, *[None] * spare)


@pytest.fixture(scope="session")
def answer():
    """A function that asks hooks for what a record names."""
    return _answer


@pytest.fixture(scope="session")
def targets():
    """The targets by id."""
    return {target.id: target for target in TARGETS}


@pytest.fixture(scope="session")
def hooks_of(targets):
    """The bound hooks by target id."""
    return {name: bind(target) for name, target in targets.items()}


@pytest.fixture(params=TARGETS, ids=lambda target: target.id)
def target(request):
    """Each target."""
    return request.param


@pytest.fixture
def hooks(hooks_of, target):
    """The hooks of each target."""
    return hooks_of[target.id]


@pytest.fixture
def private(hooks):
    """A private writable mapping, whose protection is therefore read-only."""
    return vma_view(hooks, VM_READ | VM_WRITE)


@pytest.fixture(scope="session")
def facts():
    """What the headers of each kernel say, by era: helper, arguments, result, source."""
    by_era = {}
    with (DATA / "eras.csv").open(encoding="ascii", newline="") as lines:
        for row in csv.DictReader(lines):
            name, *arguments = row["call"].split()
            given = tuple(map(_value, arguments))
            for era in row["eras"].split():
                by_era.setdefault(era, []).append(
                    (name, given, _value(row["result"]), row["source"])
                )
    return by_era


@pytest.fixture(scope="session")
def constants():
    """Where the headers of each kernel put each field, by era, then level (or swap) and name."""
    by_era = {}
    with (DATA / "constants.csv").open(encoding="ascii", newline="") as lines:
        for row in csv.DictReader(lines):
            for era in row["eras"].split():
                for level in row["levels"].split():
                    by_era.setdefault(era, {})[level, row["name"]] = _number(row["mask"])
    return by_era


@pytest.fixture(scope="session")
def oracle():
    """What Linux 6.1's compiled helpers answered, by helper: arguments, result."""
    by_helper = {}
    with gzip.open(DATA / "linux-6.1.csv.gz", "rt", encoding="ascii", newline="") as lines:
        for helper, signature, result, *arguments in list(csv.reader(lines))[1:]:
            letters = signature.partition(":")[2]
            words = (int(argument, 16) for argument in arguments if argument)
            given = zip(letters, words, strict=True)
            by_helper.setdefault(helper, []).append(
                (tuple(bool(word) if letter == "f" else word for letter, word in given), result)
            )
    return {
        helper: [(given, int(result, 16)) for given, result in records]
        for helper, records in by_helper.items()
    }


@pytest.fixture(scope="session")
def captured(targets, hooks_of):
    """The entries that running kernels wrote, with what they were."""
    with (DATA / "captures-4level.csv").open(encoding="ascii", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        SimpleNamespace(
            era=f"v{row['kernel']}",
            level=row["level"],
            truth=row["truth"],
            vma_flags=flags_of(row["vma"]) if row["vma"] else None,
            entry=int(row["entry"], 16),
            pagemap=int(row["pagemap"], 16),
        )
        for row in rows
    ]
