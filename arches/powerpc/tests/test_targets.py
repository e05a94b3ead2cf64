"""Which targets there are, and how they differ in what a hint is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from archcore.registry import Registry
from archcore_powerpc import archcore_targets

IDS = [
    "powerpc-hash-4k-v3.14",
    "powerpc-hash-64k-v3.14",
    "powerpc-hash-64k-v4.0",
    *(
        f"powerpc-{mmu}-{pages}-{era}"
        for era in ("v4.12", "v6.1", "v6.12")
        for mmu in ("radix", "hash")
        for pages in ("4k", "64k")
    ),
]
SHAPES = {
    "hash-4k-v3.14": [("pte", 12, 9), ("pmd", 21, 7), ("pud", 28, 9), ("pgd", 37, 9)],
    "hash-64k-v3.14": [("pte", 16, 8), ("pmd", 24, 10), ("pgd", 34, 12)],
    "hash-64k-v4.12": [("pte", 16, 8), ("pmd", 24, 10), ("pud", 34, 7), ("pgd", 41, 8)],
    "hash-64k-v6.1": [("pte", 16, 8), ("pmd", 24, 10), ("pud", 34, 10), ("pgd", 44, 8)],
    "hash-4k-v6.12": [("pte", 12, 9), ("pmd", 21, 7), ("pud", 28, 9), ("pgd", 37, 9)],
    "radix-64k-v6.1": [("pte", 16, 5), ("pmd", 21, 9), ("pud", 30, 9), ("pgd", 39, 13)],
    "radix-4k-v6.12": [("pte", 12, 9), ("pmd", 21, 9), ("pud", 30, 9), ("pgd", 39, 13)],
}


def test_every_target_fits_the_boundary():
    """All targets register, and lack nothing that is required of a target."""
    registry = Registry()
    registered = registry.register(type("Plugin", (), {"archcore_targets": archcore_targets}))
    assert [target.id for target in registered] == IDS


@pytest.mark.parametrize(("name", "levels"), SHAPES.items(), indirect=["name"])
def test_the_levels_of_each_geometry(target, levels):
    """Each level begins and ends where the kernel's index sizes put it."""
    found = [(level.name, level.shift, level.index_bits) for level in target.geometry.levels]
    assert found == levels


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        pytest.param("hash-64k-v3.14", [4096, 16384, 32768], id="hash-64k-v3.14"),
        pytest.param("hash-64k-v4.12", [4096, 16384, 1024, 2048], id="hash-64k-v4.12"),
        pytest.param("hash-64k-v6.1", [4096, 16384, 16384, 2048], id="hash-64k-v6.1"),
        pytest.param("hash-4k-v6.1", [4096, 1024, 4096, 4096], id="hash-4k-v6.1"),
        pytest.param("radix-64k-v6.1", [256, 4096, 4096, 65536], id="radix-64k-v6.1"),
    ],
    indirect=["name"],
)
def test_hash_keeps_slot_words_behind_the_entries(target, sizes):
    """With 64K pages half of a hash table page is for slots and deposited tables."""
    assert [level.table_bytes for level in target.geometry.levels] == sizes


def test_memory_holds_entries_big_endian(target):
    """A hint of Linux 6.1 read from memory as a little-endian word is the one seen in dumps."""
    stored = (0xC000000012340188).to_bytes(8, target.geometry.byteorder)
    assert int.from_bytes(stored, "little") == 0x88013412000000C0


def test_the_raw_word_is_the_stored_one_as_a_little_endian_cpu_loads_it(radix_v61):
    """pte_raw reverses the bytes, pte_stored_bytes leaves them in the order of memory."""
    assert radix_v61.helpers["pte_raw"](0xC000000012340188) == 0x88013412000000C0
    assert radix_v61.helpers["pte_stored_bytes"](0xC000000012340188) == 0xC000000012340188


def test_huge_pages_have_leaves_at_their_levels(by_id):
    """Hash with 4K pages has no transparent huge page, the others have them or 1G pages."""
    leaves = {name: len(target.levels) for name, target in by_id.items()}
    for name, count in leaves.items():
        assert count == (1 if "hash-4k" in name else 2 if name in EARLY_64K else 3)


EARLY_64K = ("hash-64k-v3.14", "hash-64k-v4.0")


def test_only_linux_314_knows_a_hint_without_the_vma(hooks_of):
    """The bit of Linux 3.14 is the hint anywhere; the word of later eras only where access is."""
    needing = {name for name, hooks in hooks_of.items() if "vma" in hooks.needs("pte_numa")}
    assert set(hooks_of) - needing == {"hash-4k-v3.14", "hash-64k-v3.14"}


def test_a_hint_is_none_in_a_closed_mapping(hooks, name, private, golden):
    """Where nothing is accessible the same word is a genuine none, but for Linux 3.14."""
    hint = golden[name]["words"]["hint"]
    closed = SimpleNamespace(accessible=False)
    assert hooks.pte_numa(private, hint)
    assert hooks.pte_numa(closed, hint) == name.endswith("v3.14")


def test_arming_makes_a_page_young_since_linux_40(hooks, name, private, golden):
    """PAGE_NONE contains ACCESSED and pte_modify does not mask it; the bit of 3.14 adds nothing."""
    old = hooks.pte_mkold(golden[name]["words"]["live"])
    young = hooks.pte_young(hooks.pte_mknuma(private, old))
    assert young == (not name.endswith("v3.14"))


@pytest.mark.parametrize("level", ["pte", "pmd"])
def test_a_read_only_page_stays_read_only(hooks, level, private, golden, name):
    """A page without write permission comes back from a hint without it."""
    if not hooks.has(f"{level}_mknuma"):
        assert "hash-4k" in name
        return
    read_only = getattr(hooks, f"{level}_wrprotect")(golden[name]["words"]["live"])
    hinted = getattr(hooks, f"{level}_mknuma")(private, read_only)
    assert getattr(hooks, f"{level}_mknonnuma")(private, hinted) == read_only
    assert not getattr(hooks, f"{level}_write")(hinted)


def test_what_write_permission_a_hint_keeps(hooks, name, golden):
    """A hint of a writable page is writable to the kernel until Linux 6.1."""
    kept = hooks.pte_write(golden[name]["words"]["hint"])
    assert kept == (not name.endswith("v6.12"))
