from __future__ import annotations

import json
import subprocess
import sys

import pytest

from archcore.errors import UsageError
from archcore.report.review import all as all_of_it
from archcore.report.review.point import Question

pytest.importorskip("archcore_x86")

IDS = [*(f"M{at}" for at in range(1, 14)), *(f"P{at}" for at in range(1, 5))]


def review(*arguments):
    """Run the command."""
    line = [sys.executable, "-m", "archcore", "review", *arguments]
    return subprocess.run(line, text=True, check=False, capture_output=True)


@pytest.fixture(scope="module")
def points():
    """Return the points of a whole review by id."""
    answer = review("--format", "json")
    assert answer.returncode == 0
    said = json.loads(answer.stdout)["points"]
    assert [one["id"] for one in said] == IDS
    return {one["id"]: one for one in said}


def holds(point):
    """Return under which profiles a property holds."""
    return {one["engine"]: one["holds"] for one in point["evidence"]}


@pytest.mark.parametrize("name", ["M6", "M7", "M9", "M10", "M11"])
def test_what_the_reviewer_found_fails_under_the_patch_and_holds_today(points, name):
    """From the seed to Linux 6.1."""
    assert holds(points[name]) == {"seed": False, "v6.1": True}
    assert points[name]["verdict"] == "fails under seed, holds under v6.1"


@pytest.mark.parametrize(
    "name", ["M1", "M2", "M3", "M4", "M5", "M8", "M12", "M13", "P1", "P2", "P3"]
)
def test_what_held_still_holds(points, name):
    """Under both profiles."""
    assert holds(points[name]) == {"seed": True, "v6.1": True}


def test_the_process_pays_unless_a_background_migrator_does(points):
    """M1: the same copy under another name."""
    found = points["M1"]["evidence"][1]["found"]
    assert found["as it is"]["the faulting task"]["pages_copied"] == 1
    assert found["with a background migrator"]["a background migrator"]["pages_copied"] == 1


def test_the_flush_of_the_patch_has_no_reason_on_any_architecture(points):
    """M6: nothing is lost without it, and something is without the flush of arming."""
    found = points["M6"]["evidence"][0]["found"]
    call = found["calls of a hint fault"]["flush_cache_page"]
    assert call["needed"] is False
    assert call["reason"] == "no reason is given"
    assert found["without the flush of arming"] != "nothing is lost"


def test_what_only_saves_time_is_no_need():
    """M6 of powerpc hash: the preload of a hint fault is not needed, and costs hash faults."""
    pytest.importorskip("archcore_powerpc")
    answer = review(
        "M6", "--target", "powerpc-hash-4k-v6.1", "--engine", "v6.1", "--format", "json"
    )
    found = json.loads(answer.stdout)["points"][0]["evidence"][0]["found"]
    row, call = found["on powerpc-hash-4k-v6.1"], found["calls of a hint fault"]["update_mmu_cache"]

    assert "update_mmu_cache" in row["not needed"]
    saved = row["not needed, but saves"]["update_mmu_cache"]
    assert saved.startswith("hash faults: ")
    assert (call["needed"], call["without it"]) == (False, f"nothing is lost; {saved}")


def test_a_second_fault_is_saved_by_reading_again():
    """M11, for the pair that the reviewer compared."""
    answer = review("M11", "--engine", "seed", "--engine", "seed+both", "--format", "markdown")

    assert "faults for one store: 2" in answer.stdout
    assert "faults for one store: 1" in answer.stdout
    assert "fails under seed, holds under seed+both" in answer.stdout


def test_an_unknown_point_is_refused():
    """With those there are."""
    answer = review("M99")

    assert (answer.returncode, answer.stdout) == (2, "")
    assert "no point of the review is called 'M99'" in answer.stderr


def test_a_search_that_cannot_be_made_is_refused_before_anything_is_measured(monkeypatch):
    """Without greenlet no answer is looked for, not even to a point that needs none."""
    monkeypatch.setitem(sys.modules, "greenlet", None)
    measured = []
    first = Question("M1", "?", "!", measured.append)
    with pytest.raises(UsageError, match="greenlet"):
        all_of_it.review([first, *all_of_it.questions(["M9"])], ())
    assert not measured
    assert all_of_it.review([first], ())
