from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytest.importorskip("archcore_x86")


def needs(*arguments):
    """Run the command."""
    line = [sys.executable, "-m", "archcore", "needs", *arguments]
    return subprocess.run(line, text=True, check=False, capture_output=True)


def test_what_is_needed_and_what_is_not_is_told_by_call_and_reason():
    """x86 needs the flush of arming, and no flush of a cache that goes by physical addresses."""
    answer = needs("x86-v6.1", "--format", "json")
    (shown,) = json.loads(answer.stdout)["targets"]
    calls = {(one["call"], one["reason"]): one for one in shown["calls"]}
    arming = calls["flush_tlb_range", "entries lost rights that a TLB may still grant"]

    assert answer.returncode == 0
    assert (shown["target"], shown["engine"]) == ("x86-v6.1", "v6.1")
    assert {"story": "hint", "ending": "STALE_RIGHT"}.items() <= arming["without"][0].items()
    assert not any(one["needed"] for one in calls.values() if "cache" in one["call"])


def test_a_profile_that_goes_wrong_by_itself_is_told_first():
    """Linux 3.8 counts huge pages as hinted that are not; the command ends with 1."""
    answer = needs("x86-v3.8", "--engine", "native")

    assert answer.returncode == 1
    assert "not all of them clean with all calls" in answer.stdout
    assert "huge-hint" in answer.stdout


def test_markdown_has_a_row_a_call():
    """For the page of an architecture."""
    answer = needs("x86-v6.1", "--format", "markdown")

    assert answer.returncode == 0
    assert "| x86-v6.1 | update_mmu_cache | a slot became accessible | nothing is lost |  |" in (
        answer.stdout
    )


def test_an_unknown_target_is_refused():
    """With those that are like it."""
    answer = needs("x86-v6.2")

    assert (answer.returncode, answer.stdout) == (2, "")
    assert "x86-v6.1" in answer.stderr


def test_a_call_that_is_for_speed_is_told_with_what_it_saves():
    """The hash targets of powerpc lose nothing without the preload but take more hash faults."""
    pytest.importorskip("archcore_powerpc")
    answer = needs("powerpc-hash-4k-v6.1", "--format", "json")
    (shown,) = json.loads(answer.stdout)["targets"]
    saved = {one["call"]: one["walks_saved"] for one in shown["calls"] if one["walks_saved"]}

    assert answer.returncode == 0
    assert shown["walks"] == "hash faults"
    assert list(saved) == ["update_mmu_cache"]
