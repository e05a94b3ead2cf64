"""What holds for every installed target: ids, engines, and what the environment promised."""

from __future__ import annotations

import os

import pytest

from archcore import registry
from archcore.mm.profile import PROFILES

TARGETS = list(registry.installed())


def test_no_plugin_was_rejected():
    """Every architecture that is installed is usable."""
    assert registry.installed().rejected == []


def test_the_architectures_are_those_the_environment_names():
    """An environment tests what it says it tests; outside of tox there is nothing to compare."""
    named = os.environ.get("ARCHCORE_TEST_ARCHES")
    if named is None:
        pytest.skip("ARCHCORE_TEST_ARCHES is not set")

    assert {target.arch for target in TARGETS} == set(filter(None, named.split(",")))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.id)
def test_the_engine_of_an_era_exists(target):
    """``--engine native`` works for every target."""
    assert target.engine in PROFILES


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.id)
def test_a_target_says_where_its_facts_come_from(target):
    """Layouts and targets name their sources."""
    assert target.sources
    assert all(level.layout.source for level in target.levels)
