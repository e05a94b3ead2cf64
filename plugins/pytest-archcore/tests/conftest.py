"""Runs of pytest of their own, in which two toy architectures are installed and no other."""

from __future__ import annotations

import os
from importlib.metadata import entry_points
from pathlib import Path
from textwrap import dedent

import pytest
import toy

INSTALLED = ",".join(point.name for point in entry_points(group="archcore"))
SOUND = """
    import toy
    from archcore.hookspecs import hookimpl

    @hookimpl
    def archcore_targets():
        return (toy.module().TARGET,)
"""
# Its mkyoung does nothing, and its mkspecial raises.
FORGETFUL = """
    import toy
    from attrs import evolve
    from archcore.entry import layer
    from archcore.hookspecs import hookimpl

    class Forgetful:
        @hookimpl
        def pte_mkyoung(self, pte):
            return pte

        @hookimpl
        def pte_mkspecial(self, pte):
            raise ZeroDivisionError("no such\\nmark")

    BASE = toy.module().TARGET
    TARGET = evolve(
        BASE,
        id="forgetful-32bit-v1",
        arch="forgetful",
        encoding=layer(BASE.encoding, Forgetful()),
    )

    @hookimpl
    def archcore_targets():
        return (TARGET,)
"""


@pytest.fixture
def site(pytester, monkeypatch):
    """Where the runs find installed distributions, besides what is really installed."""
    place = pytester.mkdir("site")
    support = str(Path(toy.__file__).parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(place), support)))
    monkeypatch.setenv("ARCHCORE_DISABLE_PLUGINS", INSTALLED)
    return place


@pytest.fixture
def install(site):
    """Return a function that installs a distribution with a package, and claims if given.

    Without ``code`` it is the toy, or by any other name a toy that forgets.
    """

    def install(name, claims=None, code=None):
        if code is None:
            code = SOUND if name == "toy" else FORGETFUL.replace("forgetful", name)
        package = site / f"archcore_{name}"
        package.mkdir()
        (package / "__init__.py").write_text(dedent(code), encoding="utf-8")
        if claims is not None:
            (package / "claims.toml").write_text(dedent(claims), encoding="utf-8")
        info = site / f"archcore_{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: archcore-{name}\nVersion: 1.2\n", encoding="utf-8"
        )
        (info / "entry_points.txt").write_text(
            f"[archcore]\n{name} = archcore_{name}\n", encoding="utf-8"
        )

    return install


@pytest.fixture
def architectures(install):
    """Toy, and forgetful, whose mkyoung does nothing and whose mkspecial raises."""
    install("toy")
    install("forgetful")


@pytest.fixture
def suite(pytester, site):
    """Return a function that runs the suite in a process of its own."""

    def run(*arguments):
        return pytester.runpytest_subprocess("--pyargs", "archcore.conformance", *arguments)

    return run
