"""No maintenance call of the engine is decoration: whichever is left out, somebody notices."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from dropped import UndroppableError, dropped, sites, sites_of
from dropped_excuses import EXCUSES
from dropped_table import EXCUSED, PAGE, excuses, noted, row
from dropping import CALL
from mutants_table import section

from archcore.registry import installed

pytestmark = pytest.mark.slow

SITES = sites()
NOTED = noted(PAGE.read_text(encoding="utf-8"))
SUPPORT = Path(__file__).parents[1] / "support"
TESTS_FAILED = 1
HELD = [site for site in SITES if str(site) in EXCUSES]


@pytest.mark.parametrize("site", [one for one in SITES if one not in HELD], ids=str)
def test_a_call_that_is_left_out_is_missed(site):
    """The story of the page ends well with the call, and without it as the page says."""
    assert str(site) in NOTED, "docs/needs.md knows no story that misses it"
    catch = NOTED[str(site)]
    target = next((one for one in installed() if one.id == catch.target), None)
    if target is None:
        pytest.skip(f"{catch.target} is not installed")
    assert catch.told(target).clean
    with dropped(site):
        assert catch.told(target).ending.value == catch.ends


@pytest.mark.parametrize("site", HELD, ids=str)
def test_a_call_that_no_story_misses_is_held_by_a_test(site):
    """The test that the page names fails once the call is out; this run shows that it passes."""
    known = os.pathsep.join((str(SUPPORT), os.environ.get("PYTHONPATH", "")))
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "dropping", EXCUSES[str(site)].test],
        cwd=SUPPORT.parents[1],
        env={**os.environ, "PYTHONPATH": known, CALL: str(site)},
        check=False,
        capture_output=True,
    )
    assert told.returncode == TESTS_FAILED


def test_the_page_speaks_of_calls_that_are_made():
    """Neither table has a row left of a call that is gone, nor one twice."""
    assert {*NOTED, *EXCUSES} == {str(site) for site in SITES}
    assert not NOTED.keys() & EXCUSES.keys()


def test_the_page_gives_the_reasons():
    """docs/needs.md has each call that no story misses, what holds it, and why."""
    assert section(PAGE.read_text(encoding="utf-8"), EXCUSED) == excuses()


def test_the_engine_is_whole_again_afterwards():
    """A call is out for as long as it takes to look."""
    site = next(one for one in SITES if one.call == "update_mmu_cache")
    catch = next(iter(NOTED.values()))
    before = row(site, catch), [str(one) for one in sites()]
    with dropped(site):
        pass
    assert (row(site, catch), [str(one) for one in sites()]) == before


class TestFinding:
    """What is found in a source, whether it can be left out or not."""

    def test_calls_of_hooks_and_brackets_are_found(self):
        """By the function that makes them, counted where there are several of a name."""
        source = (
            "def one(hooks, vma):\n"
            "    with invalidating(vma):\n"
            "        hooks.flush_tlb_page(vma, 0, None)\n"
            "    if vma:\n"
            "        hooks.flush_tlb_page(vma, 1, None)\n"
        )
        assert [str(site) for site in sites_of("mm/new.py", source)] == [
            "mm/new.py: one: invalidating",
            "mm/new.py: one: flush_tlb_page",
            "mm/new.py: one: flush_tlb_page #2",
        ]

    @pytest.mark.parametrize(
        "body",
        [
            "flush = hooks.flush_tlb_page",
            "done = hooks.flush_tlb_page(vma, 0, None)",
            "run(lambda: hooks.flush_tlb_page(vma, 0, None))",
        ],
    )
    def test_a_call_that_hides_is_an_error(self, body):
        """So that nobody makes one that this module does not try."""
        with pytest.raises(UndroppableError, match="1 maintenance calls, 0 of which"):
            sites_of("mm/new.py", f"def one(hooks, vma):\n    {body}\n")
