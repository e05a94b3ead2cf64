from __future__ import annotations

import pytest

READONLY, READONLY_EXEC = 0x0060000000000FC3, 0x0020000000000FC3
SHARED, SHARED_EXEC = 0x0068000000000FC3, 0x0028000000000FC3
NONE = {"v6.1": 0x0460000000000F82, "v6.12": 0x0060000000000F82}
LPA2 = ("arm64-4k-va52-v6.12", "arm64-16k-va52-v6.12")
SHAREABILITY = 0x300  # address bits with FEAT_LPA2, so adjust_protection_map of mm/mmap.c drops it
OPEN = [READONLY, READONLY, READONLY, *[READONLY_EXEC] * 4]
OPEN_SHARED = [READONLY, SHARED, SHARED, READONLY_EXEC, READONLY_EXEC, SHARED_EXEC, SHARED_EXEC]


def test_the_sixteen_combinations(target, hooks):
    """Each combination of READ, WRITE, EXEC and SHARED has the kernel's protection."""
    none = NONE[target.era]
    expected = [none, *OPEN, none, *OPEN_SHARED]
    if target.id in LPA2:
        expected = [prot & ~SHAREABILITY for prot in expected]
    assert [hooks.vm_get_page_prot(vm_flags) for vm_flags in range(16)] == expected


def test_page_none_is_that_of_a_mapping_without_rights(hooks):
    """PAGE_NONE and the protection of an inaccessible VMA are one value on this architecture."""
    assert hooks.page_none() == hooks.vm_get_page_prot(0)


@pytest.mark.parametrize(("era", "vm_mte"), [("v61", 1 << 32), ("v612", 1 << 36)])
def test_guarded_and_tagged_mappings(request, era, vm_mte):
    """VM_ARM64_BTI adds GP, and VM_MTE of each kernel the index of tagged memory."""
    hooks = request.getfixturevalue(era)
    assert hooks.vm_get_page_prot(1 << 24 | 5) == 0x0024000000000FC3
    assert hooks.vm_get_page_prot(vm_mte | 10) == 0x0068000000000FC7


@pytest.mark.parametrize("memory_type", [2, 3, 4])
def test_device_memory_stays_device_memory(corner, memory_type):
    """pgprot_modify keeps a memory type that is not the ordinary one, and with it XN."""
    device = 0x0060000000000FC3 | memory_type << 2
    assert corner.pgprot_modify(device, READONLY_EXEC) == 0x0060000000000FC3 | memory_type << 2


def test_ordinary_memory_takes_the_new_protection(corner):
    """pgprot_modify takes the new protection as it is for normal memory."""
    assert corner.pgprot_modify(SHARED, READONLY_EXEC) == READONLY_EXEC


@pytest.mark.parametrize(
    ("helper", "expected"),
    [
        ("pgprot_noncached", 0x0068000000000FCF),
        ("pgprot_device", 0x0068000000000FD3),
        ("pgprot_writecombine", 0x0068000000000FCB),
        ("pgprot_dmacoherent", 0x0068000000000FCB),
        ("pgprot_tagged", 0x0028000000000FC7),
        ("pgprot_nx", 0x0028000000000FC3),
        ("mk_pmd_sect_prot", 0x0028000000000FC1),
        ("mk_pud_sect_prot", 0x0028000000000FC1),
    ],
)
def test_what_a_protection_is_made_into(corner, helper, expected):
    """A memory type replaces AttrIndx, device memory is never executed, a block lacks bit 1."""
    assert corner.helpers[helper](SHARED_EXEC) == expected
