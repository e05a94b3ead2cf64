"""Points around the hooks that touch what others may touch: slots, TLBs, secondary MMUs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.hookspecs import arguments
from archcore.hw.seam import Place, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.binding import Hooks
    from archcore.hw.seam import Seam

SLOTS = ("ptep", "pmdp")
LOADS = ("ptep_get", "pmdp_get")
STORES = (
    "set_pte_at",
    "ptep_get_and_clear",
    "ptep_set_access_flags",
    "ptep_set_wrprotect",
    "ptep_modify_prot_start",
    "ptep_modify_prot_commit",
    "set_pmd_at",
    "pmd_populate",
    "pmdp_huge_get_and_clear",
    "pmdp_set_access_flags",
    "pmdp_set_wrprotect",
    "pmdp_invalidate",
    "pmdp_invalidate_ad",
    "pmdp_splitting_flush",
)
FLUSHES = ("flush_tlb_page", "flush_tlb_range", "flush_tlb_batched_pending")
NOTIFIERS = ("mmu_notifier_invalidate_range_start", "mmu_notifier_invalidate_range_end")


class Watch:
    """Puts a point in front of each such hook; a hook called by a hook has none of its own.

    What an architecture does inside one hook is one step, since the kernel's own is atomic or
    under a lock that the model's hardware cannot pass.
    """

    def __init__(self, seam: Seam) -> None:
        """Remember where the points go."""
        self._seam, self._inside = seam, False

    def install(self, hooks: Hooks) -> None:
        """Replace the hooks of a machine by ones with points."""
        steps = {
            **dict.fromkeys(LOADS, Step.LOAD),
            **dict.fromkeys(STORES, Step.STORE),
            **dict.fromkeys(FLUSHES, Step.FLUSH),
            **dict.fromkeys(NOTIFIERS, Step.NOTIFY),
        }
        for name, step in steps.items():
            setattr(hooks, name, self._with_point(getattr(hooks, name), step, _place_of(name)))

    def _with_point(
        self, hook: Callable[..., Any], step: Step, place: Callable[..., Place]
    ) -> Callable[..., Any]:
        def watched(*given: Any) -> Any:  # noqa: ANN401 - any hook
            if self._inside:
                return hook(*given)
            self._seam.point(step, place(*given))
            self._inside = True
            try:
                return hook(*given)
            finally:
                self._inside = False

        return watched


def _place_of(name: str) -> Callable[..., Place]:
    """Return what names the place of a call from its arguments."""
    names = arguments(name)
    slot = next((names.index(one) for one in SLOTS if one in names), None)
    if slot is not None:
        return lambda *given: Place("slot", given[slot].address)
    if "vma" in names:
        return lambda *given: Place("mm", given[0].vm_mm.tables.root)
    return lambda *given: Place("mm", given[0].tables.root)
