"""The points about the line between generic code and architecture: M2 to M5 and M7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.fault import handle_mm_fault
from archcore.mm.hugepages import huge_of
from archcore.mm.outcome import Outcome
from archcore.mm.protect import change_prot_numa
from archcore.report.document import hexword
from archcore.report.review.point import Fact, Question
from archcore.report.review.watching import BASE, calls, hook, instead, kinds, scene, word
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from archcore.races.scene import Scene
    from archcore.report.review.point import Side

ARMS = ("pte_mknuma", "pmd_mknuma")
DISARMS = ("pte_mknonnuma", "pmd_mknonnuma")
ASKS = ("pte_numa", "pmd_numa")  # listened to, since some compare with what they build
REBUILDS = ("pte_modify", "pmd_modify", "vm_get_page_prot", "page_none")
MARK = "pmd_trans_splitting"
PAGES = 4


def by_kind(found: dict[str, dict[str, object]]) -> dict[str, object]:
    """Return what was found of a base page, and under a name of its own of a huge one."""
    return found[BASE] | {kind: one for kind, one in found.items() if kind != BASE}


def _m2(side: Side) -> Fact:
    found: dict[str, dict[str, object]] = {}
    for level, (kind, of) in enumerate(kinds(side).items()):
        before, answer = word(of), hook(of, "mknuma")(of.vma, word(of))
        of.scan(of.t2)
        layout, armed = side.target.geometry.levels[level].layout, word(of)
        changed = before ^ armed
        found[kind] = {
            "what arming changes": [
                one.name for one in layout.fields if layout.mask(one.name).value & changed
            ],
            "armed": hexword(armed),
            "as the target says": armed == answer or not changed,
        }
    for kind, of in kinds(side).items():
        found[kind]["made otherwise, stored as it was made"] = _otherwise(of)
        found[kind]["known by its target alone"] = _told_apart(of)
    holds = all(one is not False for each in found.values() for one in each.values())
    return Fact(holds and bool(found[BASE]["what arming changes"]), by_kind(found))


def _otherwise(of: Scene) -> bool:
    """Let the target make hints that are old, and say whether one like that is stored."""
    made, old, before = hook(of, "mknuma"), hook(of, "mkold"), word(of)
    name = "pte_mknuma" if of.pte_slot else "pmd_mknuma"
    with instead(of, {name: lambda vma, entry: old(made(vma, entry))}):
        of.scan(of.t2)
    return word(of) in {before, old(made(of.vma, before))}


def _told_apart(of: Scene) -> bool:
    """Say whether a fault takes for a hint what the target says is one, and nothing else."""
    of.arm()
    name = "pte_numa" if of.pte_slot else "pmd_numa"
    with instead(of, {name: lambda *_: False}):
        denied = handle_mm_fault(of.engine, of.t1, of.page, Access.READ)
    said = handle_mm_fault(of.engine, of.t1, of.page, Access.READ)
    return denied is not Outcome.HINT and said is Outcome.HINT


def _m3(side: Side) -> Fact:
    found: dict[str, dict[str, object]] = {}
    holds = True
    for kind, of in kinds(side).items():
        with calls(of, *ARMS, *REBUILDS) as heard:
            armed = of.scan(of.t2)
        pages = of.size // of.engine.geometry.page_size
        found[kind] = {"entries armed": armed // pages, "hooks called": heard}
        holds &= armed == pages * len(heard) and set(heard) <= set(ARMS)
    armed, heard = _as_array(side)
    found[f"{PAGES} pages at once"] = {"entries armed": armed, "hooks called": heard}
    return Fact(holds and (armed, heard) == (PAGES, ["pte_mknuma"]), by_kind(found))


def _as_array(side: Side) -> tuple[int, list[str]]:
    """Arm neighbouring pages as one array."""
    machine = Machine(side.target, side.engine, frames_per_node=1024)
    mm, geometry = machine.mm(), machine.engine.geometry
    start, size = 8 * geometry.levels[1].size, geometry.page_size
    vma = mm.mmap(start, start + PAGES * size, VM_READ | VM_WRITE)
    task, other = machine.task(mm, 0, 1), machine.task(mm, 1, 2)
    for number in range(PAGES):
        machine.store(task, start + number * size, 1)
    with calls(machine, *ARMS, *REBUILDS) as heard:
        armed = change_prot_numa(machine.engine, other, vma, vma.vm_start, vma.vm_end)
    return armed, heard


def _m4(side: Side) -> Fact:
    found: dict[str, dict[str, object]] = {}
    holds = True
    for kind, of in kinds(side).items():
        of.used_by(of.t2)
        of.arm()
        hint, same = word(of), "pte_same" if of.pte_slot else "pmd_same"
        alone = hook(of, "mkyoung")(hook(of, "mknonnuma")(of.vma, hint))
        if side.engine.recomputes_write:
            alone = hook(of, "mkwrite")(alone, of.vma)
        policy = "mpol_misplaced"
        with instead(of, {policy: lambda *_: None}), calls(of, same, policy) as heard:
            of.load(of.t2)
        placed = hook(of, "mkyoung")(word(of))
        found[kind] = {
            "hint": hexword(hint),
            "only disarmed": hexword(alone),
            "after a fault": hexword(placed),
            "asked": heard,
        }
        holds &= placed == alone and heard[:2] == [same, policy] and heard.count(policy) == 1
    return Fact(holds, by_kind(found))


def _m5(side: Side) -> Fact:
    of = scene(side)
    of.split()
    slot = of.pte_slot
    if slot is None:
        return Fact(holds=False, found={"after the split": "a huge page still stands there"})
    of.arm()
    with calls(of, MARK) as heard:
        of.load(of.t1)
    found: dict[str, object] = {
        "looks for the mark of a split, for one hint of a base page": len(heard)
    }
    marked = scene(side)
    if not marked.huge or not side.engine.marks_splitting:
        return Fact(not heard, found)
    wanted = int(huge_of(marked.engine).marks)
    marked.arm()
    marked.mark_splitting()
    with calls(marked, "pmd_mknonnuma") as settled:
        answer = handle_mm_fault(marked.engine, marked.t1, marked.page, Access.READ)
    found["a fault on a huge page that is being split"] = answer.name
    return Fact(len(heard) == wanted and answer is Outcome.RETRY and not settled, found)


def _m7(side: Side) -> Fact:
    found: dict[str, dict[str, object]] = {}
    holds = True
    for kind, of in kinds(side).items():
        entry, young = word(of), hook(of, "mkyoung")
        entries = {
            "as it was": entry,
            "read-only": hook(of, "wrprotect")(entry),
            "clean": hook(of, "mkclean")(entry),
            "old": hook(of, "mkold")(entry),
        }
        back, heard = {}, list[str]()
        for name, one in entries.items():
            back[name], asked = _through_a_hint(of, one)
            heard += asked
        lost = {
            name: f"{hexword(one)} comes back as {hexword(back[name])}"
            for name, one in entries.items()
            if young(back[name]) != young(one)
        }
        called = {name: heard.count(name) for name in dict.fromkeys(heard)}
        found[kind] = {"does not come back": lost, "hooks called": called}
        name = "pte_mknonnuma" if of.pte_slot else "pmd_mknonnuma"
        holds &= not lost and called == {name: len(entries)}
    return Fact(holds, by_kind(found))


def _through_a_hint(of: Scene, entry: int) -> tuple[int, list[str]]:
    """Arm an entry and let a load disarm it; return what stands there, and the hooks called."""
    (of.pte_slot or of.pmd_slot).store(entry)
    of.arm()
    with calls(of, *DISARMS, *REBUILDS, *ASKS) as heard:
        of.load(of.t1)
    return word(of), [one for one in heard if one not in ASKS]


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
        "The policy is asked once, after the second look; where it lets a page stay, the fault "
        "leaves the entry that disarming alone gives.",
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
        "The fault disarms by that hook alone, and the entry that was armed comes back, but for "
        "the accessed flag.",
        _m7,
    ),
)
