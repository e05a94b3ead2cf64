"""The promises of the patch's own changelog: P1 to P4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.hw.mmu import Access
from archcore.mm.fault import fault_in, handle_mm_fault
from archcore.mm.outcome import Outcome
from archcore.mm.syscalls import mprotect
from archcore.mm.watch import NOTIFIERS
from archcore.report.document import hexword
from archcore.report.review.boundary import ARMS, by_kind
from archcore.report.review.point import Fact, Question
from archcore.report.review.watching import (
    BASE,
    HUGE,
    calls,
    hook,
    kinds,
    listening,
    scene,
    word,
)
from archcore.vmflags import VM_NONE, VM_READ, VM_SHARED, VM_WRITE

if TYPE_CHECKING:
    from archcore.mm.vma import Vma
    from archcore.races.scene import Scene
    from archcore.report.review.point import Side

START, END = NOTIFIERS
FLUSH = "flush_tlb_range"
STORES = ("ptep_modify_prot_commit", "pmdp_invalidate_ad", "set_pmd_at")


def _p1(side: Side) -> Fact:
    found: dict[str, dict[str, object]] = {}
    holds = True
    for kind, of in kinds(side).items():
        mprotect(of.engine, of.t1, of.page, of.page + of.size, VM_NONE)
        answer = of.load(of.t1)
        vma = of.mm.vmas.find(of.page)
        forced = None if vma is None else fault_in(of.engine, of.t1, vma, of.page, Access.READ)
        settled = of.machine.vmstat.numa_hint_faults
        found[kind] = {
            "a load of a page without rights": _said(answer),
            "a fault that is forced": _said(forced),
            "hints settled": settled,
        }
        holds &= answer is Outcome.SIGSEGV and forced is not Outcome.HINT and not settled
    return Fact(holds, by_kind(found))


def _said(answer: object) -> object:
    return answer.name if isinstance(answer, Outcome) else answer


def _p2(side: Side) -> Fact:
    small, found = scene(side, huge=False), dict[str, dict[str, object]]()
    start = small.page + 16 * small.size
    shared = small.mm.mmap(start, start + small.size, VM_READ | VM_WRITE | VM_SHARED)
    small.machine.store(small.t1, start, 1)
    slot = small.mm.tables.slot(start)
    hooks, entry = small.engine.hooks, 0 if slot is None else slot.load()
    tracked = hooks.pte_wrprotect(hooks.pte_mkclean(entry))
    if slot is not None:
        slot.store(tracked)
    found[BASE] = _tracked(small, shared, tracked)
    huge = scene(side)
    if huge.huge:
        leaf = hook(huge, "wrprotect")(hook(huge, "mkclean")(word(huge)))
        huge.pmd_slot.store(leaf)
        found[HUGE] = _tracked(huge, huge.vma, leaf)
    holds = not any(one["taken for a hint"] or one["hints settled"] for one in found.values())
    return Fact(holds, by_kind(found))


def _tracked(of: Scene, vma: Vma, entry: int) -> dict[str, object]:
    """Store to a page through an entry without the right to write."""
    of.flush_tlbs()
    of.machine.load(of.t1, vma.vm_start)
    of.machine.store(of.t1, vma.vm_start, 2)
    hooks = of.engine.hooks
    taken = hooks.pmd_numa(vma, entry) if vma is of.vma else hooks.pte_numa(vma, entry)
    return {
        "an entry closed to track stores": hexword(entry),
        "taken for a hint": bool(taken),
        "hints settled": of.machine.vmstat.numa_hint_faults,
    }


def _p3(side: Side) -> Fact:
    of = scene(side)
    if of.engine.huge is None:
        return Fact(holds=False, found={"huge pages": "none on this target"})
    start = of.page + 4 * of.size
    fixed = of.mm.mmap(start, start + of.size, VM_READ | VM_WRITE | VM_SHARED, hugetlb=True)
    of.machine.store(of.t1, start, 1)
    with calls(of, *ARMS) as heard:
        armed = of.scan_of(of.t2, fixed)
    slot, hooks = of.mm.tables.pmd(start), of.engine.hooks
    hinted = slot is not None and bool(hooks.pmd_numa(fixed, slot.load()))
    if slot is not None:
        slot.store(hooks.pmd_mknuma(fixed, slot.load()))
    answer = handle_mm_fault(of.engine, of.t1, start, Access.READ)
    settled = of.machine.vmstat.numa_hint_faults
    found = {
        "base pages armed": armed,
        "hooks called": heard,
        "a fault there, were it armed": answer.name,
        "hints settled": settled,
    }
    road = answer is not Outcome.HINT and not settled
    return Fact(road and not (armed or heard or hinted), found)


def _p4(side: Side) -> Fact:
    found: dict[str, dict[str, object]] = {}
    holds = True
    for kind, of in kinds(side).items():
        order, spans = list[str](), dict[str, tuple[int, int]]()

        def note(
            name: str,
            given: tuple[Any, ...],
            order: list[str] = order,
            spans: dict[str, tuple[int, int]] = spans,
        ) -> None:
            order.append(name)
            spans[name] = given[1:3]

        with listening(of, note, START, END, FLUSH, *STORES):
            of.scan(of.t2)
        inside = order[:1] == [START] and order[-1:] == [END] and FLUSH in order
        first, last = spans.get(START, (0, 0))
        covers = first <= of.page and of.page + of.size <= last and spans.get(END) == (first, last)
        found[kind] = {"order of calls": order, "the bracket covers the page": covers}
        holds &= inside and covers
    return Fact(holds, by_kind(found))


PROMISES = (
    Question(
        "P1",
        "Is a page without any rights taken for a hint?",
        "No: its fault ends in SIGSEGV and settles nothing, not even one that is forced.",
        _p1,
    ),
    Question(
        "P2",
        "Is an entry that is closed to track stores taken for a hint?",
        "No: an entry without the right to write is an ordinary one, and its faults settle none.",
        _p2,
    ),
    Question(
        "P3",
        "Do pages of hugetlbfs take their own road?",
        "Yes: a scan arms nothing of such a VMA, and its faults settle no hint.",
        _p3,
    ),
    Question(
        "P4",
        "Does the notifier bracket enclose the flush?",
        "Arming begins a bracket of the page before it changes an entry, and ends it after the "
        "flush.",
        _p4,
    ),
)
