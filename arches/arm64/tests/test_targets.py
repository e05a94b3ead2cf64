"""Hints made and unmade, word for word.

The live word is a user page at frame 0x12345, or a 2M block at 0x40000000, writable, dirty and
young; the words follow from arch/arm64/include/asm/pgtable.h and pgtable-prot.h of each kernel.
"""

from __future__ import annotations

import pytest

from archcore.registry import Registry, check
from archcore_arm64 import archcore_targets

LIVE = {"pte": 0x00E8000012345F43, "pmd": 0x00E8000040000F41}
HINTED = {
    ("v6.1", "pte"): 0x04E8000012345F02,
    ("v6.1", "pmd"): 0x04E8000040000F00,
    ("v6.12", "pte"): 0x00E0000012345F82,
    ("v6.12", "pmd"): 0x00E0000040000F80,
}
PLAIN = {
    ("v6.1", "pte"): 0x04E0000012345F82,
    ("v6.1", "pmd"): 0x04E0000040000F80,
    ("v6.12", "pte"): 0x00E0000012345F82,
    ("v6.12", "pmd"): 0x00E0000040000F80,
}
LEVELS = pytest.mark.parametrize("level", ["pte", "pmd"])


@LEVELS
def test_the_none_protection_closes_a_live_page(target, hooks, level):
    """Under PAGE_NONE the page keeps frame, age and dirtiness and loses what lets it be used."""
    closed = getattr(hooks, f"{level}_modify")(LIVE[level], hooks.page_none())
    assert closed == PLAIN[target.era, level]


@LEVELS
def test_arming_remembers_write_permission_in_v61_alone(target, hooks, level, private):
    """A hint of Linux 6.1 carries WRITE; one of Linux 6.12 is plain PAGE_NONE."""
    hinted = getattr(hooks, f"{level}_mknuma")(private, LIVE[level])
    assert hinted == HINTED[target.era, level]


@LEVELS
def test_a_hint_is_one_only_where_access_is_allowed(target, hooks, level, private):
    """The same word is a hint in an accessible VMA, and genuine PROT_NONE in another."""
    numa = getattr(hooks, f"{level}_numa")
    closed = type(private)(accessible=False)
    asked = (numa(private, HINTED[target.era, level]), numa(closed, HINTED[target.era, level]))
    assert asked == (True, False)


@LEVELS
def test_disarming_v61_gives_the_live_word_back(v61, level, private):
    """Linux 6.1 restores the word it hinted, bit for bit, in a private mapping too."""
    restored = getattr(v61, f"{level}_mknonnuma")(private, HINTED["v6.1", level])
    assert restored == LIVE[level]


@LEVELS
def test_disarming_v612_leaves_write_permission_to_the_engine(v612, level, private):
    """Linux 6.12 restores a private page read-only, dirty and young; mkwrite then completes it."""
    restored = getattr(v612, f"{level}_mknonnuma")(private, HINTED["v6.12", level])
    read_only = {"pte": 0x00E0000012345FC3, "pmd": 0x00E0000040000FC1}
    assert restored == read_only[level]
    assert getattr(v612, f"{level}_mkwrite")(restored, private) == LIVE[level]


@LEVELS
def test_an_old_clean_page_stays_old_and_clean_in_a_hint(target, hooks, level, private):
    """A page that was neither used nor written is not made so by being hinted."""
    mkold, mkclean = getattr(hooks, f"{level}_mkold"), getattr(hooks, f"{level}_mkclean")
    hinted = getattr(hooks, f"{level}_mknuma")(private, mkold(mkclean(LIVE[level])))
    asked = [getattr(hooks, f"{level}_{name}")(hinted) for name in ("young", "dirty", "present")]
    assert asked == [False, False, True]


def test_every_target_fits_the_boundary():
    """Every regime of both kernels registers, and lacks nothing that is required of a target."""
    registry = Registry()
    registered = registry.register(type("Plugin", (), {"archcore_targets": archcore_targets}))
    granules = ["4k", "4k-va39", "16k", "16k-va36", "16k-va48", "64k", "64k-va42", "64k-va52"]
    v61 = {f"arm64-{granule}-v6.1" for granule in granules}
    v612 = {f"arm64-{granule}-v6.12" for granule in (*granules, "4k-va52", "16k-va52")}
    assert {target.id for target in registered} == v61 | v612
    for target in registered:
        check(target)


def test_the_release_is_named_where_backports_changed_answers(target):
    """A target says which stable release it follows."""
    release = {"v6.1": "Linux 6.1.192", "v6.12": "Linux 6.12.117"}[target.era]
    assert any(source.startswith(release) for source in target.sources)
