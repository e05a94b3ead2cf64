from __future__ import annotations

import sys

import pytest

pytest_plugins = ["pytester"]

HEAVY = {"archcore", "numpy", "z3", "bitwuzla", "attr"}
ASK = """
    import sys
    import pytest

    status = pytest.main({arguments})
    print(status, "loaded:", *sorted({heavy} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["--markers"], ["-q", "test_own.py"]], ids=" ".join
)
def test_a_run_that_is_not_about_laws_loads_nothing_of_archcore(pytester, arguments):
    """Pytest loads the plugin in every project, where nobody should pay for it."""
    pytester.makepyfile(test_own="def test_own(): pass")
    script = pytester.makepyfile(ask=ASK.format(arguments=arguments, heavy=HEAVY))
    result = pytester.run(sys.executable, script)
    assert result.outlines[-1] == "0 loaded:"


def test_the_options_are_in_the_help(pytester):
    """Whoever has the plugin finds out by asking pytest."""
    result = pytester.runpytest_subprocess("--help")
    result.stdout.fnmatch_lines(
        ["conformance suite of archcore:", "*--arch*", "*--claims*", "*--second-opinion*"]
    )


def test_without_the_plugin_the_module_says_what_is_missing(pytester):
    """Nobody takes a run for green in which no law was held."""
    result = pytester.runpytest_subprocess("-p", "no:archcore", "--pyargs", "archcore.conformance")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*pip install --no-deps ./plugins/pytest-archcore*"])
