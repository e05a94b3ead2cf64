"""Every entry helper of every installed target gives one answer, on every number system."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import words

from archcore.binding import bind
from archcore.conformance.subject import GENERIC
from archcore.hookspecs import LEVEL_OF, arguments
from archcore.registry import installed
from archcore.specimens import vma_kinds
from archcore.words import Mask
from archcore.words.lineage import Traced, TracedTruth, traced
from archcore.words.record import record
from archcore.words.strict import StrictTruth, StrictWord

TARGETS = tuple(installed())
if not TARGETS:
    pytest.skip("no target is installed", allow_module_level=True)

DTYPES = {32: np.uint32, 64: np.uint64}
OTHER_HELPERS = ("arch_swp_entry", "arch_swp_type", "arch_swp_offset", "pgprot_modify")
PROTECTIONS = ("pgprot", "newprot", "oldprot")
NO_WORDS = ("vma", "flush_pending", "nr")
ROWS = 4
WIDEST = 2
each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.id)
bound = cache(bind)


def examples(count):
    """Return settings under which the same few examples are drawn every time."""
    return settings(max_examples=count, derandomize=True, deadline=None, database=None)


def helpers(target):
    """Return the names of the entry helpers that a target's layers or the defaults implement.

    The defaults lean on the target's own, so that a level it has none of is left out.
    """
    offers = bound(target).offers
    own = {LEVEL_OF[name] for name in offers if name in LEVEL_OF and offers[name][0] != GENERIC}
    return [name for name in offers if LEVEL_OF.get(name) in own or name in OTHER_HELPERS]


def word_places(name):
    """Return the places of the arguments of a helper that are words."""
    return [at for at, one in enumerate(arguments(name)) if one not in NO_WORDS]


@frozen
class Material:
    """What helpers are called with: a VMA, a truth, a count, rows of entries and protections."""

    vma: object
    flush_pending: bool
    nr: int
    entries: tuple
    protections: tuple

    def words(self, name):
        """Return rows of words for a helper: protections where it asks for them, else entries."""
        kinds = [one in PROTECTIONS for one in arguments(name) if one not in NO_WORDS]
        return [
            [(prots if kind else some)[at] for at, kind in enumerate(kinds)]
            for some, prots in zip(self.entries, self.protections, strict=True)
        ]

    def call(self, target, name, *some):
        """Call a helper with words of any number system and the rest as it is here."""
        given_words = iter(some)
        full = [
            getattr(self, one) if one in NO_WORDS else next(given_words) for one in arguments(name)
        ]
        return getattr(bound(target), name)(*full)


@cache
def materials(target):
    """Return a strategy for what the helpers of a target are called with.

    Half of the entries differ little from those of a page, so that conditions hold now and then.
    """
    width, kinds = target.geometry.width, vma_kinds(bound(target))
    prots = st.sampled_from(kinds).map(lambda vma: vma.vm_page_prot)
    flips = st.frozensets(st.integers(0, width - 1), max_size=3)
    near = st.tuples(prots, words(width), flips).map(
        lambda drawn: (
            drawn[0]
            ^ (drawn[1] << target.geometry.page_shift & (1 << width) - 1)
            ^ sum(1 << at for at in drawn[2])
        )
    )

    def rows(word):
        return st.tuples(*[st.tuples(*[word] * WIDEST)] * ROWS)

    return st.builds(
        Material,
        vma=st.sampled_from(kinds),
        flush_pending=st.booleans(),
        nr=st.integers(0, 512),
        entries=rows(near | words(width)),
        protections=rows(prots | words(width)),
    )


def plain(result):
    """Return what a call gave as an int, whatever system it was computed in."""
    result = result.value if isinstance(result, StrictWord | StrictTruth | Mask) else result
    assert type(result) in (int, bool)
    return int(result)


@each_target
@examples(8)
@given(st.data())
def test_ints_arrays_strict_words_and_recordings_agree(target, data):
    """The answer to a word does not depend on what the word is written in."""
    material, width = data.draw(materials(target)), target.geometry.width
    differing = {}
    for name in helpers(target):
        call = partial(material.call, target, name)
        rows = material.words(name)
        expected = [plain(call(*row)) for row in rows]
        array = call(*(np.array(column, DTYPES[width]) for column in zip(*rows, strict=True)))
        recording = record(call, len(rows[0]))
        answers = {
            "array": np.broadcast_to(array, ROWS).astype(object).tolist(),
            "strict": [plain(call(*(StrictWord(w, width) for w in row))) for row in rows],
            "recording": [plain(recording.run(*row)) for row in rows],
        }
        if any(answer != expected for answer in answers.values()):
            differing[name] = (rows, expected, answers)
    assert differing == {}


@cache
def distinct():
    """Return each helper once that several targets share, with one target that has it.

    Two helpers with the same recordings, for a VMA with rights and for one without, are one.
    """
    found = {}
    for target in TARGETS:
        kinds = vma_kinds(bound(target))
        samples = [
            Material(vma, flag, 3, (), ()) for vma, flag in ((kinds[3], True), (kinds[0], False))
        ]
        for name in helpers(target):
            calls = [partial(sample.call, target, name) for sample in samples]
            key = tuple(record(call, len(word_places(name))) for call in calls)
            found.setdefault((target.geometry.width, key), (target, name))
    by_target = {}
    for target, name in found.values():
        by_target.setdefault(target, []).append(name)
    return by_target


each_owner = pytest.mark.parametrize("target", list(distinct()), ids=lambda target: target.id)


@each_owner
@examples(3)
@given(st.data())
def test_lineage_says_nothing_untrue(target, data):
    """Each bit of an answer comes from where lineage says, for each of the words by itself."""
    material, width = data.draw(materials(target)), target.geometry.width
    known = data.draw(words(width))
    for name in distinct()[target]:
        row = material.words(name)[0]
        answer = plain(material.call(target, name, *row))
        for at, word in enumerate(row):
            source = traced(width, Mask(word & known, width), Mask(known & ~word, width))
            result = material.call(target, name, *row[:at], source, *row[at + 1 :])
            assert untrue(result, answer, word) == [], name


def untrue(result, answer, word):
    """Return the bits of an answer that are not what the lineage of the result says."""
    if isinstance(result, TracedTruth):
        origins = [result.origin]
    elif isinstance(result, Traced):
        origins = result.bits
    else:
        return [] if plain(result) == answer else [result]
    return [
        (at, origin)
        for at, origin in enumerate(origins)
        if not origin.mixed and answer >> at & 1 != said(origin, word)
    ]


def said(origin, word):
    """Return the value of a bit with that origin."""
    if origin.constant is not None:
        return origin.constant
    (source,) = origin.sources
    return (word >> source & 1) ^ origin.inverted


@each_owner
@examples(1)
@given(st.data())
def test_the_solver_agrees(target, data):
    """A helper over constants of the solver simplifies to the answer of ints."""
    z3 = pytest.importorskip("z3")
    from archcore.words.symbols import constant

    material, width = data.draw(materials(target)), target.geometry.width
    for name in distinct()[target]:
        row = material.words(name)[-1]
        result = material.call(target, name, *(constant(word, width) for word in row))
        if hasattr(result, "term"):
            term = z3.simplify(result.term)
            result = z3.is_true(term) if z3.is_bool(term) else term.as_long()
        assert plain(result) == plain(material.call(target, name, *row)), name


def test_every_target_has_the_helpers_of_its_lowest_level():
    """Nothing is called tested that was never collected."""
    for target in TARGETS:
        assert {"pte_mknuma", "pte_mknonnuma", "pte_numa", "pte_modify"} <= set(helpers(target))
