"""The conformance suite of archcore for pytest: its options, and where its laws are collected.

pytest loads this module in every run of every project. Nothing of archcore is imported until one of
the options is used or the laws are collected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

PACKAGE = "archcore.conformance"
PLACE = ("archcore", "conformance", "test_laws.py")
OPTIONS = (
    *("arch", "target", "law", "level", "suite"),
    *("claims", "no_claims", "timeout", "second_opinion"),
)
MARKER = (
    "archcore(law, arch, target, level, method): a law of archcore's suite, held against a target "
    "at a level; the plugin sets it"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    group = parser.getgroup("archcore", "conformance suite of archcore")
    for option, metavar, text in (
        ("--arch", "NAME", "hold the targets of this architecture"),
        ("--target", "ID", "hold this target"),
        ("--law", "NAME", "hold targets to this law only"),
        ("--level", "LEVEL", "hold targets at this level only: pte, pmd or pud"),
    ):
        group.addoption(
            option,
            action="append",
            default=[],
            dest=f"archcore_{option[2:]}",
            metavar=metavar,
            help=f"{text}; may be repeated, or given several with commas",
        )
    group.addoption(
        "--suite",
        dest="archcore_suite",
        metavar="VERSION",
        help="the laws up to this version of the suite (default: all)",
    )
    group.addoption(
        "--claims",
        action="append",
        default=[],
        dest="archcore_claims",
        metavar="FILE",
        help="more claims, besides those that the plugins ship; may be repeated",
    )
    group.addoption(
        "--no-claims",
        action="store_true",
        dest="archcore_no_claims",
        help="leave aside what the plugins claim not to hold",
    )
    group.addoption(
        "--archcore-timeout",
        type=float,
        dest="archcore_timeout",
        metavar="SECONDS",
        help="the time a solver has for one question (default: 10)",
    )
    group.addoption(
        "--second-opinion",
        action="store_true",
        dest="archcore_second_opinion",
        help="ask a second solver, too; where the two differ, a law is undecided",
    )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Open the docket where laws are asked for, after every conftest had its say."""
    config.addinivalue_line("markers", MARKER)
    if _asked(config):
        from pytest_archcore.options import docket_of

        docket_of(config)


def _asked(config: pytest.Config) -> bool:
    """Say whether an option of the suite is used or an argument names its package."""
    used = any(config.getoption(f"archcore_{name}") for name in OPTIONS)
    return used or (config.option.pyargs and any(one.startswith(PACKAGE) for one in config.args))


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which suite is held against which distributions, where laws are asked for."""
    if not _asked(config):
        return []
    from pytest_archcore.options import docket_of, header

    return [header(docket_of(config), config.getoption("archcore_suite"))]


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect the laws where the module with their one stand-in test was found."""
    found = yield
    if file_path.parts[-len(PLACE) :] != PLACE:
        return found
    from pytest_archcore.items import LawFile

    return [LawFile.from_parent(parent, path=file_path, nodeid="/".join(PLACE))]
