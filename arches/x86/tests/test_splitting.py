"""Huge pages that are being split say so in their entry, until Linux 4.4."""

from __future__ import annotations

import pytest

from archcore.binding import bind
from archcore.machine import Machine
from archcore.registry import installed


@pytest.mark.parametrize(
    ("target_id", "marks"), [("x86-v3.8", True), ("x86-v6.1", False), ("x86-v6.12", False)]
)
def test_the_mark_is_the_entrys_own_where_the_format_has_it(target_id, marks):
    """A machine keeps the mark beside entries only where they have no place for it."""
    built = Machine(installed().get(target_id), "v3.8", frames_per_node=1 << 11, thp=True)

    assert built.engine.huge.marks is marks


def test_the_mark_changes_nothing_else():
    """pmd_mksplitting sets one bit, by which pmd_trans_splitting knows the entry."""
    target = installed().get("x86-v3.8")
    hooks = bind(target)
    leaf = hooks.pmd_mkhuge(hooks.pfn_pmd(512, hooks.vm_get_page_prot(1)))

    marked = hooks.pmd_mksplitting(leaf)

    assert (bool(hooks.pmd_trans_splitting(leaf)), bool(hooks.pmd_trans_splitting(marked))) == (
        False,
        True,
    )
    assert (marked ^ leaf).bit_count() == 1
    assert hooks.pmd_pfn(marked) == 512
