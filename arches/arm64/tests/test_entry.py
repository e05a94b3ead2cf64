from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import z3
from hypothesis import example, given
from hypothesis import strategies as st

from archcore.words.lineage import traced
from archcore.words.record import record
from archcore.words.strict import StrictTruth, StrictWord
from archcore.words.symbols import SymbolicTruth, SymbolicWord, constant, symbol
from archcore_arm64.targets import TARGETS

LIVE = 0x00E8000012345F43
BLOCK = 0x00E8000040000F41
SAMPLE = [0, LIVE, BLOCK, 0x04E8000012345F02, 0x00E0000012345F82, 0x08E8000040000F40, 2**64 - 1]
WORDS = st.integers(0, 2**64 - 1)

LEVELS = ("pte", "pmd", "pud")
READING = ["none", "present", "write", "dirty", "young", "devmap", "special", "uffd_wp", "pfn"]
MAKING = ["wrprotect", "mkdirty", "mkclean", "mkyoung", "mkold", "mkdevmap", "mkhuge", "mkuffd_wp"]
CLOSED = ["protnone", "savedwrite", "mk_savedwrite", "clear_savedwrite"]
OF_BLOCKS = ["leaf", "bad", "trans_huge", "mkinvalid"]
HINTS = ["numa", "mknuma", "mknonnuma"]
ONE_WORD = [f"{at}_{name}" for at in LEVELS for name in (*READING, *MAKING, *CLOSED)]
ONE_WORD += [f"{at}_{name}" for at in ("pmd", "pud") for name in OF_BLOCKS[:3]] + ["pmd_mkinvalid"]
ONE_WORD += ["pte_swp_mkexclusive", "arch_swp_type", "arch_swp_offset", "arch_pte_to_swp_entry"]
TWO_WORDS = ["pte_modify", "pmd_modify", "pfn_pte", "pfn_pmd", "pgprot_modify", "arch_swp_entry"]
HELPERS = [f"{at}_{name}" for at in LEVELS for name in ("valid", "user", "user_exec", "pgprot")]
HELPERS += ["pte_cont", "pte_mkcont", "pmd_cont", "pmd_mkcont", "pte_mknoncont", "pte_mkpresent"]
HELPERS += ["pte_valid_not_user", "pte_tagged", "pte_sw_dirty", "pte_hw_dirty", "__pte_to_phys"]
HELPERS += ["__phys_to_pte_val", "pmd_present_invalid", "pmd_thp_or_huge"]
HELPERS += [f"{at}_{name}" for at in ("pmd", "pud") for name in ("table", "sect")]
HELPERS += ["mk_pmd_sect_prot", "pgprot_nx", "pgprot_noncached", "pgprot_tagged"]
HELPERS_OF_TWO = ["mk_pte", "mk_pmd", "arch_make_huge_pte"]


def _twice(helper):
    return lambda word: helper(word, word)


def _given(hooks, vma):
    """Every helper as a function of one word, so that they can be run alike."""
    calls = {name: getattr(hooks, name) for name in ONE_WORD}
    calls |= {name: _twice(getattr(hooks, name)) for name in TWO_WORDS}
    calls |= {name: hooks.helpers[name] for name in HELPERS}
    calls |= {name: _twice(hooks.helpers[name]) for name in HELPERS_OF_TWO}
    calls["pte_access_permitted"] = lambda word: hooks.helpers["pte_access_permitted"](word, True)
    flags = hooks.helpers["ptep_set_access_flags:after"]
    calls["ptep_set_access_flags"] = lambda word: flags(word, LIVE, False)
    hints = (f"{at}_{hint}" for at in ("pte", "pmd") for hint in HINTS)
    calls |= {name: partial(getattr(hooks, name), vma) for name in hints}
    calls["pte_mkwrite"] = lambda word: hooks.pte_mkwrite(word, vma)
    calls["pte_accessible"] = lambda word: hooks.pte_accessible(word, False)
    calls["pte_advance_pfn"] = lambda word: hooks.pte_advance_pfn(word, 3)
    return calls


