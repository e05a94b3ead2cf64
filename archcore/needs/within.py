"""What an architecture flushes while it stores an entry, where no call of the engine asks for it.

Some have nothing to do in the flushes of generic code, since whatever changes an entry takes the
old one out of TLBs and hashed tables in the same step. That too can be heard, and left out.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from archcore.mm import watch
from archcore.needs.call import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archcore.binding import Hooks
    from archcore.hw.cpu import Cpu

WITHIN_STORES = "flush within stores"
"""Stands for a hook in a Call; the TLBs hear nothing of what is stored when it is left out."""
APART = ("pmdp_invalidate", "pmdp_invalidate_ad", "pmdp_splitting_flush", "pmd_populate")
BATCHES = ("modify_prot_start_ptes", "modify_prot_commit_ptes")
STORES = tuple(one for one in watch.STORES if one not in APART) + BATCHES
"""Hooks that change slots, but for those that generic code flushes after, and for a pointer."""
FORGETTING = frozenset({"invalidate_page", "invalidate_range", "drop", "forget", "flush", "remove"})


class Deaf:
    """A TLB or a hashed table that does not hear what it is to forget."""

    def __init__(self, hearing: object) -> None:
        """Stand before it."""
        self._hearing = hearing

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        """Do nothing for what would forget something, which nothing then was."""
        return _nothing if name in FORGETTING else getattr(self._hearing, name)


def listen_within(
    hooks: Hooks, cpus: Sequence[Cpu], heard: dict[Call, int], left_out: Call | None = None
) -> None:
    """Count the stores that flush something from now on, and leave that out if asked to."""
    call = Call(WITHIN_STORES)
    for name in STORES:
        if hooks.has(name):
            hook, out = getattr(hooks, name), left_out == call
            setattr(hooks, name, _without(hook, cpus) if out else _counted(hook, cpus, call, heard))


def _counted(
    hook: Callable[..., Any], cpus: Sequence[Cpu], call: Call, heard: dict[Call, int]
) -> Callable[..., Any]:
    def stored(*given: Any) -> Any:  # noqa: ANN401 - any hook
        before = [cpu.tlb.invalidations for cpu in cpus]
        answer = hook(*given)
        if before != [cpu.tlb.invalidations for cpu in cpus]:
            heard[call] = heard.get(call, 0) + 1
        return answer

    return stored


def _without(hook: Callable[..., Any], cpus: Sequence[Cpu]) -> Callable[..., Any]:
    def stored(*given: Any) -> Any:  # noqa: ANN401 - any hook
        with _deaf(cpus):
            return hook(*given)

    return stored


@contextmanager
def _deaf(cpus: Sequence[Any]) -> Iterator[None]:
    kept = [(cpu.tlb, cpu.hpt) for cpu in cpus]
    for cpu in cpus:
        cpu.tlb = Deaf(cpu.tlb)
        cpu.hpt = None if cpu.hpt is None else Deaf(cpu.hpt)
    try:
        yield
    finally:
        for cpu, (tlb, hpt) in zip(cpus, kept, strict=True):
            cpu.tlb, cpu.hpt = tlb, hpt


def _nothing(*_: object) -> int:
    return 0
