from __future__ import annotations

import pytest
import toy
from attrs import evolve
from attrs.exceptions import FrozenInstanceError

from archcore.errors import PluginError


@pytest.fixture(scope="module")
def target():
    """Return the target of the documentation's toy."""
    return toy.module().TARGET


@pytest.mark.parametrize("name", ["toy", "Toy-v1", "toy_32-v1", "-v1", "toy-", "toy v1", ""])
def test_an_id_names_architecture_geometry_and_era(target, name):
    """An id is lower-case words joined by hyphens, at least two."""
    with pytest.raises(PluginError, match="not of the form arch-geometry-era"):
        evolve(target, id=name)


@pytest.mark.parametrize("place", ["golden.jsonl", "pkg:", ":path", "a b:path", "pkg:a:b"])
def test_a_golden_file_lies_in_a_package(target, place):
    """Recorded answers are named by package and path."""
    with pytest.raises(PluginError, match="not of the form package:path"):
        evolve(target, golden=place)


def test_a_golden_file_need_not_be_there_yet(target):
    """Nothing is opened when a target is made; the file is asked for by a law."""
    assert evolve(target, golden="no_such_package:golden/a.jsonl.gz").golden
    assert target.golden == ""


def test_another_version_of_the_boundary_is_refused(target):
    """A target says which boundary it was written for, and the core says which it speaks."""
    with pytest.raises(PluginError, match=r"'toy-32bit-v1' speaks version 99 .* install matching"):
        evolve(target, api=99)


def test_only_levels_that_can_map_memory_count_as_levels(target):
    """The toy has pages at the lowest of its three levels."""
    assert [level.name for level in target.levels] == ["pte"]
    assert len(target.geometry.levels) == 3


def test_a_target_shows_its_id(target):
    """An error message that quotes a target stays readable."""
    assert repr(target) == "Target('toy-32bit-v1')"


def test_a_target_does_not_change(target):
    """What was validated at registration stays as it was."""
    with pytest.raises(FrozenInstanceError):
        target.engine = "seed"
