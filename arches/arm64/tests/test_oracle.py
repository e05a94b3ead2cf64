"""What the kernel's own compiled helpers answered (data/README.md)."""

from __future__ import annotations

import numpy as np
import pytest

ORACLES = pytest.mark.parametrize("target_id", ["arm64-4k-v6.1", "arm64-64k-va52-v6.1"])

# The kernel's name of each mask; in blocks PTE_ADDR_LOW begins higher.
MACROS = {
    "ATTRINDX": "PTE_ATTRINDX_MASK",
    "PFN": "PTE_ADDR_LOW",
    "PFN_HIGH": "PTE_ADDR_HIGH",
    "PRESENT_INVALID": "PMD_PRESENT_INVALID",
}


@ORACLES
def test_every_sampled_answer_is_that_of_the_kernel(target_id, hooks_of, oracle, call):
    """The model of Linux 6.1 answers as its compiled helpers did, and lacks none of them."""
    hooks, differing = hooks_of(target_id), []
    for helper, records in oracle(target_id).records.items():
        for given, result in records:
            answer = int(call(hooks, helper)(*given))
            if answer != result:
                differing.append((helper, [hex(word) for word in given], hex(answer), hex(result)))
    assert differing == []


@ORACLES
def test_arrays_are_answered_like_words(target_id, hooks_of, oracle, call):
    """A helper gives a column of arguments the column of the kernel's answers.

    Not vm_get_page_prot, which takes the flags of one VMA.
    """
    hooks, differing, records_of = hooks_of(target_id), [], dict(oracle(target_id).records)
    del records_of["vm_get_page_prot"]
    for helper, records in records_of.items():
        columns = [_column(values) for values in zip(*(given for given, _ in records), strict=True)]
        answers = np.broadcast_to(call(hooks, helper)(*columns), len(records))
        if [int(answer) for answer in answers] != [result for _, result in records]:
            differing.append(helper)
    assert differing == []


def _column(values):
    return np.array(values, bool if isinstance(values[0], bool) else np.uint64)


@ORACLES
def test_the_sample_asks_for_every_helper_that_marks_or_unmarks(target_id, oracle):
    """The sample has all that arming and disarming is made of, at both levels."""
    names = ["modify", "mkwrite", "wrprotect", "mk_savedwrite", "savedwrite", "protnone", "pfn"]
    wanted = {f"{level}_{name}" for level in ("pte", "pmd") for name in names}
    assert wanted - oracle(target_id).records.keys() == set()


@ORACLES
def test_every_mask_is_the_kernel_s(target_id, target_of, oracle):
    """A layout of Linux 6.1 has each bit where the kernel's macro has it."""
    constants = oracle(target_id).constants
    for level in target_of(target_id).levels:
        for name, mask in level.layout.masks.items():
            expected = constants[MACROS.get(name, f"PTE_{name}")]
            above = -1 << (level.shift if name == "PFN" else 0)
            assert (level.name, name, mask.value) == (level.name, name, expected & above)


@ORACLES
def test_a_swap_entry_has_the_kernel_s_fields(target_id, target_of, oracle):
    """Area and offset of a swap entry lie where the kernel's shifts and widths put them."""
    swap, constants = target_of(target_id).swap, oracle(target_id).constants
    assert swap["EXCLUSIVE"].value == constants["PTE_SWP_EXCLUSIVE"]
    for name in ("TYPE", "OFFSET"):
        field = (swap[name].shift, swap[name].span)
        assert field == tuple(constants[f"__SWP_{name}_{what}"] for what in ("SHIFT", "BITS"))


@ORACLES
def test_swap_types_are_the_kernel_s(target_id, target_of, oracle):
    """The types above the swap areas have the numbers of the kernel's configuration."""
    types, constants = target_of(target_id).swap_types, oracle(target_id).constants
    assert types.max_swapfiles == constants["MAX_SWAPFILES"]
    assert types.hwpoison == constants["SWP_HWPOISON"]
    assert types.migration_read == constants["SWP_MIGRATION_READ"]
    assert types.migration_read_exclusive == constants["SWP_MIGRATION_READ_EXCLUSIVE"]
    assert types.migration_write == constants["SWP_MIGRATION_WRITE"]
    assert types.swapin_error == constants["SWP_SWAPIN_ERROR"]
    assert types.pfn_bits == constants["SWP_PFN_BITS"]
    room = constants["generic_max_swapfile_size"] >> constants["SWP_MIG_TOTAL_BITS"]
    assert types.migration_ad == (room > 0)


@ORACLES
def test_the_protections_are_the_kernel_s(target_id, hooks_of, oracle):
    """PAGE_NONE and the four protections of accessible mappings are the kernel's macros."""
    hooks, constants = hooks_of(target_id), oracle(target_id).constants
    assert hooks.page_none() == constants["PAGE_NONE"]
    flags = {"PAGE_READONLY": 1, "PAGE_SHARED": 10, "PAGE_READONLY_EXEC": 5, "PAGE_SHARED_EXEC": 14}
    found = {name: hooks.vm_get_page_prot(vm_flags) for name, vm_flags in flags.items()}
    assert found == {name: constants[name] for name in flags}