def _known(answer):
    """The number or truth that a strict or symbolic answer stands for."""
    if isinstance(answer, StrictWord | StrictTruth):
        return int(answer.value)
    if isinstance(answer, SymbolicWord):
        return z3.simplify(answer.term).as_long()
    return (
        int(z3.is_true(z3.simplify(answer.term))) if isinstance(answer, SymbolicTruth) else answer
    )


def test_every_number_system_gives_the_same_answers(corner, private):
    """Integers, arrays, strict, symbolic and recorded words agree on every helper."""
    for name, call in _given(corner, private).items():
        plain = [int(call(word)) for word in SAMPLE]
        array = np.broadcast_to(call(np.array(SAMPLE, np.uint64)), len(SAMPLE))
        recording = record(call)
        systems = {
            "array": array.tolist(),
            "strict": [_known(call(StrictWord(word))) for word in SAMPLE],
            "symbolic": [_known(call(constant(word))) for word in SAMPLE],
            "recorded": [recording.run(word) for word in SAMPLE],
        }
        assert {name: systems} == {name: dict.fromkeys(systems, plain)}


def test_every_helper_takes_words_nobody_knows(corner, private):
    """No helper decides anything on a free symbol or on a traced word."""
    for call in _given(corner, private).values():
        call(symbol("entry"))
        call(traced())


@pytest.mark.parametrize("level", ["pte", "pmd"])
@given(entry=WORDS, prot=WORDS)
@example(entry=LIVE, prot=0x0460000000000F82)
def test_modify_is_the_same_on_arrays(v61, v612, level, entry, prot):
    """pte_modify gives an array what it gives each of its words."""
    for hooks in (v61, v612):
        modify = getattr(hooks, f"{level}_modify")
        array = modify(np.array([entry], np.uint64), np.array([prot], np.uint64))
        assert array.tolist() == [modify(entry, prot)]


@given(entry=WORDS, prot=WORDS)
def test_modify_never_loses_dirtiness(v61, v612, entry, prot):
    """A dirty entry is dirty under any protection."""
    for hooks in (v61, v612):
        assert hooks.pte_dirty(hooks.pte_modify(entry, prot)) >= hooks.pte_dirty(entry)


def test_modify_makes_a_dirty_writable_page_dirty_to_hardware(hooks):
    """Given a writable protection, a software-dirty page needs no fault to be written again."""
    shared = 0x0068000000000FC3
    assert hooks.pte_modify(0x00E0000012345FC3, shared) == LIVE


def test_mkwrite_leaves_a_clean_page_clean(hooks):
    """Write permission given to a clean page keeps RDONLY, so that its first store is noticed."""
    clean = hooks.pte_mkwrite(0x0060000012345FC3, None)
    assert clean == 0x0068000012345FC3
    assert not hooks.pte_dirty(clean)


def test_wrprotect_saves_what_only_hardware_knew(hooks):
    """Hardware dirtiness survives the loss of write permission in the software bit."""
    hardware_dirty = 0x0068000012345F43
    assert hooks.pte_wrprotect(hardware_dirty) == 0x00E0000012345FC3


@pytest.mark.parametrize(
    ("era", "closed"), [("v6.1", 0x08E8000040000F40), ("v6.12", 0x00E8000040000F40)]
)
def test_a_huge_page_closed_for_a_moment_is_no_hint(request, era, closed):
    """pmd_mkinvalid leaves a present huge page that is not protnone."""
    hooks = request.getfixturevalue(era.replace(".", ""))
    assert hooks.pmd_mkinvalid(BLOCK) == closed
    asked = (hooks.pmd_present(closed), hooks.pmd_protnone(closed), hooks.pmd_trans_huge(closed))
    assert asked == (True, False, True)


def test_an_execute_only_huge_page_closed_for_a_moment_is_no_hint(v612):
    """Linux 6.12 asks for UXN too: an execute-only page has no USER bit to tell it by."""
    closed = v612.pmd_mkinvalid(0x0020000040000F81)
    assert (v612.pmd_present(closed), v612.pmd_protnone(closed)) == (True, False)


