"""M1: who pays for a page that a fault moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from archcore.mm.costs import Payer
from archcore.report.review.boundary import by_kind
from archcore.report.review.point import Fact, Question, Side
from archcore.report.review.watching import kinds

if TYPE_CHECKING:
    from archcore.races.scene import Scene

COPIES, FAULTS = "pages_copied", "faults"
WAYS = {"as it is": None, "with a background migrator": Payer.MIGRATOR}

Paid = dict[str, dict[str, int]]


def _m1(side: Side) -> Fact:
    found: dict[str, dict[str, object]] = {}
    holds = True
    for name, payer in WAYS.items():
        engine = side.engine if payer is None else evolve(side.engine, migration_payer=payer)
        for kind, of in kinds(Side(engine, side.target)).items():
            copied, paid = _moved(of)
            mover = Payer.FAULT if payer is None else payer
            others = {who for who, work in paid.items() if set(work) & {COPIES, "tlb_flushes"}}
            alone = payer is not None or set(paid) == {Payer.FAULT.value}
            holds &= alone and others <= {mover.value}
            holds &= sum(work.get(COPIES, 0) for work in paid.values()) == copied
            holds &= paid.get(Payer.FAULT.value, {}).get(FAULTS) == 1
            found.setdefault(kind, {})[name] = paid
            found[kind]["frames copied, by the memory itself"] = copied
    return Fact(holds, by_kind(found))


def _moved(of: Scene) -> tuple[int, Paid]:
    """Let a page move to its user; return the frames copied, and who paid for what."""
    of.used_by(of.t2)
    of.arm()
    memory, copied, books = of.engine.memory, set[int](), dict(of.engine.costs.units)
    one, many = memory.copy_frame, memory.copy_frames

    def copy_frame(src: int, dst: int) -> None:
        copied.add(dst)
        one(src, dst)

    def copy_frames(src: int, dst: int, count: int) -> None:
        copied.update(range(dst, dst + count))
        many(src, dst, count)

    vars(memory).update(copy_frame=copy_frame, copy_frames=copy_frames)
    of.load(of.t2)
    paid: Paid = {}
    for (payer, what), units in of.engine.costs.units.items():
        if units != books.get((payer, what), 0):
            paid.setdefault(payer.value, {})[what] = units - books.get((payer, what), 0)
    return len(copied), {who: dict(sorted(work.items())) for who, work in sorted(paid.items())}


PAID = (
    Question(
        "M1",
        "Does the process itself pay for a page that a fault moves?",
        "All work of the move is charged to the faulting task, unless a profile names another, "
        "and what is charged is what was done.",
        _m1,
    ),
)
