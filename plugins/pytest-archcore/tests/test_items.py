from __future__ import annotations

import json
import shlex
import sys
from xml.etree import ElementTree as ET

import pytest
import toy

from archcore.conformance.suite import cases

pytest_plugins = ["pytester"]

MODULE = "archcore/conformance/test_laws.py"
LATE = "import z3; z3.Solver.check = lambda *_: z3.unknown"
MARKS = """
    import json
    from pathlib import Path

    def pytest_collection_modifyitems(items):
        marks = [item.get_closest_marker("archcore").kwargs for item in items]
        Path("marks").write_text(json.dumps(marks))
"""
IN_PROCESS = """
    import archcore_forgetful
    from archcore import registry
    from attrs import evolve

    registry.register(evolve(archcore_forgetful.TARGET, id="mine-32bit-v1", arch="mine"))
"""

pytestmark = pytest.mark.usefixtures("architectures")


def ids_of(result):
    """Return the node ids that a run lists."""
    return [line for line in result.outlines if "::" in line]


class TestNames:
    def test_an_item_is_a_law_a_target_and_a_level(self, suite):
        """The ids do not depend on where the package lies, and come in the order of the suite."""
        expected = [
            f"{MODULE}::{law.name}[toy-32bit-v1-{level}]"
            for law, level in cases(toy.module().TARGET)
        ]
        assert ids_of(suite("--arch", "toy", "--collect-only", "-q")) == expected
        assert len(expected) == len(set(expected))

    @pytest.mark.parametrize(
        ("words", "part"),
        [
            ("mkyoung-sets", "::mkyoung-sets["),
            ("toy-32bit-v1", "[toy-32bit-v1-"),
            ("pmd", "-pmd]"),
        ],
    )
    def test_a_keyword_is_a_law_a_target_or_a_level(self, suite, words, part):
        """``-k`` finds all items of each and no others."""
        everything = ids_of(suite("--collect-only", "-q"))
        found = ids_of(suite("--collect-only", "-q", "-k", words))
        assert found == [one for one in everything if part in one] != []

    def test_an_item_is_found_by_its_id(self, pytester):
        """An id from a report can be run again, and a law without its target runs for all."""
        one = "archcore.conformance.test_laws::mkold-clears[toy-32bit-v1-pte]"
        pytester.runpytest_subprocess("--pyargs", one).assert_outcomes(passed=1)
        every = "archcore.conformance.test_laws::mkold-clears"
        pytester.runpytest_subprocess("--pyargs", every).assert_outcomes(passed=2)

    def test_an_item_is_deselected_by_its_id(self, suite):
        """A list of exceptions in somebody's configuration stays true wherever archcore lies."""
        left_out = f"--deselect={MODULE}::mkold-clears[toy-32bit-v1-pte]"
        result = suite("--law", "mkold-clears", left_out)
        result.assert_outcomes(passed=1, deselected=1)

    def test_a_marker_says_what_an_item_is_about(self, suite, pytester):
        """Whoever sorts items need not take names apart; the marker is declared."""
        pytester.makeconftest(MARKS)
        suite("--arch", "toy", "--law", "mkyoung-sets", "--strict-markers")
        (mark,) = json.loads((pytester.path / "marks").read_text("utf-8"))
        assert mark == {
            "law": "mkyoung-sets",
            "arch": "toy",
            "target": "toy-32bit-v1",
            "level": "pte",
            "method": "proof",
        }


class TestOutcomes:
    def test_a_law_that_holds_passes(self, suite):
        """Proved for every word is a pass."""
        suite("--arch", "toy", "--law", "mkyoung-sets").assert_outcomes(passed=1)

    def test_a_refuted_law_fails_with_its_story_and_no_traceback(self, suite):
        """The sentence, the words, the calls with what they return, and a line that repeats it."""
        result = suite("--arch", "forgetful", "--law", "mkyoung-sets", "--color=no")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            [
                "*mkyoung leaves an entry of which young is true.*",
                "*pte_mkyoung(0x*) = 0x*",
                "*pte_young(0x*) = False*",
                "*try_law('mkyoung-sets', 'forgetful-32bit-v1', 'pte', *",
            ]
        )
        result.stdout.no_fnmatch_line("*Traceback*")

    def test_the_line_that_repeats_a_failure_does(self, suite, pytester):
        """Pasted into a shell, it makes the same calls again."""
        result = suite("--arch", "forgetful", "--law", "mkyoung-sets")
        # Where CI is set, pytest says the whole of a failure again in its summary.
        (line,) = {one.strip() for one in result.outlines if "try_law(" in one}
        _python, *rest = shlex.split(line[line.index("python ") :])
        again = pytester.run(sys.executable, *rest)
        again.stdout.fnmatch_lines(["mkyoung-sets fails for forgetful-32bit-v1 pte*"])

    def test_a_helper_that_raises_is_a_refutation(self, suite):
        """What a stranger's helper raises is told in a line, and the other laws are still held."""
        result = suite("--arch", "forgetful", "--law", "mkspecial-sets,mkdirty-sets")
        result.assert_outcomes(failed=1, passed=1)
        result.stdout.fnmatch_lines(["*ZeroDivisionError: no such mark*"])

    def test_a_law_that_is_not_decided_in_time_fails(self, suite, pytester):
        """Unknown is not true; the text says who was late, and by how much."""
        pytester.makeconftest(LATE)
        result = suite("--arch", "toy", "--law", "mkyoung-sets", "--archcore-timeout", "3")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*undecided*", "*z3 was not done after 3 seconds*"])

    def test_a_target_of_a_conftest_is_held(self, suite, pytester):
        """An architecture in the making needs no distribution."""
        pytester.makeconftest(IN_PROCESS)
        result = suite("--arch", "mine", "--law", "mkyoung-sets,mkold-clears")
        result.assert_outcomes(failed=1, passed=1)
        result.stdout.fnmatch_lines(["FAILED *mkyoung-sets[[]mine-32bit-v1-pte]*"])


def test_a_report_in_xml_tells_method_and_status(suite, pytester):
    """Servers that read JUnit XML learn how each law stands, and what it was held against."""
    suite("--law", "mkyoung-sets", "--junit-xml=report.xml")
    root = ET.parse(pytester.path / "report.xml").getroot()  # noqa: S314 - our own file
    seen = {
        case.get("name"): {one.get("name"): one.get("value") for one in case.iter("property")}
        for case in root.iter("testcase")
    }
    about = {"law": "mkyoung-sets", "level": "pte", "method": "z3"}
    assert seen == {
        f"mkyoung-sets[{arch}-32bit-v1-pte]": {
            **about,
            "arch": arch,
            "target": f"{arch}-32bit-v1",
            "status": status,
        }
        for arch, status in (("toy", "proved"), ("forgetful", "refuted"))
    }


@pytest.mark.parametrize("how", ["load", "loadgroup"])
def test_items_are_spread_over_processes(suite, how):
    """pytest-xdist may hold them, by target or as they come, with the same outcome."""
    pytest.importorskip("xdist")
    laws = ("--law", "mkyoung-sets,mkold-clears,mkspecial-sets")
    suite(*laws, "-n", "2", "--dist", how).assert_outcomes(passed=4, failed=2)
