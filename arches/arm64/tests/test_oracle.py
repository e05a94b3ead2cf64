"""What the kernel's own compiled helpers answered (data/README.md)."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from archcore import hookspecs

SAMPLE = Path(__file__).parent / "data" / "linux-6.1-4k.csv.gz"


def _records():
    by_helper = {}
    with gzip.open(SAMPLE, "rt", encoding="ascii", newline="") as lines:
        for helper, result, *arguments in list(csv.reader(lines))[1:]:
            words = [int(argument, 16) for argument in arguments if argument]
            by_helper.setdefault(helper, []).append((words, int(result, 16)))
    return by_helper


RECORDS = _records()


@pytest.mark.parametrize("helper", RECORDS)
def test_every_sampled_answer_is_that_of_the_kernel(v61, helper):
    """The model of Linux 6.1 answers as its compiled helpers did."""
    hook = f"arch_{helper.removeprefix('__')}" if helper.startswith("__") else helper
    call = getattr(v61, hook)
    spare = [None] * (len(hookspecs.arguments(hook)) - len(RECORDS[helper][0][0]))
    differing = []
    for words, result in RECORDS[helper]:
        given = [words[0], bool(words[1])] if helper.endswith("accessible") else words
        answer = int(call(*given, *spare))
        if answer != result:
            differing.append(([hex(word) for word in words], hex(answer), hex(result)))
    assert differing == []


def test_the_sample_reaches_every_helper_that_marks_or_unmarks():
    """The sample asks for all that arming and disarming is made of, at both levels."""
    names = ["modify", "mkwrite", "wrprotect", "mk_savedwrite", "savedwrite", "protnone", "pfn"]
    wanted = {f"{level}_{name}" for level in ("pte", "pmd") for name in names}
    assert wanted - RECORDS.keys() == set()
