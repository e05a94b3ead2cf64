"""The entries of base pages that take the place of a huge page's entry, by the split rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from archcore.mm.hugepages import Pmd, huge_of, pmd_kind
from archcore.mm.knobs import SplitRule
from archcore.mm.swapentry import migration_pte, waits_for, writable
from archcore.words.arrays import DTYPES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archcore.mm.engine import Engine
    from archcore.mm.vma import Vma


def small_entries(engine: Engine, vma: Vma, pmd: int) -> NDArray[np.uint64]:
    """Return the entries for a huge page's entry, which may be a migration entry."""
    hooks, huge = engine.hooks, huge_of(engine)
    if pmd_kind(hooks, pmd) is Pmd.MIGRATION:
        return _waiting(engine, pmd)
    word = DTYPES[engine.geometry.width].type
    pfns = np.arange(huge.nr, dtype=word) + word(hooks.pmd_pfn(pmd))
    ptes = hooks.pfn_pte(pfns, vma.vm_page_prot)
    if vma.writable:
        ptes = hooks.pte_mkwrite(ptes, vma)
    ptes = _rights(engine, vma, pmd, ptes)
    return np.broadcast_to(ptes, (huge.nr,)).astype(np.uint64)


def _rights(engine: Engine, vma: Vma, pmd: int, ptes: Any) -> Any:  # noqa: ANN401 - an array
    """Return the entries with what they inherit."""
    hooks, rule = engine.hooks, engine.profile.split
    if rule is not SplitRule.DROPPED or hooks.pmd_dirty(pmd):
        ptes = hooks.pte_mkdirty(ptes)
    ptes = hooks.pte_mkyoung(ptes) if hooks.pmd_young(pmd) else hooks.pte_mkold(ptes)
    if not hooks.pmd_write(pmd):
        ptes = hooks.pte_wrprotect(ptes)
    if rule is SplitRule.CARRIED and hooks.pmd_numa(vma, pmd):
        ptes = hooks.pte_mknuma(vma, ptes)
    if rule is SplitRule.DROPPED and hooks.pmd_soft_dirty(pmd):
        ptes = hooks.pte_mksoft_dirty(ptes)
    if rule is SplitRule.DROPPED and hooks.pmd_uffd_wp(pmd):
        ptes = hooks.pte_mkuffd_wp(hooks.pte_wrprotect(ptes))
    return ptes


def _waiting(engine: Engine, pmd: int) -> NDArray[np.uint64]:
    """Return migration entries of base pages for one of a huge page."""
    hooks = engine.hooks
    swp = hooks.arch_pmd_to_swp_entry(pmd)
    head = waits_for(hooks, swp) or 0
    may_write = writable(hooks, swp)
    count = huge_of(engine).nr
    words = [migration_pte(hooks, head + at, write=may_write) for at in range(count)]
    if hooks.pmd_swp_soft_dirty(pmd):
        words = [hooks.pte_swp_mksoft_dirty(word) for word in words]
    return np.array(words, np.uint64)
