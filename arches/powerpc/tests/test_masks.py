"""Every named bit matters: a target with one of them elsewhere differs from what kernels did."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from attrs import evolve, fields

from archcore.binding import bind
from archcore.conformance.suite import hold, select
from archcore.conformance.verdict import Status
from archcore.layout import EntryLayout
from archcore.vectors.check import check
from archcore.vectors.read import read
from archcore.words import bits
from archcore_powerpc import early_targets, shared_targets
from archcore_powerpc.early_eras import V40, V314
from archcore_powerpc.eras import V61, V412, V612
from archcore_powerpc.targets import TARGETS

DATA = Path(__file__).parent / "data"
ONES = (1 << 64) - 1
ERAS = {era.name: era for era in (V314, V40, V412, V61, V612)}
LEVELS = ("pte", "pmd", "pud")
HELPERS = """
none present write dirty young special protnone soft_dirty devmap pfn wrprotect mkdirty mkclean
mkyoung mkold mkspecial mksoft_dirty mkdevmap leaf bad trans_huge mkinvalid mkhuge swp_exclusive
swp_soft_dirty swp_mkexclusive
"""
NAMES = [f"{level}_{helper}" for level in LEVELS for helper in HELPERS.split()]
NAMES += ["arch_pte_to_swp_entry", "arch_swp_entry_to_pte", "arch_swp_type", "arch_swp_offset"]
# These say what a bit stands for and are in no mask: what a 4K frame within 64K means, where in
# the hash table a page is, and which bits of a swap entry are clear.
OFFSETS = ("TYPE", "OFFSET")
PARTNERS = ("SPECIAL", "SPLITTING", "DIRTY", "SOFT_DIRTY", "PRESENT", "TYPE")
NAMES_ALONE = {
    "pte": {"4K_PFN", "GUARDED"},
    "swap": {"PRESENT", "INVALID", "FILE", "NUMA"},
}


def _elsewhere(layout, name):
    """Return the layout with a field and another exchanged, or without the field's lowest bit."""
    found = {one.name: one for one in layout.fields}
    one = found[name]
    if one.low != one.high:
        moved = {name: evolve(one, low=one.low + 1)}
    else:
        partner = next(found[other] for other in PARTNERS if other in found and other != name)
        moved = {
            name: evolve(one, low=partner.low),
            partner.name: evolve(partner, low=one.low, overlays=one.overlays),
        }
    return EntryLayout(layout.name, [moved.get(field.name, field) for field in layout.fields])


def _mutant(era, part, name):
    """Return the era with one field elsewhere: of its PTEs, its upper levels or its swap."""

    def altered(method):
        def layout(self, *given):
            made = getattr(type(era), method)(self, *given)
            return _elsewhere(made, name) if name in made.masks else made

        return layout

    methods = {"pte": ("page", "huge"), "pmd": ("huge",), "swap": ("swap",)}[part]
    kind = type("Mutant", (type(era),), {method: altered(method) for method in methods})
    return kind(**{one.name: getattr(era, one.name) for one in fields(type(era))})


def _built(target_id, era):
    _, mmu, pages, _ = target_id.split("-")
    if era.name in ("v3.14", "v4.0"):
        return early_targets.target(era, pages)
    return shared_targets.target(era, pages, hashes=mmu == "hash")


def _behaviour(target, golden):
    """Return what the target makes of golden words, of each bit, of all of them and of none."""
    hooks, words = bind(target), golden[target.id.removeprefix("powerpc-")]["words"]
    vma = SimpleNamespace(vm_flags=3, vm_page_prot=hooks.vm_get_page_prot(3), accessible=True)
    asked = [words[word] for word in ("live", "hint", "hint_read_only", "swap")]
    asked += [0, ONES, *(1 << bit for bit in range(64)), *(ONES ^ 1 << bit for bit in range(64))]
    array = np.array(asked, np.uint64)
    answers = [call(array) for call in _calls(target, hooks, vma)]
    prots = [hooks.vm_get_page_prot(flags) for flags in (*range(16), 3 | 1 << 24, 3 | 31 << 32)]
    return [np.broadcast_to(answer, array.shape).tolist() for answer in answers], prots


