"""A field in the wrong place is noticed: by what a kernel answered or wrote, or by its headers."""

from __future__ import annotations

import pytest
from attrs import evolve

from archcore.binding import bind
from archcore.conformance.suite import hold, select
from archcore.conformance.verdict import Status
from archcore.layout import Bit
from archcore.specimens import vma_view
from archcore_x86.eras import V61
from archcore_x86.targets import ERAS, target

LARGEST = 63
# Fields that no helper of any kernel reads in such an entry; only the headers place them.
MERELY_NAMED = {
    "pte": {"IOMAP", "HIDDEN"},
    "pmd": {"IOMAP"},
    "pud": {"IOMAP", "NUMA"},
    "swap": {"PRESENT", "PROTNONE", "PSE", "FILE", "NUMA"},
}
# Fields of an upper level that only the choice of a flush reads.
FLUSHED = {"PWT", "PCD", "GLOBAL", "NX", "PKEY"}


def _is_read(era, level, name):
    """Say whether some helper of that kernel reads a field of such an entry."""
    if name in MERELY_NAMED[level]:
        return False
    if level in ("pmd", "pud") and name in FLUSHED:
        return era.judges_flushes
    if level == "pud" and name == "PAT_LARGE":
        return era.judges_flushes
    return level in ("pte", "swap") or name != "PFN" or era.masks_leaf_frames


def _moved(layout, name):
    """Return the layout with one field a place further up, or down at the end of the word."""
    others = tuple(one.name for one in layout.fields if one.name != name)
    fields = (_shifted(one, others) if one.name == name else one for one in layout.fields)
    return evolve(layout, fields=tuple(fields))


def _shifted(one, others):
    step = 1 if one.high < LARGEST else -1
    low = one.low + (step if isinstance(one, Bit) else 1)
    return evolve(one, low=low, overlays=others)


def _layouts(era):
    return {**era.layouts(), "swap": era.swap}


KINDS = [pytest.param(era, kind, id=f"{era.name}-{kind}") for era in ERAS for kind in _layouts(era)]


def _mutants(era, level):
    """Yield each field of a layout with the era in which it is out of place."""
    for one in _layouts(era)[level].fields:
        yield one.name, _mutant(era, level, one.name)


def _mutant(era, level, name):
    if level == "swap":
        return evolve(era, swap=_moved(era.swap, name))
    moved = _moved(era.layouts()[level], name).fields
    return evolve(era, own={**era.own, level: moved})


def _misplaced(era, constants):
    """Return the fields that are not where the kernel's headers put them."""
    found = {
        (level, one.name): one.value
        for level, layout in _layouts(era).items()
        for one in layout.fields
    }
    return {key for key in found.keys() | constants.keys() if found.get(key) != constants.get(key)}


def _differs(era, facts, oracle, captured, answer):
    """Say whether some record of this era is answered otherwise."""
    hooks = bind(target(era))
    if any(answer(hooks, name, *given) != result for name, given, result, _ in facts):
        return True
    if era.name == "v6.1":
        for helper, records in oracle.items():
            if any(int(answer(hooks, helper, *given)) != result for given, result in records):
                return True
    leaves = [one for one in captured if one.era == era.name and one.truth != "table"]
    return any(_misread(hooks, one) for one in leaves)


def _misread(hooks, one):
    present = getattr(hooks, f"{one.level}_present")(one.entry)
    hint = getattr(hooks, f"{one.level}_numa")(vma_view(hooks, one.vma_flags), one.entry)
    return present == (one.truth == "swap") or hint != (one.truth == "numa_hint")


@pytest.mark.slow
@pytest.mark.parametrize("level", ["pte", "pmd", "pud", "swap"])
def test_the_answers_that_come_with_the_target_notice_it_alone(level):
    """The law recorded-answers refutes Linux 6.1 with any one field elsewhere that helpers read."""
    noticed = set()
    for name, mutant in _mutants(V61, level):
        (result,) = hold(target(mutant), select(("recorded-answers",)))
        noticed |= {name} if result.status is Status.REFUTED else set()
    names = {one.name for one in _layouts(V61)[level].fields}
    assert noticed == {name for name in names if _is_read(V61, level, name)}


@pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)
def test_every_field_is_where_the_headers_put_it(era, constants):
    """Each named field of an era is a constant of its kernel, and each constant is a field."""
    assert _misplaced(era, constants[era.name]) == set()


@pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)
def test_no_record_differs_while_every_field_is_in_its_place(era, facts, oracle, captured, answer):
    """What follows means something only because the eras as they are agree with all records."""
    assert not _differs(era, facts[era.name], oracle, captured, answer)


@pytest.mark.parametrize(("era", "level"), KINDS)
def test_a_field_in_the_wrong_place_contradicts_the_headers(era, level, constants):
    """Moving any one field by a place is noticed, and the field is named."""
    for name, mutant in _mutants(era, level):
        assert (level, name) in _misplaced(mutant, constants[era.name])


@pytest.mark.parametrize(("era", "level"), KINDS)
def test_a_field_that_helpers_read_cannot_move_unnoticed(
    era, level, facts, oracle, captured, answer
):
    """Moving a field changes what a kernel was recorded to answer, if any helper reads it."""
    noticed = {
        name
        for name, mutant in _mutants(era, level)
        if _differs(mutant, facts[era.name], oracle, captured, answer)
    }

    names = {one.name for one in _layouts(era)[level].fields}
    assert noticed == {name for name in names if _is_read(era, level, name)}
