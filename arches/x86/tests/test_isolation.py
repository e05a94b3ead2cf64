"""Two roots under page-table isolation, and what hardware does with each."""

from __future__ import annotations

from itertools import pairwise

from archcore.hw.memory import PhysicalMemory
from archcore.hw.mmu import Access
from archcore.hw.outcome import FaultKind
from archcore.hw.walker import Walker

ROOT, ADDRESS, FRAME = 0x10000, 0x1234567000, 0x7000
EXECUTABLE = 0x25


def _both_roots(target, hooks):
    """Map one executable page below a kernel root and the user root beside it."""
    memory, helpers = PhysicalMemory(target.geometry.page_shift), hooks.helpers
    levels = target.geometry.levels
    tables = {level.name: 0x20000 + 0x1000 * at for at, level in enumerate(levels[:-1])}
    memory.store(
        tables["pte"] + levels[0].index(ADDRESS) * 8,
        hooks.pfn_pte(FRAME >> 12, EXECUTABLE),
        64,
        "little",
    )
    for lower, upper in pairwise(levels[:-1]):
        entry = hooks.pxd_populate(upper.name, tables[lower.name])
        memory.store(tables[upper.name] + upper.index(ADDRESS) * 8, entry, 64, "little")
    slot = ROOT + levels[-1].index(ADDRESS) * 8
    entry = hooks.pxd_populate("pgd", tables[levels[-2].name])
    memory.store(slot, helpers["pti_set_user_pgtbl"](entry), 64, "little")
    memory.store(helpers["kernel_to_user_pgdp"](slot), entry, 64, "little")
    return memory, Walker(target.geometry, target.mmu)


def _outcomes(target, hooks, access):
    memory, walker = _both_roots(target, hooks)
    roots = (ROOT, hooks.helpers["kernel_to_user_pgdp"](ROOT))
    return [walker.walk(memory, root, ADDRESS, access) for root in roots]


def test_both_roots_lead_to_the_same_page(targets, hooks_of):
    """Reading through either root finds the frame, with four levels and with five."""
    for name in ("x86-v4.18", "x86-v6.1", "x86-la57-v6.1", "x86-la57-v6.12"):
        found = _outcomes(targets[name], hooks_of[name], Access.READ)

        assert [one.physical for one in found] == [FRAME, FRAME]


def test_user_code_runs_on_the_user_root_only(targets, hooks_of):
    """The kernel's copy of the top entry refuses fetches."""
    for name in ("x86-v6.1", "x86-la57-v6.12"):
        kernel, user = _outcomes(targets[name], hooks_of[name], Access.EXECUTE)

        assert kernel.kind is FaultKind.PERMISSION
        assert user.physical == FRAME


def test_cr3_names_the_root_whatever_surrounds_it(hooks_of):
    """PCID, tagging and the no-flush bit fall away; bit 12 is part of the address."""
    helpers = hooks_of["x86-la57-v6.12"].helpers
    cr3 = 1 << 63 | 1 << 61 | helpers["kernel_to_user_pgdp"](ROOT) | 0x804

    assert helpers["read_cr3_pa"](cr3) == ROOT | 0x1000
    assert helpers["user_to_kernel_pgdp"](helpers["read_cr3_pa"](cr3)) == ROOT


def test_eras_before_isolation_have_one_root(hooks_of):
    """Linux 4.15 brought the second root."""
    assert "pti_set_user_pgtbl" not in hooks_of["x86-v4.8"].helpers
