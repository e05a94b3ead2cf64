"""What the kernel's own compiled helpers answered (data/README.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from archcore.vectors.check import check
from archcore.vectors.read import read

DATA = Path(__file__).parent / "data"
SAMPLES = {name: read(DATA / f"linux-6.1-{name}.jsonl.gz") for name in ("radix-64k", "hash-64k")}
# What the kernel's macros call a field of the layout.
MACROS = {
    "EXEC": "_PAGE_EXEC",
    "WRITE": "_PAGE_WRITE",
    "READ": "_PAGE_READ",
    "PRIVILEGED": "_PAGE_PRIVILEGED",
    "SAO": "_PAGE_SAO",
    "NON_IDEMPOTENT": "_PAGE_NON_IDEMPOTENT",
    "BUSY": "H_PAGE_BUSY",
    "DIRTY": "_PAGE_DIRTY",
    "ACCESSED": "_PAGE_ACCESSED",
    "SOFT_DIRTY": "_PAGE_SOFT_DIRTY",
    "SPECIAL": "_PAGE_SPECIAL",
    "DEVMAP": "_PAGE_DEVMAP",
    "COMBO": "H_PAGE_COMBO",
    "4K_PFN": "H_PAGE_4K_PFN",
    "RPN": "PTE_RPN_MASK",
    "HASHPTE": "H_PAGE_HASHPTE",
    "INVALID": "_PAGE_INVALID",
    "PTE": "_PAGE_PTE",
    "PRESENT": "_PAGE_PRESENT",
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sampled_answer_is_that_of_the_kernel(by_id, hooks_of, sample):
    """The model of Linux 6.1 has every helper of the file and answers as the compiled ones did."""
    name = f"{sample}-v6.1"
    verdict = check(by_id[name], hooks_of[name], SAMPLES[sample])
    assert verdict.failures == ()
    assert verdict.not_modelled == {}
    assert verdict.passed > 3900


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_field_is_the_macro_of_the_kernel(by_id, sample):
    """Each named bit of a PTE is the bit that the kernel's macro names."""
    layout = by_id[f"{sample}-v6.1"].geometry.level("pte").layout
    constants = SAMPLES[sample].constants
    found = {field: layout[field].value for field in MACROS}
    assert found == {field: constants[macro] for field, macro in MACROS.items()}
    keys = [constants[f"H_PTE_PKEY_BIT{bit}"] for bit in range(5)]
    assert layout["PKEY"].value == sum(keys)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_swap_types_are_those_of_the_configuration(by_id, sample):
    """The numbers of types and the bits of a frame are the constants of the same kernel."""
    types = by_id[f"{sample}-v6.1"].swap_types
    constants = SAMPLES[sample].constants
    assert (types.max_swapfiles, types.hwpoison, types.swapin_error, types.pfn_bits) == tuple(
        constants[name]
        for name in ("MAX_SWAPFILES", "SWP_HWPOISON", "SWP_SWAPIN_ERROR", "SWP_PFN_BITS")
    )
    assert (types.migration_read, types.migration_read_exclusive, types.migration_write) == tuple(
        constants[f"SWP_MIGRATION_{name}"] for name in ("READ", "READ_EXCLUSIVE", "WRITE")
    )


def test_the_sample_reaches_every_helper_that_marks_or_unmarks():
    """The sample asks for all that arming and disarming is made of, at both levels."""
    wanted = (
        "modify mkwrite wrprotect write mk_savedwrite clear_savedwrite savedwrite protnone present"
    )
    missing = [
        f"{level}_{helper}"
        for level in ("pte", "pmd")
        for helper in wanted.split()
        for sample in SAMPLES.values()
        if f"{level}_{helper}" not in sample.groups
    ]
    assert missing == []
