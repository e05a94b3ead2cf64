"""What an encoding costs: each figure proved, recorded or traced, none typed in."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.conformance.capability import HINTS, LEAVES, NEEDS_FLUSH
from archcore.conformance.declare import law
from archcore.conformance.verdict import Status
from archcore.entry import hook_name
from archcore.hw.mmu import Access
from archcore.specimens import live_entries, vma_view
from archcore.vmflags import VM_READ, VM_WRITE
from archcore.words import Mask, implies, negate, same
from archcore.words.lineage import TracedTruth, traced
from archcore.words.record import record

if TYPE_CHECKING:
    from archcore.conformance.judge import Court
    from archcore.conformance.law import Law
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.proposals.candidate import Candidate
    from archcore.conformance.subject import Subject
    from archcore.words.lineage import Traced
    from archcore.words.types import Truth, Word


@law("write-comes-back", LEAVES, HINTS)
def write_comes_back(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Disarming gives write permission back without asking anyone."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    return implies(on.own.write(made), on.own.write(back))


@law("hint-gives-up-valid", LEAVES, HINTS)
def hint_gives_up_valid(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint is not valid, so that the hardware refuses it in every mode."""
    return negate(on.hw_valid(on.own.mknuma(vma, made)))


@law("hint-hides-frame", LEAVES, HINTS)
def hint_hides_frame(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint holds another address than its page has."""
    return negate(same(on.hw_address(on.own.mknuma(vma, made)), on.hw_address(made)))


@law("disarming-owes-no-flush", LEAVES, HINTS)
def disarming_owes_no_flush(on: Subject, vma: Mapping, made: Word) -> Truth:
    """To the kernel's own judgement, replacing a hint by its page owes no flush."""
    hint = on.own.mknuma(vma, made)
    return negate(on.own.needs_flush(hint, on.own.mknonnuma(vma, hint)))


@frozen(kw_only=True)
class Costs:
    """What an encoding costs at all levels that were asked; the truths are proved.

    ``debts`` counts the laws that it breaks as the shipped encoding does, ``learn`` the helpers
    that must learn of it, ``swap_bits`` the bits that swap entries give up, ``software_bits`` those
    that it takes of what neither hardware nor valid entries use. ``gives_up_valid`` is False where
    the model proves user mode refused and says nothing of the kernel. ``flushes`` is None where the
    target does not judge. ``operations`` are those of arming, asking and disarming.
    """

    debts: int
    learn: int
    swap_bits: int
    software_bits: int
    gives_up_valid: bool
    keeps_write: bool
    needs_vma: bool
    flushes: bool | None
    hides_frame: bool
    operations: int

    @property
    def rank(self) -> tuple[int | bool, ...]:
        """The order of encodings, the cheapest first."""
        return (
            not self.gives_up_valid,
            self.debts,
            self.learn,
            self.swap_bits,
            self.software_bits,
            not self.keeps_write,
            self.needs_vma,
            self.operations,
        )


def costs(candidate: Candidate, courts: list[Court], debts: int) -> Costs:
    """Return what a candidate costs, judged at each level, lowest first."""
    plan = candidate.plan
    seen = [court.on for court in courts]

    def proved(fact: Law) -> bool:
        return all(court.hold(fact).status is Status.PROVED for court in courts)

    judged = all(NEEDS_FLUSH.found(on) for on in seen)
    return Costs(
        debts=debts,
        learn=sum(len(names) for names in plan.learn.values()) if plan else 0,
        swap_bits=1 if plan and plan.rooms else 0,
        software_bits=max(software_bits(on) for on in seen),
        gives_up_valid=proved(hint_gives_up_valid),
        keeps_write=proved(write_comes_back),
        needs_vma=any("vma" in on.hooks.needs(hook_name("numa", on.name)) for on in seen),
        flushes=not proved(disarming_owes_no_flush) if judged else None,
        hides_frame=proved(hint_hides_frame),
        operations=operations(seen[0]),
    )


def operations(on: Subject) -> int:
    """Return how many operations arming, asking and disarming take in a private writable VMA."""
    own, vma = on.own, vma_view(on.hooks, VM_READ | VM_WRITE)
    helpers = (own.mknuma, own.mknonnuma, own.numa)
    return sum(record(lambda entry, call=one: call(vma, entry)).cost for one in helpers)


def software_bits(on: Subject) -> int:
    """Return how many bits arming sets that no valid entry has a name for, nor hardware reads."""
    vma, width = vma_view(on.hooks, VM_READ | VM_WRITE), on.width
    frames = (0, on.level.size >> on.target.geometry.page_shift)
    live = [word for frame in frames for word in live_entries(on.hooks, vma, on.name, frame)]
    page = traced(width, ones=Mask(reduce(and_, live), width))
    sets: Mask = on.own.mknuma(vma, page).ones - page.ones
    used = _read_by_hardware(on, page)
    for one in on.level.layout.fields:
        if one.when != "invalid":
            used |= Mask(one.value, width)
    return (sets - used).value.bit_count()


def _read_by_hardware(on: Subject, page: Traced) -> Mask:
    """Return the bits of a page's entry that the hardware model's answers depend on."""
    form = on.target.mmu.format
    truths = [
        *(form.valid(on.level, page), form.leaf(on.level, page), form.reserved(on.level, page)),
        *(form.accessed(page), form.dirty(page)),
        *(form.allows(on.level, page, access) for access in Access),
    ]
    origins = [one.origin for one in truths if isinstance(one, TracedTruth)]
    origins += form.address(on.level, page).bits
    places = frozenset().union(*(one.sources for one in origins))
    return Mask(sum(1 << at for at in places), on.width)
