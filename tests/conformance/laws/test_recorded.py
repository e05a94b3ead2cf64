"""A target against the answers that come with it."""

from __future__ import annotations

import gzip
import json
import re
import sys
from itertools import count

import pytest
from attrs import evolve
from changed_toy import ENTRY, TARGET, instead, result, results

from archcore.conformance.verdict import Status
from archcore.words import has_none, put

LAW = "recorded-answers"
META = {"meta": {"signatures": {"pte_young": "b:p", "pte_mkdirty": "p:p", "pte_pfn": "n:p"}}}
YOUNG = {"helper": "pte_young", "args": ["0x8"], "result": "0x1"}
OLD = {"helper": "pte_young", "args": ["0x5021"], "result": "0x0"}
DIRTY = {"helper": "pte_mkdirty", "args": ["0x5021"], "result": "0x5031"}
PFN = {"helper": "pte_pfn", "args": ["0x5021"], "result": "0x5"}
RECORDS = (YOUNG, OLD, DIRTY, PFN)
numbers = count()


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """Return a function that gives a target a file of records, inside a package of its own."""

    def give(*records, target=TARGET, cut=None):
        package = f"recorded_answers_{next(numbers)}"
        folder = tmp_path / package / "golden"
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").touch()
        text = "".join(json.dumps(record) + "\n" for record in records)
        data = gzip.compress(text.encode())
        (folder / "answers.jsonl.gz").write_bytes(data if cut is None else data[:cut])
        monkeypatch.syspath_prepend(str(tmp_path))
        return evolve(target, golden=f"{package}:golden/answers.jsonl.gz")

    yield give
    for name in [name for name in sys.modules if name.startswith("recorded_answers_")]:
        del sys.modules[name]


def test_a_target_that_answers_as_recorded_holds(recorded):
    """Every record counts as tried."""
    found = result(recorded(META, *RECORDS), LAW)
    assert (found.status, found.method, found.tried) == (Status.SAMPLED, "sample", len(RECORDS))


def test_a_record_that_differs_is_told_and_decoded(recorded):
    """Helper, arguments, both results, what they mean and where they differ."""
    wrong = {**DIRTY, "result": "0x5021"}
    found = result(recorded(META, YOUNG, wrong), LAW)
    assert found.status is Status.REFUTED
    assert found.reason == (
        "pte_mkdirty(0x5021) is recorded as 0x5021 (mapped, frame 0x5), and is here 0x5031 "
        "(mapped, frame 0x5); they differ in D"
    )


def test_a_number_is_told_plainly(recorded):
    """A frame is a number and means nothing by itself."""
    found = result(recorded(META, {**PFN, "result": "0x6"}), LAW)
    assert found.reason == "pte_pfn(0x5021) is recorded as 0x6, and is here 0x5"


def test_an_exception_is_told(recorded):
    """A helper that raises where the kernel answered is told with what it raised."""

    def broken(pte):
        raise ValueError(pte)

    found = result(recorded(META, PFN, target=instead(pte_pfn=broken)), LAW)
    assert found.reason == "pte_pfn(0x5021) is recorded as 0x5, and is here ValueError: 20513"


def test_a_helper_that_the_target_lost_is_missed(recorded):
    """A recorded helper has to be there, with the number of its records."""
    gone = {"helper": "pte_tagged", "args": ["0x1"], "result": "0x0"}
    found = result(recorded(META, YOUNG, gone), LAW)
    assert found.reason == "pte_tagged has 1 records, and the target has no such helper"


@pytest.mark.parametrize(
    "functions",
    [
        {"pte_young": lambda pte: has_none(pte, ENTRY["A"])},
        {"pte_mkdirty": lambda pte: put(pte, ENTRY.mask("D", "SPECIAL"))},
    ],
    ids=["young", "mkdirty"],
)
def test_a_changed_helper_is_refuted(recorded, functions):
    """Whatever else agrees, the kernel's answer does not."""
    assert result(recorded(META, *RECORDS, target=instead(**functions)), LAW).status == "refuted"


def test_a_file_about_another_kernel_is_refused(recorded):
    """What the file says of its kernel has to fit the target."""
    meta = {"meta": {**META["meta"], "page_size": 65536}}
    found = result(recorded(meta, YOUNG), LAW)
    assert found.status is Status.REFUTED
    assert "page_size is 65536 in the file and 4096 in the target" in found.reason


def test_a_shortened_file_is_refused(recorded):
    """Half a file is not half a proof."""
    found = result(recorded(META, *RECORDS * 50, cut=-12), LAW)
    assert found.status is Status.REFUTED
    assert "golden/answers.jsonl.gz: " in found.reason


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        (({"helper": 1},), "InputError: .*answers.jsonl.gz:1: expected"),
        ((), "InputError: .*: expected at least one record"),
    ],
)
def test_a_malformed_file_is_named(recorded, records, reason):
    """The reason has file and line."""
    found = result(recorded(*records), LAW)
    assert found.status is Status.REFUTED
    assert re.search(reason, found.reason)


def test_a_file_that_is_not_there_is_named():
    """Registration opens nothing, so that only the law can find out."""
    found = result(evolve(TARGET, golden="archcore:nowhere/answers.jsonl"), LAW)
    assert found.status is Status.REFUTED
    assert "nowhere/answers.jsonl" in found.reason


def test_a_target_without_a_file_is_not_asked():
    """The law needs a file, and is asked once a target: at the lowest level."""
    assert results(TARGET, LAW) == []


def test_the_law_is_asked_once(recorded):
    """No other level repeats it."""
    target = recorded(META, YOUNG)
    assert [len(results(target, LAW, level)) for level in ("pte", "pmd")] == [1, 0]
