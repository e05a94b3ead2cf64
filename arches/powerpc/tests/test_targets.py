"""Hints made and unmade, word for word.

The live word is a writable, dirty, young user page: at frame 0x1234 in either era, or the huge page
at frame 0x1200. The words follow from the headers that the targets name.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from archcore.registry import Registry
from archcore_powerpc import archcore_targets

LIVE = {
    ("v3.14", "pte"): 0x0000048D00000383,
    ("v3.14", "pmd"): 0x0000048020000383,
    ("v6.1", "pte"): 0xC000000012340186,
    ("v6.1", "pmd"): 0xC000000012000186,
}
HINTED = {
    ("v3.14", "pte"): 0x0000048D00000392,
    ("v3.14", "pmd"): 0x0000048020000392,
    ("v6.1", "pte"): 0xC000000012340180,
    ("v6.1", "pmd"): 0xC000000012000180,
}
LEVELS = pytest.mark.parametrize("level", ["pte", "pmd"])


@LEVELS
def test_arming(target, hooks, level, private):
    """Linux 3.14 trades PRESENT for NUMA; 6.1 takes the rights and leaves PRIVILEGED clear."""
    hinted = getattr(hooks, f"{level}_mknuma")(private, LIVE[target.era, level])
    assert hinted == HINTED[target.era, level]


@LEVELS
def test_disarming_gives_the_live_word_back(target, hooks, level, private):
    """Both eras restore the word they hinted, bit for bit, in a private mapping too."""
    restored = getattr(hooks, f"{level}_mknonnuma")(private, HINTED[target.era, level])
    assert restored == LIVE[target.era, level]


@LEVELS
def test_a_read_only_page_stays_read_only(target, hooks, level, private):
    """A page without write permission comes back from a hint without it."""
    read_only = getattr(hooks, f"{level}_wrprotect")(LIVE[target.era, level])
    hinted = getattr(hooks, f"{level}_mknuma")(private, read_only)
    restored = getattr(hooks, f"{level}_mknonnuma")(private, hinted)
    assert restored == read_only
    assert not getattr(hooks, f"{level}_write")(hinted)


def test_the_none_protection_closes_a_live_page(hash_v314, radix_v61):
    """PAGE_NONE takes USER and RW in Linux 3.14, and the rights, for PRIVILEGED, in 6.1."""
    closed = [
        hooks.pte_modify(LIVE[era, "pte"], hooks.page_none())
        for hooks, era in ((hash_v314, "v3.14"), (radix_v61, "v6.1"))
    ]
    assert closed == [0x0000048D00000181, 0xC000000012340188]


@LEVELS
def test_a_hint_remembers_write_permission(target, hooks, level):
    """The hint of a writable page is writable to the kernel in both eras."""
    assert getattr(hooks, f"{level}_write")(HINTED[target.era, level])


def test_only_linux_61_needs_the_vma_to_know_a_hint(hash_v314, radix_v61, private):
    """The bit of Linux 3.14 is the hint anywhere; the word of Linux 6.1 only where access is."""
    closed = SimpleNamespace(accessible=False)
    for hooks, era, elsewhere in ((hash_v314, "v3.14", True), (radix_v61, "v6.1", False)):
        hint = HINTED[era, "pte"]
        assert [hooks.pte_numa(vma, hint) for vma in (private, closed)] == [True, elsewhere]
    assert "vma" not in hash_v314.needs("pte_numa")
    assert "vma" in radix_v61.needs("pte_numa")


def test_arming_makes_a_page_young_in_linux_61_alone(hash_v314, radix_v61, private):
    """PAGE_NONE contains ACCESSED and pte_modify does not mask it; the bit of 3.14 adds nothing."""
    young = []
    for hooks, era in ((hash_v314, "v3.14"), (radix_v61, "v6.1")):
        old = hooks.pte_mkold(LIVE[era, "pte"])
        young.append(hooks.pte_young(hooks.pte_mknuma(private, old)))
    assert young == [False, True]


def test_memory_holds_entries_big_endian(target):
    """A hint of Linux 6.1 read from memory as a little-endian word is the one seen in dumps."""
    stored = (0xC000000012340188).to_bytes(8, target.geometry.byteorder)
    assert int.from_bytes(stored, "little") == 0x88013412000000C0


@pytest.mark.parametrize(
    ("era", "levels", "va_bits"),
    [
        ("v3.14", [("pte", 16, 8), ("pmd", 24, 10), ("pgd", 34, 12)], 46),
        ("v6.1", [("pte", 16, 5), ("pmd", 21, 9), ("pud", 30, 9), ("pgd", 39, 13)], 52),
    ],
)
def test_the_levels_of_each_geometry(era, levels, va_bits):
    """Hash with 64K pages has 16 MB huge pages and three levels; radix 2 MB ones and four."""
    (geometry,) = [target.geometry for target in archcore_targets() if target.era == era]
    assert [(level.name, level.shift, level.index_bits) for level in geometry.levels] == levels
    assert geometry.va_bits == va_bits


@pytest.mark.parametrize(("era", "table_bytes"), [("v3.14", 4096), ("v6.1", 256)])
def test_hash_keeps_slot_words_behind_the_entries(era, table_bytes):
    """A hash PTE table is a 4K fragment, half of it for hash slots; a radix one is 32 words."""
    (geometry,) = [target.geometry for target in archcore_targets() if target.era == era]
    assert geometry.level("pte").table_bytes == table_bytes


def test_every_target_fits_the_boundary():
    """Both targets register, and lack nothing that is required of a target."""
    registry = Registry()
    registered = registry.register(type("Plugin", (), {"archcore_targets": archcore_targets}))
    ids = [target.id for target in registered]
    assert ids == ["powerpc-hash-64k-v3.14", "powerpc-radix-64k-v6.1"]
