from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

BROKEN = "import no_such_module_at_all"
WRONG = {
    "an architecture that is not installed": (
        ("--arch", "riscv"),
        "no installed architecture is called 'riscv' (known: forgetful, toy)",
    ),
    "how to install it": (("--arch", "riscv"), "pip install --no-deps ./arches/NAME"),
    "a misspelt architecture": (("--arch", "forgetfull"), "did you mean forgetful?"),
    "one of several": (("--arch", "toy,sparc"), "no installed architecture is called 'sparc'"),
    "a misspelt target": (
        ("--target", "toy-32bit-v2"),
        "no target is called 'toy-32bit-v2'; did you mean toy-32bit-v1",
    ),
    "a misspelt law": (
        ("--law", "mkyoung-set"),
        "no law is called 'mkyoung-set'; did you mean mkyoung-sets",
    ),
    "a misspelt level": (("--level", "ptf"), "no level is called 'ptf'; did you mean pte"),
    "a suite of the future": (("--suite", "99.0"), "no suite has version '99.0'; there is 1.0"),
    "a target of another architecture": (
        ("--arch", "toy", "--target", "forgetful-32bit-v1"),
        "no target of forgetful-32bit-v1 is of toy; leave out --arch or --target",
    ),
    "claims that are not there": (
        ("--claims", "none.toml"),
        "--claims none.toml: there is no such file",
    ),
    "no time at all": (
        ("--archcore-timeout", "0"),
        "--archcore-timeout is a time above 0 seconds, not 0",
    ),
}


def complaint(result):
    """Return the one line that a run refused to start with."""
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = (line for line in result.errlines if line)
    return line


@pytest.mark.usefixtures("architectures")
@pytest.mark.parametrize(("arguments", "message"), list(WRONG.values()), ids=list(WRONG))
def test_what_does_not_exist_is_a_usage_error_in_one_line(suite, arguments, message):
    """The line says what there is, or the nearest name, and what to do."""
    assert message in complaint(suite(*arguments))


def test_without_any_architecture_nothing_can_be_held(suite):
    """A run that would test nothing says so, and how to change it."""
    assert "no architecture is installed" in complaint(suite())
    assert "pip install --no-deps ./arches/NAME" in complaint(suite("--arch", "riscv"))


def test_a_broken_plugin_is_not_passed_over(suite, install):
    """A run over everything installed must not be green because a plugin could not be loaded."""
    install("bad", code=BROKEN)
    for arguments in ((), ("--arch", "bad"), ("--target", "bad-32bit-v1")):
        line = complaint(suite(*arguments))
        assert "plugin 'bad' of archcore-bad 1.2" in line
        assert "not usable: ModuleNotFoundError" in line


@pytest.mark.usefixtures("architectures")
def test_a_broken_plugin_does_not_hinder_another(suite, install):
    """Who names what to hold is not held up by a stranger."""
    install("bad", code=BROKEN)
    suite("--arch", "toy", "--law", "mkyoung-sets").assert_outcomes(passed=1)


@pytest.mark.usefixtures("architectures")
def test_a_missing_solver_is_a_usage_error(suite, pytester):
    """Laws are proved; without the solver the run says what to install instead of failing each."""
    pytester.makeconftest("import sys; sys.modules['z3'] = None")
    line = complaint(suite())
    assert "the solver z3 is not installed; pip install 'archcore[prove]'" in line


@pytest.mark.usefixtures("architectures")
@pytest.mark.parametrize(
    ("arguments", "targets", "levels"),
    [
        ((), {"toy-32bit-v1", "forgetful-32bit-v1"}, {"pte", "pmd"}),
        (("--arch", "toy"), {"toy-32bit-v1"}, {"pte", "pmd"}),
        (("--arch", "toy", "--arch", "forgetful"), {"toy-32bit-v1", "forgetful-32bit-v1"}, None),
        (("--arch", "toy, forgetful"), {"toy-32bit-v1", "forgetful-32bit-v1"}, None),
        (("--target", "forgetful-32bit-v1"), {"forgetful-32bit-v1"}, None),
        (("--arch", "toy", "--level", "pmd"), {"toy-32bit-v1"}, {"pmd"}),
    ],
)
def test_targets_and_levels_are_chosen(suite, arguments, targets, levels):
    """Options may be repeated and take several with commas; all is held where none is given."""
    result = suite("--collect-only", "-q", *arguments)
    found = [line.partition("[")[2].rstrip("]") for line in result.outlines if "::" in line]
    assert {name.rpartition("-")[0] for name in found} == targets
    assert levels is None or {name.rpartition("-")[2] for name in found} == levels


@pytest.mark.usefixtures("architectures")
def test_the_header_says_what_is_on_trial(suite):
    """A log tells the suite's version and the distributions, with theirs."""
    result = suite("--arch", "toy", "--law", "mkyoung-sets")
    result.stdout.re_match_lines([r"archcore \d\S*: suite 1\.0, 1 target of archcore-toy 1\.2$"])


@pytest.mark.usefixtures("architectures")
def test_a_second_solver_is_asked_on_demand(suite, pytester):
    """What both solvers say is what stands in the report."""
    pytest.importorskip("bitwuzla")
    result = suite("--arch", "toy", "--law", "mkyoung-sets", "--second-opinion", "--junit-xml=x")
    result.assert_outcomes(passed=1)
    assert 'name="method" value="z3, bitwuzla"' in (pytester.path / "x").read_text("utf-8")
