# ruff: noqa: E501 - the words of a slip stay together
from __future__ import annotations

import hugetoy
import pytest
from planting import Slip

from archcore.mm.profile import PROFILES
from archcore.report.review.all import QUESTIONS
from archcore.report.review.point import Side, answer

V61, SEED, V38 = "v6.1", "seed", "v3.8"
RECHECK = "if not orig.same(engine.hooks.pte_same, pte):\n            return"
KEPT = "engine.locks._held[engine.seam.actor()].append(engine.locks.held()[-1])"
COMPARED = (
    "with engine.locks.pmd(vma.vm_mm, slot):\n"
    "        if still(engine, slot, orig) is None:\n"
    "            return Outcome.RETRY"
)
SLIPS = [
    ("M1", V61, Slip("pages.copy_page", 'engine.costs.charge("pages_copied", count)', "pass")),
    (
        "M1",
        V61,
        Slip(
            "huge_numa.do_huge_pmd_numa_page",
            "engine.costs.paying(engine.profile.migration_payer)",
            'engine.costs.paying(type(engine.costs.payer)("a background migrator"))',
        ),
    ),
    (
        "M2",
        V61,
        Slip("change_pte._change_one", "hooks.pte_mknuma(vma, old)", "hooks.pte_mkyoung(hooks.pte_mknuma(vma, old))"),
    ),
    ("M2", V61, Slip("fault._handle_pte_fault", "hooks.pte_numa(vma, orig_pte)", "True")),
    ("M3", V61, Slip("huge_protect._close", "hooks.pmd_mknuma(vma, old)", "hooks.pmd_mknuma(vma, hooks.pmd_modify(old, vma.vm_page_prot))")),
    (
        "M3",
        V61,
        Slip("change_pte._arm_arrays", "hooks.pte_mknuma(vma, old)", "hooks.pte_mknuma(vma, hooks.pte_mknuma(vma, old))"),
    ),
    (
        "M4",
        V61,
        Slip("numa_fault.do_numa_page", RECHECK, f"engine.hooks.mpol_misplaced(engine, task, vma, address, 1)\n        {RECHECK}"),
    ),
    ("M4", V61, Slip("huge_numa._ordinary", "hooks.pmd_mknonnuma(vma, pmd)", "hooks.pmd_mkclean(hooks.pmd_mknonnuma(vma, pmd))")),
    ("M4", V61, Slip("numa_fault.do_numa_page", "rebuild(engine, vma, address, slot, pfn)", "pass")),
    ("M5", SEED, Slip("hugepages.read_pmd", "splitting(engine, slot, pmd)", "False")),
    ("M5", V38, Slip("huge_fault.fault_pmd", "kind is Pmd.HUGE and orig.splitting", "False")),
    (
        "M6",
        V61,
        Slip("huge_numa._disarm", "hooks, profile = engine.hooks, engine.profile", "hooks, profile = engine.hooks, engine.profile\n    hooks.flush_cache_range(vma, address, address + 1, Reason.UNSTATED)"),
    ),
    ("M6", V61, Slip("protect._flush", "engine.hooks.flush_tlb_range(vma, changed.flush_start, changed.flush_end, reason)", "pass")),
    ("M7", V61, Slip("numa_fault._ordinary", "hooks.pte_mknonnuma(vma, hint)", "hooks.pte_modify(hooks.pte_mknonnuma(vma, hint), vma.vm_page_prot)")),
    ("M9", V61, Slip("huge_fault._after_hint", "AfterHint.RETURN:\n        return None", "AfterHint.RETURN:\n        return orig")),
    (
        "M10",
        V61,
        Slip("huge_numa.do_huge_pmd_numa_page", "nr = huge_of(engine).nr", "nr = huge_of(engine).nr\n    engine.frames.free_huge(engine.frames.allocate_huge(0, huge_of(engine).order))"),
    ),
    ("M12", V61, Slip("numa_fault.do_numa_page", "if pfn is None:\n        return", "with engine.locks.pte(vma.vm_mm, slot):\n        pass")),
    ("M13", V61, Slip("numa_fault.do_numa_page", RECHECK, RECHECK.replace("return", f"{KEPT}\n            return"))),
    ("P1", V61, Slip("fault._handle_pte_fault", "(vma.accessible or not engine.profile.asks_vma) and ", "")),
    ("P1", V61, Slip("huge_fault._huge", "vma.accessible or not engine.profile.asks_vma", "True")),
    ("P2", V61, Slip("fault._handle_pte_fault", "hooks.pte_numa(vma, orig_pte)", "not hooks.pte_write(orig_pte)")),
    ("P3", V61, Slip("fault._settled", "if vma.hugetlb:", "if False:")),
    ("P3", V61, Slip("protect.change_protection", "if vma.hugetlb:", "if False:")),
    ("P4", SEED, Slip("protect.change_protection", "start, end, Reason.RIGHTS_REMOVED", "start, start, Reason.RIGHTS_REMOVED")),
    ("P4", SEED, Slip("protect.change_protection", "if not whole:\n            bracket.finish()", "bracket.finish()")),
]  # fmt: skip


def holds(name, engine):
    """Answer a point under one profile."""
    side = Side(PROFILES[engine], hugetoy.TARGET)
    return answer(QUESTIONS[name], (side,)).facts[0].holds


@pytest.mark.parametrize(
    ("name", "engine", "slip"), SLIPS, ids=[f"{one[0]}-{one[2].function}" for one in SLIPS]
)
def test_each_point_notices_when_the_code_behind_it_is_broken(monkeypatch, name, engine, slip):
    """What holds holds no longer, be it for base pages or for huge ones."""
    assert holds(name, engine)
    slip.plant(monkeypatch)
    assert not holds(name, engine)


@pytest.mark.parametrize(
    ("name", "slip"),
    [
        ("M6", Slip("numa_fault.disarm", "profile.disarm_flush_cache is not None", "False")),
        ("M9", Slip("huge_fault._after_hint", "rechecks_splitting):\n        return orig", "rechecks_splitting):\n        return None")),
        ("M10", Slip("huge_wp._reuse_or_copy", "page = None", f"page = None\n    {COMPARED}")),
    ],
)  # fmt: skip
def test_what_the_reviewer_asked_for_mends_the_point(monkeypatch, name, slip):
    """The patch fails until it is changed as the review says."""
    assert not holds(name, SEED)
    slip.plant(monkeypatch)
    assert holds(name, SEED)
