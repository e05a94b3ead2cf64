from __future__ import annotations

import pytest

from archcore.errors import ArchcoreError, ExitCode, LayoutError, TraceError, UnknownNameError


def leaves(root):
    """Return every class below one."""
    return {leaf for child in root.__subclasses__() for leaf in {child, *leaves(child)}}


def test_every_error_tells_the_shell_something_other_than_success():
    """No error of archcore ends a command with 0, or with a number nobody documented."""
    assert {leaf.exit_code for leaf in leaves(ArchcoreError)} <= set(ExitCode) - {ExitCode.HELD}


def test_an_unknown_name_is_answered_with_the_nearest():
    """A misspelt name gets a suggestion, and who asks may read it from the error."""
    error = UnknownNameError("target", "toy-v1", ("toy-v2", "x-y"))
    assert str(error) == "no target is called 'toy-v1'; did you mean toy-v2?"
    assert error.known == ("toy-v2", "x-y")


def test_a_name_like_no_other_is_answered_with_all_and_a_remedy():
    """Where nothing is near, everything known is listed, then what to do."""
    error = UnknownNameError("engine", "zzz", ("seed", "v6.1"), "see the list")
    assert str(error) == "no engine is called 'zzz' (known: seed, v6.1); see the list"


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        (7, "'x'", "a.trace:7: expected an address, found 'x'"),
        (None, "", "a.trace: expected an address"),
    ],
)
def test_a_trace_error_begins_with_the_place(line, found, expected):
    """File and line come first, as compilers write them."""
    error = TraceError(source="a.trace", line=line, expected="an address", found=found)
    assert str(error) == expected


def test_errors_are_also_the_nearest_builtin():
    """Code that knows nothing of archcore can catch a bad value."""
    assert issubclass(LayoutError, ValueError)
    assert issubclass(UnknownNameError, LookupError)


def test_a_long_list_of_names_is_cut_short():
    """Of names that are nothing like what was asked for thirty are told, and how many more."""
    known = tuple(f"target-{at:02}" for at in range(33))
    said = str(UnknownNameError("target", "x", known, "see the list"))

    assert said.count("target-") == 30
    assert said.endswith("target-29, and 3 more); see the list")
