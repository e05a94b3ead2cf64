from __future__ import annotations

import toy

from archcore import __version__
from archcore.registry import Registry, Rejection
from archcore.report.installation import inspect, version_of
from archcore.report.text import PLAIN


def test_versions_of_what_is_needed_are_told():
    """That of archcore is among them, and none of them is missing."""
    versions = inspect(Registry(), PLAIN).versions

    assert versions["archcore"] == __version__
    assert not [name for name, said in versions.items() if "not installed" in said]


def test_what_is_missing_comes_with_what_to_type():
    """The remedy stands beside the finding."""
    said = version_of("archcore-no-such-thing", "pip install 'archcore[prove]'")

    assert said == "not installed: pip install 'archcore[prove]'"


def test_a_target_registered_in_process_is_listed():
    """Under the origin it was registered with."""
    registry = Registry()
    registry.register(toy.module().TARGET, origin="a notebook")
    plugins = {one.origin: one.targets for one in inspect(registry, PLAIN).plugins}

    assert plugins["a notebook"] == ("toy-32bit-v1",)


def test_a_rejected_plugin_keeps_its_reason_and_remedy():
    """Both reach the reader, and it brings no target."""
    registry = Registry(rejected=[Rejection("sour", "sour 1.0", "it broke", "mend it")])
    sour = next(one for one in inspect(registry, PLAIN).plugins if one.name == "sour")

    assert sour.said == "it broke; mend it"
    assert sour.targets == ()
