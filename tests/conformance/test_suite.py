from __future__ import annotations

import pytest
import toy
from attrs import evolve

from archcore.conformance.claims import Claim, Kind
from archcore.conformance.judge import Rules
from archcore.conformance.laws import LAWS
from archcore.conformance.many import hold_all
from archcore.conformance.suite import VERSIONS, cases, hold, select, untrue, with_claims
from archcore.conformance.verdict import Result, Status
from archcore.errors import UnknownNameError, UsageError

pytest.importorskip("z3")
TARGET = toy.module().TARGET
LAW = "hint-keeps-frame"


def claim(kind, law=LAW):
    """Return a claim about the toy."""
    return Claim(law, (TARGET.id,), ("pte",), kind, "it is known")


def result(status):
    """Return a result about the toy."""
    return Result(LAW, TARGET.id, "pte", status, "z3")


def test_law_names_are_unique_and_read_as_names():
    """A law is asked for by name, and its name becomes part of a test's id."""
    names = [law.name for law in LAWS]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").isalnum() and name == name.lower() for name in names)


def test_every_law_says_one_sentence():
    """It ends with a full stop and stands on one line."""
    assert [law.name for law in LAWS if not law.sentence.endswith(".")] == []
    assert [law.name for law in LAWS if "\n" in law.sentence] == []


def test_laws_are_selected_by_name_level_and_version():
    """In the order of the suite."""
    assert [one.name for one in select((LAW,)).laws] == [LAW]
    assert select(version=VERSIONS[-1]).laws == LAWS
    assert list(cases(TARGET, select((LAW,), ("pmd",)))) == []
    assert [(law.name, level) for law, level in cases(TARGET, select((LAW,)))] == [(LAW, "pte")]


def test_an_older_suite_lacks_later_laws(monkeypatch):
    """So that a release of archcore turns nobody's suite red by surprise."""
    from archcore.conformance import suite

    newer = evolve(LAWS[0], name="a-later-law", since="9.1")
    monkeypatch.setattr(suite, "LAWS", (*LAWS, newer))
    monkeypatch.setattr(suite, "VERSIONS", (*VERSIONS, "9.1"))
    assert newer in select(version="9.1").laws
    assert newer not in select(version=VERSIONS[-1]).laws


def test_what_is_unknown_is_refused_with_the_nearest_name():
    """A law by its name, a suite by its versions."""
    with pytest.raises(UnknownNameError, match="did you mean hint-keeps-frame"):
        select(("hint-keeps-frames",))
    with pytest.raises(UsageError, match=r"no suite has version '0\.1'; there is 1\.0"):
        select(version="0.1")


def test_a_claim_excuses_what_fails():
    """Unsupported and later are statuses of their own; a regression stays refuted, and claimed."""
    refuted = [result(Status.REFUTED)]
    for kind, status in (
        (Kind.UNSUPPORTED, Status.UNSUPPORTED),
        (Kind.LATER, Status.LATER),
        (Kind.REGRESSION, Status.REFUTED),
    ):
        (found,) = with_claims(refuted, [claim(kind)])
        assert (found.status, found.claim, found.failed) == (status, claim(kind), False)
    assert refuted[0].failed


def test_a_claim_about_what_holds_is_untrue():
    """And says what to do."""
    held = [result(Status.PROVED)]
    assert with_claims(held, [claim(Kind.LATER)]) == held
    (said,) = untrue(held, [claim(Kind.LATER)])
    assert said == (
        "toy-32bit-v1 claims hint-keeps-frame at pte to fail (later), and it holds; "
        "take the claim out"
    )


def test_an_undecided_law_is_neither_excused_nor_untrue():
    """Nobody knows yet."""
    open_ = [result(Status.UNDECIDED)]
    assert with_claims(open_, [claim(Kind.LATER)]) == open_
    assert untrue(open_, [claim(Kind.LATER)]) == []


def test_processes_change_no_result():
    """Two workers give what one process gives, in the same order."""
    twins = [evolve(TARGET, id=f"toy-{at}-v1") for at in range(3)]
    selection = select(("hint-keeps-frame", "swap-is-not-special", "hint-is-shut"))
    told = []
    alone = hold_all(twins, selection, Rules(), jobs=1, progress=told.append)
    assert hold_all(twins, selection, Rules(), jobs=2) == alone
    assert sum(told) == len(alone) == sum(1 for one in twins for _ in cases(one, selection))
    assert alone[: len(alone) // 3] == list(hold(twins[0], selection))
