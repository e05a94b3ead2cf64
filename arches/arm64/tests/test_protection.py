from __future__ import annotations

import pytest

READONLY, READONLY_EXEC = 0x0060000000000FC3, 0x0020000000000FC3
SHARED, SHARED_EXEC = 0x0068000000000FC3, 0x0028000000000FC3
NONE = {"v6.1": 0x0460000000000F82, "v6.12": 0x0060000000000F82}
OPEN = [READONLY, READONLY, READONLY, *[READONLY_EXEC] * 4]
OPEN_SHARED = [READONLY, SHARED, SHARED, READONLY_EXEC, READONLY_EXEC, SHARED_EXEC, SHARED_EXEC]


@pytest.mark.parametrize("vm_flags", range(16))
def test_the_sixteen_combinations(target, hooks, vm_flags):
    """Each combination of READ, WRITE, EXEC and SHARED has the kernel's protection."""
    none = NONE[target.era]
    expected = [none, *OPEN, none, *OPEN_SHARED][vm_flags]
    assert hooks.vm_get_page_prot(vm_flags) == expected


def test_page_none_is_that_of_a_mapping_without_rights(target, hooks):
    """PAGE_NONE and the protection of an inaccessible VMA are one value on this architecture."""
    assert hooks.page_none() == hooks.vm_get_page_prot(0) == NONE[target.era]


@pytest.mark.parametrize(("era", "vm_mte"), [("v61", 1 << 32), ("v612", 1 << 36)])
def test_guarded_and_tagged_mappings(request, era, vm_mte):
    """VM_ARM64_BTI adds GP, and VM_MTE of each kernel the index of tagged memory."""
    hooks = request.getfixturevalue(era)
    assert hooks.vm_get_page_prot(1 << 24 | 5) == 0x0024000000000FC3
    assert hooks.vm_get_page_prot(vm_mte | 10) == 0x0068000000000FC7


@pytest.mark.parametrize("memory_type", [2, 3, 4])
def test_device_memory_stays_device_memory(hooks, memory_type):
    """pgprot_modify keeps a memory type that is not the ordinary one, and with it XN."""
    device = 0x0060000000000FC3 | memory_type << 2
    assert hooks.pgprot_modify(device, READONLY_EXEC) == 0x0060000000000FC3 | memory_type << 2


def test_ordinary_memory_takes_the_new_protection(hooks):
    """pgprot_modify takes the new protection as it is for normal memory."""
    assert hooks.pgprot_modify(SHARED, READONLY_EXEC) == READONLY_EXEC
