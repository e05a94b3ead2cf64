from __future__ import annotations

import pytest

NONE = {"v3.14": 0x101, "v6.1": 0x8000000000000108}
READ = {"v3.14": 0x103, "v6.1": 0x8000000000000104}
READ_EXEC = {"v3.14": 0x107, "v6.1": 0x8000000000000105}
EXEC_ONLY = {"v3.14": 0x107, "v6.1": 0x8000000000000101}
WRITE = {"v3.14": 0x303, "v6.1": 0x8000000000000106}
WRITE_EXEC = {"v3.14": 0x307, "v6.1": 0x8000000000000107}
PRIVATE = [NONE, READ, READ, READ, EXEC_ONLY, READ_EXEC, READ_EXEC, READ_EXEC]
SHARED = [NONE, READ, WRITE, WRITE, EXEC_ONLY, READ_EXEC, WRITE_EXEC, WRITE_EXEC]
VM_SAO = 1 << 24


@pytest.mark.parametrize("vm_flags", range(16))
def test_the_sixteen_combinations(target, hooks, vm_flags):
    """Each combination of READ, WRITE, EXEC and SHARED has the kernel's protection."""
    assert hooks.vm_get_page_prot(vm_flags) == [*PRIVATE, *SHARED][vm_flags][target.era]


def test_page_none_is_that_of_a_mapping_without_rights(target, hooks):
    """PAGE_NONE and the protection of an inaccessible VMA are one value on this architecture."""
    assert hooks.page_none() == hooks.vm_get_page_prot(0) == NONE[target.era]


def test_strong_access_ordering(hash_v314, radix_v61):
    """VM_SAO adds W and I in Linux 3.14, where M is implied, and one attribute in Linux 6.1."""
    found = [hooks.vm_get_page_prot(VM_SAO | 10) for hooks in (hash_v314, radix_v61)]
    assert found == [0x363, 0x8000000000000116]


@pytest.mark.parametrize("kind", [0x20, 0x30], ids=["non-idempotent", "tolerant"])
def test_cache_inhibited_memory_stays_so(radix_v61, kind):
    """pgprot_modify of Linux 6.1 keeps a cache-inhibited memory type."""
    assert radix_v61.pgprot_modify(READ["v6.1"] | kind, WRITE["v6.1"]) == WRITE["v6.1"] | kind


def test_ordinary_memory_takes_the_new_protection(target, hooks):
    """pgprot_modify takes the new protection as it is for cacheable memory."""
    changed = hooks.pgprot_modify(READ[target.era], WRITE_EXEC[target.era])
    assert changed == WRITE_EXEC[target.era]


def test_linux_314_forgets_the_memory_type(hash_v314):
    """pgprot_modify of Linux 3.14 is the generic one, which keeps nothing of the old protection."""
    guarded, no_cache = 0x8, 0x20
    assert hash_v314.pgprot_modify(READ["v3.14"] | guarded | no_cache, WRITE["v3.14"]) == 0x303