def _calls(target, hooks, vma):
    handler, swap = target.mmu.format, target.swap
    yield from (getattr(hooks, name) for name in NAMES if hooks.has(name))
    for level in LEVELS:
        if hooks.has(f"{level}_modify"):
            yield partial(lambda modify, words: modify(words, 0), getattr(hooks, f"{level}_modify"))
            yield partial(lambda same, words: same(words, 0), getattr(hooks, f"{level}_same"))
    yield lambda words: hooks.pte_mkwrite(words, vma)
    yield lambda words: hooks.pte_mknuma(vma, words)
    yield lambda words: hooks.pte_numa(vma, words)
    yield lambda words: hooks.pfn_pte(words, 0)
    yield lambda words: hooks.pte_needs_flush(words, 0)
    yield from (handler.mkaccessed, handler.mkdirty, handler.accessed)
    for level in target.geometry.levels:
        yield from (partial(handler.valid, level), partial(handler.address, level))
    yield from (partial(lambda mask, words: bits(words, mask), swap[name]) for name in OFFSETS)
    for name, helper in hooks.helpers.items():
        if name.startswith(("pgprot_", "hash__")):
            yield helper


def _cases():
    for target in TARGETS:
        page, huge = (target.geometry.level(level).layout for level in LEVELS[:2])
        named = {"pte": set(page.masks), "pmd": set(huge.masks) - set(page.masks)}
        named["swap"] = set(target.swap.masks)
        for part, names in named.items():
            for name in sorted(names - NAMES_ALONE.get(part, set())):
                yield pytest.param(target, part, name, id=f"{target.id}-{part}-{name}")


def _unread(target, name):
    """Say whether a target has a field for the other MMU's sake, or one that another contains."""
    if "radix" in target.id:
        return name in ("PKEY", "THP_HUGE")
    return "HPTE_SUB" in target.geometry.levels[0].layout.masks and name in ("F_GIX", "F_SECOND")


@pytest.fixture(scope="module")
def pristine(golden):
    """What the targets themselves make of the words."""
    return cache(lambda target: _behaviour(target, golden))


CASES = list(_cases())


@pytest.mark.parametrize(("target", "part", "name"), CASES)
def test_no_bit_can_be_elsewhere_unseen(golden, pristine, target, part, name):
    """Another place for a bit is another answer to some question."""
    mutant = _built(target.id, _mutant(ERAS[target.era], part, name))
    differs = _behaviour(mutant, golden) != pristine(target)
    assert differs or (_unread(target, name) and part != "swap")


SAMPLES = {mmu: read(DATA / f"linux-6.1-{mmu}-64k.jsonl.gz") for mmu in ("radix", "hash")}
SAMPLED = {mmu: f"powerpc-{mmu}-64k-v6.1" for mmu in SAMPLES}
MOVED = [case for case in CASES if case.values[0].id in SAMPLED.values()]


@pytest.mark.parametrize(("target", "part", "name"), MOVED)
def test_the_kernel_s_answers_notice_a_bit_elsewhere(target, part, name):
    """The sampled answers of Linux 6.1 fail for a target with any bit in another place."""
    mutant = _built(target.id, _mutant(V61, part, name))
    mmu = target.id.split("-")[1]
    assert check(mutant, bind(mutant), SAMPLES[mmu], limit=1).failed > 0


@pytest.mark.parametrize(("target", "part", "name"), MOVED)
def test_the_answers_that_come_with_a_target_notice_a_bit_elsewhere(target, part, name):
    """The law recorded-answers alone refutes a target with any bit in another place."""
    mutant = _built(target.id, _mutant(V61, part, name))
    (result,) = hold(mutant, select(("recorded-answers",)))
    assert result.status is Status.REFUTED


@pytest.mark.parametrize("dropped", V61.hpteflags[16])
def test_the_kernel_s_answers_notice_a_dropped_hash_flag(dropped):
    """_PAGE_HPTEFLAGS cannot lose a bit unseen, on radix either."""
    flags = {16: tuple(name for name in V61.hpteflags[16] if name != dropped)}
    for mmu, vectors in SAMPLES.items():
        mutant = _built(SAMPLED[mmu], evolve(V61, hpteflags=flags))
        assert check(mutant, bind(mutant), vectors, limit=1).failed > 0
