from __future__ import annotations

import pytest

VM_SAO = 1 << 24
READ, READ_WRITE = 0x8000000000000104, 0x8000000000000106
KEY = 32


def test_execute_only_is_radix_s_alone(hooks_of):
    """Hash maps EXEC as READ and EXEC and leaves the rest to keys; so did Linux 4.12 on radix."""
    found = {name: hooks.vm_get_page_prot(4) for name, hooks in hooks_of.items() if "64k" in name}
    read_too = 0x8000000000000105
    assert found == {
        "hash-64k-v3.14": 0x107,
        "hash-64k-v4.0": 0x107,
        "radix-64k-v4.12": read_too,
        "hash-64k-v4.12": read_too,
        "radix-64k-v6.1": 0x8000000000000101,
        "hash-64k-v6.1": read_too,
        "radix-64k-v6.12": 0x8000000000000101,
        "hash-64k-v6.12": read_too,
    }


def test_a_private_mapping_is_never_writable(hooks):
    """Stores to it are copied first, whatever it allows."""
    assert not any(hooks.pte_write(hooks.vm_get_page_prot(flags)) for flags in range(1, 8))


def test_strong_access_ordering(hash_v314, radix_v61):
    """VM_SAO adds W and I in Linux 3.14, where M is implied, and one attribute in Linux 6.1."""
    found = [hooks.vm_get_page_prot(VM_SAO | 10) for hooks in (hash_v314, radix_v61)]
    assert found == [0x363, 0x8000000000000116]


@pytest.mark.parametrize("kind", [0x20, 0x30], ids=["non-idempotent", "tolerant"])
def test_cache_inhibited_memory_stays_so(radix_v61, kind):
    """pgprot_modify of Linux 6.1 keeps a cache-inhibited memory type."""
    assert radix_v61.pgprot_modify(READ | kind, READ_WRITE) == READ_WRITE | kind


def test_ordinary_memory_takes_the_new_protection(hooks):
    """pgprot_modify takes the new protection as it is for cacheable memory."""
    old, new = hooks.vm_get_page_prot(1), hooks.vm_get_page_prot(15)
    assert hooks.pgprot_modify(old, new) == new


@pytest.mark.parametrize(
    ("helper", "result"),
    [
        ("pgprot_cached", READ),
        ("pgprot_noncached", READ | 0x20),
        ("pgprot_noncached_wc", READ | 0x30),
        ("pgprot_writecombine", READ | 0x30),
    ],
)
def test_memory_types(radix_v61, helper, result):
    """Each type replaces another, strong access ordering among them."""
    found = {radix_v61.helpers[helper](READ | kind) for kind in (0, 0x10, 0x20, 0x30)}
    assert found == {result}


@pytest.mark.parametrize(("name", "kept"), [("hash-4k-v6.1", 7), ("hash-64k-v6.1", 31)])
def test_keys_of_a_vma(hooks_of, name, kept):
    """A key comes back from an entry; with 4K pages there are three bits for it."""
    hooks = hooks_of[name]
    for key in range(32):
        prot = hooks.vm_get_page_prot(3 | key << KEY)
        assert hooks.helpers["hash__pte_to_pkey_bits"](prot) == key & kept
        assert hooks.helpers["hash__vmflag_to_pte_pkey_bits"](key << KEY) == prot ^ READ


def test_radix_has_no_keys(radix_v61):
    """On radix vm_get_page_prot does not look at them."""
    assert radix_v61.vm_get_page_prot(3 | 31 << KEY) == READ