def test_the_protection_key_comes_with_the_protection(v612, private):
    """pte_modify of Linux 6.12 takes bits 62:60 from the protection, so that a hint has no key."""
    keyed = 5 << 60
    assert v612.pte_modify(LIVE, private.vm_page_prot | keyed) == 0x50E0000012345FC3
    assert v612.pte_mknuma(private, LIVE | keyed) == 0x00E0000012345F82


def test_userfaultfd_protection_takes_write_permission(v612):
    """pte_mkuffd_wp of Linux 6.12 sets bit 58, clears WRITE and keeps the page dirty."""
    protected = v612.pte_mkuffd_wp(LIVE)
    assert protected == 0x04E0000012345FC3
    assert v612.pte_clear_uffd_wp(protected) == 0x00E0000012345FC3


def test_bit_58_changed_its_meaning(v61, v612):
    """A 6.12 page write-protected by userfaultfd is no hint, and a 6.1 hint is nothing there."""
    protected, hint = 0x04E0000012345FC3, 0x04E0000012345782
    assert v612.pte_uffd_wp(protected)
    assert not v612.pte_protnone(protected)
    assert (v61.pte_protnone(hint), v612.pte_present(hint)) == (True, False)


@given(data=st.data())
def test_the_frame_moves_on_alone(target_of, hooks_of, data):
    """advance_pfn changes the frame and nothing else, in a hint too, with every granule."""
    target_id = data.draw(st.sampled_from([target.id for target in TARGETS]))
    hooks, geometry = hooks_of(target_id), target_of(target_id).geometry
    last = (1 << geometry.pa_bits - geometry.page_shift) - 1
    frame = data.draw(st.integers(0, last))
    nr = data.draw(st.integers(0, last - frame))
    for prot in (hooks.vm_get_page_prot(11), hooks.page_none()):
        moved = hooks.pte_advance_pfn(hooks.pfn_pte(frame, prot), nr)
        assert moved == hooks.pfn_pte(frame + nr, prot)
        assert hooks.pte_pfn(moved) == frame + nr


def test_a_closed_entry_may_be_in_a_tlb_until_it_is_flushed(hooks, private):
    """pte_accessible counts a hint exactly while a flush of its mm is pending."""
    hint = hooks.pte_mknuma(private, LIVE)
    assert [hooks.pte_accessible(hint, pending) for pending in (False, True)] == [False, True]
    assert [hooks.pte_accessible(LIVE, pending) for pending in (False, True)] == [True, True]


def test_every_level_is_closed_by_page_none(hooks):
    """Taking all rights away makes a protnone entry of any level, as hugetlbfs needs it."""
    for level in (level for level in LEVELS if hooks.has(f"{level}_modify")):
        closed = getattr(hooks, f"{level}_modify")(BLOCK, hooks.page_none())
        asked = [getattr(hooks, f"{level}_{name}")(closed) for name in ("present", "protnone")]
        assert asked == [True, True]


def test_a_regime_of_two_levels_has_no_pud(hooks, target):
    """With the PMD folded into the top table there is nothing that pud helpers could be asked."""
    assert hooks.has("pud_present") == (len(target.geometry.levels) > 2)


@pytest.mark.parametrize(
    ("target_id", "leaf"),
    [("arm64-4k-v6.12", True), ("arm64-16k-va48-v6.12", True), ("arm64-64k-va52-v6.12", False)],
)
def test_linux_takes_every_pud_for_a_table_with_64k_pages(target_id, leaf, hooks_of):
    """pud_sect and pud_leaf are constant there, and read the type elsewhere."""
    hooks = hooks_of(target_id)
    asked = (hooks.pud_leaf(BLOCK), hooks.helpers["pud_sect"](BLOCK))
    assert (*asked, hooks.helpers["pud_table"](BLOCK)) == (leaf, leaf, not leaf)
    assert not hooks.pud_trans_huge(BLOCK)
    assert not hooks.pud_devmap(BLOCK | 1 << 57)
