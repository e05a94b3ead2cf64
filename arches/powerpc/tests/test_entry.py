from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore import hookspecs
from archcore.hookspecs import ENTRY_HELPERS, HOOKS, LEVELS
from archcore.words.lineage import traced
from archcore.words.record import record
from archcore.words.strict import StrictTruth, StrictWord
from archcore.words.symbols import SymbolicTruth, SymbolicWord, symbol

WORDS = st.integers(0, 2**64 - 1)
SAMPLES = [
    0x0000048D00000383,
    0x0000048D00000392,
    0x0000048020000383,
    0xC000000012340186,
    0xC000000012340180,
    0xC000000012340188,
    0x8000000021620105,
    0x4000000123450001,
    0,
    2**64 - 1,
]
# One target of each combination of parts; the others differ in masks.
KINDS = [
    *("hash-4k-v3.14", "hash-64k-v4.0", "radix-64k-v4.12", "radix-64k-v6.1"),
    *("hash-64k-v6.1", "hash-4k-v6.12", "radix-4k-v6.12"),
]
every_kind = pytest.mark.parametrize("name", KINDS, indirect=True)
THREE_LEVELS = "powerpc-hash-64k-v4.0"


def _in_every_system(call):
    """Assert that a helper runs on integers, arrays, strict, symbolic, recorded, traced words."""
    plain = [int(call(word)) for word in SAMPLES]
    array = call(np.array(SAMPLES, np.uint64))
    assert np.broadcast_to(array, len(SAMPLES)).tolist() == plain
    strict = [call(StrictWord(word)) for word in SAMPLES]
    values = [one.value if isinstance(one, StrictWord | StrictTruth) else one for one in strict]
    assert [int(value) for value in values] == plain
    assert isinstance(call(symbol("entry")), SymbolicWord | SymbolicTruth | bool)
    assert record(call).inputs <= 1
    call(traced())


@every_kind
@pytest.mark.parametrize("level", LEVELS)
def test_every_number_system_takes_every_hook(hooks, private, level):
    """A hook of an entry is the same on every kind of word, at every level."""
    offered = [one.replace("pte", level, 1) for one in ENTRY_HELPERS]
    offered = [one for one in offered if one in HOOKS and hooks.has(one) and "advance" not in one]
    assert len(offered) > 20 or (level == "pud" and hooks.target_id == THREE_LEVELS)

    for hook in offered:
        names = hookspecs.arguments(hook)

        def call(word, hook=hook, names=names):
            given = {"vma": private, "flush_pending": False}
            return getattr(hooks, hook)(*(given.get(name, word) for name in names))

        _in_every_system(call)


@every_kind
def test_every_number_system_takes_every_helper_of_this_architecture(hooks):
    """So is each helper that is no hook."""
    own = {
        name: helper
        for name, helper in hooks.helpers.items()
        if "archcore_powerpc" in getattr(helper, "func", helper).__module__
    }
    if "hash-4k" in hooks.target_id:
        own = {name: own[name] for name in own if name not in ("pfn_pmd", "mk_pmd", "pmd_mkdevmap")}
    for name, helper in own.items():
        count = 2 if name in ("check_pte_access", "is_pte_rw_upgrade") else 1
        count = 2 if "set_access_flags" in name or name.startswith("mk_") else count

        def call(word, helper=helper, count=count, name=name):
            if "access_permitted" in name:
                return helper(word, True)
            return helper(*[word] * count)

        _in_every_system(call)


@pytest.mark.parametrize("level", ["pte", "pmd"])
@given(entry=WORDS, prot=WORDS)
def test_modify_is_the_same_on_arrays(hash_v314, radix_v61, level, entry, prot):
    """pte_modify gives an array what it gives each of its words."""
    for hooks in (hash_v314, radix_v61):
        modify = getattr(hooks, f"{level}_modify")
        array = modify(np.array([entry], np.uint64), np.array([prot], np.uint64))
        assert array.tolist() == [modify(entry, prot)]


@given(entry=WORDS, prot=WORDS)
def test_modify_adds_the_whole_protection(hash_v314, radix_v61, entry, prot):
    """No bit of the new protection is masked, whatever the entry kept."""
    for hooks in (hash_v314, radix_v61):
        assert hooks.pte_modify(entry, prot) & prot == prot


@given(frame=st.integers(0, 2**34 - 1), nr=st.integers(0, 2**33))
def test_the_frame_moves_on_alone(hash_v314, radix_v61, frame, nr):
    """advance_pfn changes the frame and nothing else, in a hint too."""
    for hooks, frames in ((hash_v314, 2**34), (radix_v61, 2**37)):
        for prot in (hooks.vm_get_page_prot(11), hooks.page_none()):
            moved = hooks.pte_advance_pfn(hooks.pfn_pte(frame, prot), nr)
            assert moved == hooks.pfn_pte((frame + nr) % frames, prot)


def test_a_huge_page_is_marked_by_pfn_pmd(hooks_of):
    """THP_HUGE marks one on hash and the leaf bit on radix; in Linux 4.12 pmd_mkhuge sets both."""
    none = {name: hooks.page_none() for name, hooks in hooks_of.items()}
    names = ("hash-64k-v3.14", "radix-64k-v4.12", "hash-64k-v4.12", "hash-64k-v6.1")
    made = [hooks_of[name].pfn_pmd(0x1200, none[name]) for name in names]
    assert made == [
        0x0000048020000101,
        0x8000000012000108,
        0x8000000012000108,
        0xC000000012002108,
    ]
    marked = [hooks_of[name].pmd_mkhuge(word) for name, word in zip(names, made, strict=True)]
    assert marked == [made[0], 0xC000000012000108, 0xC000000012002108, made[3]]


def test_a_huge_page_closed_for_a_moment_is_no_hint(hooks, name, private):
    """pmd_mkinvalid leaves a present huge page that is neither protnone nor a hint."""
    if "hash-4k" in name:
        assert not hooks.has("pfn_pmd")
        return
    huge = hooks.pmd_mkhuge(hooks.pfn_pmd(0x1200, hooks.vm_get_page_prot(11)))
    closed = hooks.pmd_mkinvalid(huge)
    asked = [getattr(hooks, f"pmd_{one}")(closed) for one in ("present", "trans_huge", "protnone")]
    assert asked == [True, True, False]
    assert not hooks.pmd_numa(private, closed)
