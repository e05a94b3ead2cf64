"""From the options of a run to its docket: which targets, which laws, which judge.

What was asked for and does not exist is a usage error, before anything is collected.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from archcore import __version__
from archcore.conformance.judge import BITWUZLA, Z3, Judge, Rules
from archcore.conformance.law import Method
from archcore.conformance.suite import VERSIONS, select
from archcore.errors import ArchcoreError, PluginError, SolverError, UnknownNameError, UsageError
from archcore.hookspecs import LEVELS
from archcore.registry import BLOCKED, installed
from pytest_archcore.docket import Docket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archcore.conformance.suite import Selection
    from archcore.registry import Registry, Rejection
    from archcore.target import Target

DOCKET = pytest.StashKey[Docket]()
INSTALL = "an architecture is installed from a checkout with pip install --no-deps ./arches/NAME"


def docket_of(config: pytest.Config) -> Docket:
    """Return the docket of a run, opened at the first call.

    Raises pytest.UsageError for an unknown architecture, target, law, level or suite, for a missing
    file or solver, and where no target is left to be held.
    """
    if DOCKET not in config.stash:
        try:
            config.stash[DOCKET] = _opened(config)
        except ArchcoreError as error:
            raise pytest.UsageError(str(error)) from error
    return config.stash[DOCKET]


def header(docket: Docket, suite: str | None) -> str:
    """Return what is held to what, and which distributions are on trial, in one line."""
    origins = dict.fromkeys(docket.registry.origins[one.id] for one in docket.targets)
    count = len(docket.targets)
    return (
        f"archcore {__version__}: suite {suite or VERSIONS[-1]}, "
        f"{count} target{'s' if count > 1 else ''} of {', '.join(origins)}"
    )


def _opened(config: pytest.Config) -> Docket:
    registry = installed()
    targets = _targets(registry, _several(config, "arch"), _several(config, "target"))
    rules = _rules(config)
    selection = _selection(config)
    _check_solvers(selection, rules)
    own = not config.getoption("archcore_no_claims")
    return Docket(registry, targets, selection, Judge(rules), tuple(_files(config)), own)


def _several(config: pytest.Config, name: str) -> tuple[str, ...]:
    given = ",".join(config.getoption(f"archcore_{name}")).split(",")
    return tuple(dict.fromkeys(one.strip() for one in given if one.strip()))


# -- targets --------------------------------------------------------------------------------------


def _targets(
    registry: Registry, arches: tuple[str, ...], names: tuple[str, ...]
) -> tuple[Target, ...]:
    """Return the targets that are of one of the architectures and among those named."""
    for arch in arches:
        _check_arch(registry, arch)
    named = {registry.get(name).id for name in names}
    if not arches and not named:
        return _all(registry)
    found = (one for one in registry if not arches or one.arch in arches)
    chosen = tuple(one for one in found if not named or one.id in named)
    if not chosen:
        raise UsageError(
            f"no target of {', '.join(sorted(named))} is of {', '.join(arches)}; "
            "leave out --arch or --target"
        )
    return chosen


def _all(registry: Registry) -> tuple[Target, ...]:
    """Return all targets; raises PluginError where there is none, or where a plugin is broken."""
    for one in registry.rejected:
        if one.reason != BLOCKED:
            raise PluginError(_unusable(one))
    if not registry.targets:
        raise PluginError(
            f"no architecture is installed, and without one no law can be held; {INSTALL}"
        )
    return tuple(registry)


def _check_arch(registry: Registry, arch: str) -> None:
    known = tuple(sorted({one.arch for one in registry}))
    for one in registry.rejected:
        if one.plugin == arch:
            raise PluginError(_unusable(one))
    if arch not in known:
        raise UnknownNameError("installed architecture", arch, known, INSTALL)


def _unusable(one: Rejection) -> str:
    return f"plugin {one.plugin!r} of {one.origin} is not usable: {one.reason}; {one.remedy}"


# -- laws -----------------------------------------------------------------------------------------


def _selection(config: pytest.Config) -> Selection:
    levels = _several(config, "level")
    for level in levels:
        if level not in LEVELS:
            raise UnknownNameError("level", level, LEVELS)
    return select(_several(config, "law"), levels, config.getoption("archcore_suite"))


def _rules(config: pytest.Config) -> Rules:
    second = bool(config.getoption("archcore_second_opinion"))
    timeout = config.getoption("archcore_timeout")
    if timeout is None:
        return Rules(second_opinion=second)
    if not timeout > 0:
        raise UsageError(f"--archcore-timeout is a time above 0 seconds, not {timeout:g}")
    return Rules(timeout=timeout, second_opinion=second)


def _check_solvers(selection: Selection, rules: Rules) -> None:
    """Raise SolverError for a solver that is going to be asked and is not installed."""
    if not any(law.method is Method.PROOF for law in selection.laws):
        return
    for solver in (Z3, BITWUZLA) if rules.second_opinion else (Z3,):
        if find_spec(solver) is None:
            raise SolverError(
                f"the solver {solver} is not installed; pip install 'archcore[prove]'"
            )


def _files(config: pytest.Config) -> Iterator[Path]:
    for name in config.getoption("archcore_claims"):
        file = config.invocation_params.dir / name
        if not file.is_file():
            raise UsageError(f"--claims {name}: there is no such file")
        yield file
