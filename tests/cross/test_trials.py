"""Laws that are tried and not proved, held against every installed target."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from importlib.resources import files

import pytest
from changed_toy import without

from archcore.conformance.golden import recorded
from archcore.conformance.law import Method
from archcore.conformance.laws import LAWS
from archcore.conformance.suite import claims_of, hold, select, with_claims
from archcore.conformance.verdict import Status
from archcore.hookspecs import LEVEL_OF, LEVELS
from archcore.registry import installed

TARGETS = tuple(installed())
if not TARGETS:
    pytest.skip("no target is installed", allow_module_level=True)

TRIED = tuple(one.name for one in LAWS if one.method is not Method.PROOF)
RECORDED = tuple(one for one in TARGETS if one.golden)
KINSHIP = (
    "pages-have-their-helpers",
    "helpers-have-their-kin",
    "levels-have-the-same-helpers",
    "huge-pages-can-be-closed",
)
# Kernels differ in whether these exist at their level, so nothing there calls for them.
ALONE = {"pte_mkinvalid", "pud_mkinvalid", "pud_needs_flush"}
each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.id)
each_architecture = pytest.mark.parametrize(
    "target",
    {one.arch: one for one in TARGETS if len(one.levels) > 1}.values(),
    ids=lambda target: target.arch,
)


@each_target
def test_every_target_holds_what_is_tried(target):
    """Stores, machines, kinship, totality, arrays and answers find nothing but what is claimed."""
    claims = claims_of(installed(), [target])
    found = with_claims(hold(target, select(TRIED)), claims)
    assert [one for one in found if one.status not in (Status.SAMPLED, Status.UNSUPPORTED)] == []
    asked = Counter(one.law for one in found)
    assert set(TRIED) - set(asked) <= {"recorded-answers", "huge-pages-can-be-closed"}
    assert all(one.tried for one in found)


@each_target
def test_trials_say_that_nothing_was_proved(target):
    """The method is that of the law, and the count that of the attempts."""
    found = list(hold(target, select(("stored-is-read", "hint-fault-is-settled"))))
    assert {one.method for one in found} == {"sample", "machine"}


@each_architecture
def test_a_helper_that_is_gone_is_missed(target):
    """Without one of its helpers of pages a target breaks a law that asks for it.

    Several levels miss a helper that one of them lacks; with one level, only other helpers do.
    """
    offers = (name for name in LEVEL_OF if name in _offered(target))
    unmissed = []
    for name in offers:
        level = LEVEL_OF[name]
        if level not in {one.name for one in target.levels}:
            continue
        results = hold(without(target, name), select(KINSHIP, LEVELS))
        if all(one.status is Status.SAMPLED for one in results):
            unmissed.append(name)
    assert set(unmissed) <= ALONE


@cache
def _offered(target):
    from archcore.conformance.subject import bound

    return {name for name, (layer, _) in bound(target).offers.items() if layer != "generic"}


@pytest.mark.parametrize("target", RECORDED, ids=lambda target: target.id)
def test_recorded_answers_say_where_they_come_from(target):
    """The first line names the origin; what no kernel answered is called derived."""
    meta = recorded(target).meta
    measured = "derived" in meta
    assert "linux-source-6.1" in meta["origin"] if measured else "DERIVED" in meta["origin"]
    assert "no code of the kernel" in meta["origin"]
    helpers = set(recorded(target).groups)
    assert set(meta.get("derived", ())) <= helpers
    assert set(meta["signatures"]) == helpers


@pytest.mark.parametrize("target", RECORDED, ids=lambda target: target.id)
def test_recorded_answers_are_small(target):
    """A file that every installation carries stays below sixty kilobytes."""
    package, _, path = target.golden.partition(":")
    assert files(package).joinpath(path).stat().st_size < 60_000


def test_no_file_of_answers_is_left_alone():
    """Each file in a package belongs to a target of it."""
    named = {one.golden for one in RECORDED}
    for package in {one.partition(":")[0] for one in named}:
        folder = files(package).joinpath("golden")
        found = {f"{package}:golden/{one.name}" for one in folder.iterdir()}
        assert found - named == {f"{package}:golden/README.md"}


def test_the_laws_that_are_tried_are_listed():
    """The list above was collected, and each law says how it is tried."""
    assert len(TRIED) == 24
    assert json.dumps(sorted({one.method.value for one in LAWS})) == (
        '["machine", "proof", "sample"]'
    )
