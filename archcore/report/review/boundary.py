"""The points about the line between generic code and architecture: M2 to M5, M7, P1 to P4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.outcome import Outcome
from archcore.mm.syscalls import mprotect
from archcore.report.document import hexword
from archcore.report.review.point import Fact, Question
from archcore.report.review.watching import calls, scene
from archcore.vmflags import VM_NONE, VM_READ, VM_SHARED, VM_WRITE

if TYPE_CHECKING:
    from archcore.races.scene import Scene
    from archcore.report.review.point import Side

ARMS = ("pte_mknuma", "pmd_mknuma")
REBUILDS = ("pte_modify", "pmd_modify", "vm_get_page_prot", "page_none")
START, END = "mmu_notifier_invalidate_range_start", "mmu_notifier_invalidate_range_end"
MARKS = ("pmd_trans_splitting", "pmdp_get")


def _word(of: Scene) -> int:
    slot = of.pte_slot or of.pmd_slot
    return slot.load()


def _m2(side: Side) -> Fact:
    of = scene(side, huge=False)
    before, hooks = _word(of), of.engine.hooks
    armed = hooks.pte_mknuma(of.vma, before)
    layout = side.target.geometry.levels[0].layout
    names = [one.name for one in layout.fields if layout.mask(one.name).value & (before ^ armed)]
    known = bool(hooks.pte_numa(of.vma, armed)) and not hooks.pte_numa(of.vma, before)
    return Fact(known and bool(names), {"what arming changes": names, "armed": hexword(armed)})


def _m3(side: Side) -> Fact:
    of = scene(side, huge=False)
    with calls(of, *ARMS, *REBUILDS) as heard:
        armed = of.scan(of.t2)
    found = {"entries armed": armed, "hooks called": heard}
    return Fact(armed == heard.count("pte_mknuma") and not set(heard) & set(REBUILDS), found)


def _m4(side: Side) -> Fact:
    of = scene(side, huge=False)
    of.arm()
    hooks, hint = of.engine.hooks, _word(of)
    of.load(of.t1)
    alone, placed = hooks.pte_mkyoung(hooks.pte_mknonnuma(of.vma, hint)), _word(of)
    same = hooks.pte_mkyoung(placed) == alone or side.engine.recomputes_write
    found = {
        "hint": hexword(hint),
        "only disarmed": hexword(alone),
        "after a fault": hexword(placed),
    }
    return Fact(bool(same), found)


def _m5(side: Side) -> Fact:
    of = scene(side)
    of.split()
    slot = of.pte_slot
    if slot is None:
        return Fact(holds=False, found={"after the split": "a huge page still stands there"})
    slot.store(of.engine.hooks.pte_mknuma(of.vma, slot.load()))
    for cpu in of.machine.cpus:
        cpu.tlb.flush()
    with calls(of, *MARKS) as heard:
        of.load(of.t1)
    marks = heard.count("pmd_trans_splitting")
    return Fact(marks <= 1, {"looks for the mark of a split, for one hint of a base page": marks})


def _m7(side: Side) -> Fact:
    of = scene(side, huge=False)
    hooks, word = of.engine.hooks, _word(of)
    kinds = {
        "as it was": word,
        "read-only": hooks.pte_wrprotect(word),
        "clean": hooks.pte_mkclean(word),
        "old": hooks.pte_mkold(word),
    }
    back = {
        name: hooks.pte_mknonnuma(of.vma, hooks.pte_mknuma(of.vma, entry))
        for name, entry in kinds.items()
    }
    lost = [
        name for name in kinds if hooks.pte_mkyoung(back[name]) != hooks.pte_mkyoung(kinds[name])
    ]
    words = {name: f"{hexword(kinds[name])} comes back as {hexword(back[name])}" for name in lost}
    return Fact(not lost, {"does not come back": words})


def _p1(side: Side) -> Fact:
    of = scene(side, huge=False)
    mprotect(of.engine, of.t1, of.page, of.page + of.size, VM_NONE)
    vma = of.mm.vmas.find(of.page)
    taken = bool(of.engine.hooks.pte_numa(vma, _word(of))) and side.engine.asks_vma is False
    hints = of.machine.outcomes[Outcome.HINT]
    answer = of.load(of.t1)
    faulted = of.machine.outcomes[Outcome.HINT] - hints
    said = answer.name if isinstance(answer, Outcome) else answer
    found = {"a load of a page without rights": said, "hints settled": faulted}
    return Fact(answer is Outcome.SIGSEGV and not faulted and not taken, found)


def _p2(side: Side) -> Fact:
    of = scene(side, huge=False)
    hooks = of.engine.hooks
    shared = of.mm.mmap(
        of.page + 16 * of.size, of.page + 17 * of.size, VM_READ | VM_WRITE | VM_SHARED
    )
    of.machine.store(of.t1, shared.vm_start, 1)
    slot = of.mm.tables.slot(shared.vm_start)
    tracked = hooks.pte_wrprotect(hooks.pte_mkclean(0 if slot is None else slot.load()))
    taken = bool(hooks.pte_numa(shared, tracked))
    found = {"an entry closed to track stores": hexword(tracked), "taken for a hint": taken}
    return Fact(not taken, found)


def _p3(side: Side) -> Fact:
    of = scene(side)
    if of.engine.huge is None:
        return Fact(holds=False, found={"huge pages": "none on this target"})
    start = of.page + 4 * of.size
    fixed = of.mm.mmap(start, start + of.size, VM_READ | VM_WRITE | VM_SHARED, hugetlb=True)
    of.machine.store(of.t1, start, 1)
    with calls(of, *ARMS) as heard:
        armed = of.scan_of(of.t2, fixed)
    slot = of.mm.tables.pmd(start)
    hinted = slot is not None and bool(of.engine.hooks.pmd_numa(fixed, slot.load()))
    return Fact(not (armed or heard or hinted), {"base pages armed": armed, "hooks called": heard})


def _p4(side: Side) -> Fact:
    of = scene(side, huge=False)
    with calls(of, START, END, "flush_tlb_range") as heard:
        of.scan(of.t2)
    order = [one.partition(":")[0] for one in heard]
    inside = order[:1] == [START] and order[-1:] == [END] and "flush_tlb_range" in order
    return Fact(inside, {"order of calls": order})


BOUNDARY = (
    Question(
        "M2",
        "Should generic code say that PROT_NONE is the NUMA bit?",
        "The target alone says what a hint looks like, and knows its own hints again.",
        _m2,
    ),
    Question(
        "M3",
        "Could arming move to the architecture, as pte_mknuma?",
        "Each entry is armed by one call of the hook, and generic code makes up no protection.",
        _m3,
    ),
    Question(
        "M4",
        "What does the place for placement do while there is no policy?",
        "A fault on a page that may stay leaves the entry that disarming alone gives.",
        _m4,
    ),
    Question(
        "M5",
        "Must the handler for base pages look for a huge page being split?",
        "It need not: one look for the mark of a split is enough for a fault.",
        _m5,
    ),
    Question(
        "M7",
        "Could the fault use pte_mknonnuma?",
        "Disarming gives back the entry that was armed, but for the accessed flag.",
        _m7,
    ),
    Question(
        "P1",
        "Is a page without any rights taken for a hint?",
        "No: its fault ends in SIGSEGV and settles nothing.",
        _p1,
    ),
    Question(
        "P2",
        "Is an entry that is closed to track stores taken for a hint?",
        "No: an entry without the right to write is an ordinary one.",
        _p2,
    ),
    Question(
        "P3",
        "Do pages of hugetlbfs take their own road?",
        "Yes: a scan arms nothing of such a VMA.",
        _p3,
    ),
    Question(
        "P4",
        "Does the notifier bracket enclose the flush?",
        "Arming begins the bracket before it flushes and ends it afterwards.",
        _p4,
    ),
)
