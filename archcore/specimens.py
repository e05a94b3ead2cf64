"""Example VMAs and entries of a target, made with its own hooks: what experiments start from."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import LevelHooks
from archcore.errors import UsageError
from archcore.hookspecs import LEVELS
from archcore.vmflags import (
    VM_ACCESS_FLAGS,
    VM_EXEC,
    VM_NONE,
    VM_READ,
    VM_SHARED,
    VM_WRITE,
    VmFlags,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.binding import Hooks
    from archcore.words.types import Word

PERMS = (("r", VM_READ), ("w", VM_WRITE), ("x", VM_EXEC))
FRAME = 1


@frozen
class VmaView:
    """What entry helpers ask of a VMA: its flags and the protection they stand for."""

    vm_flags: VmFlags
    vm_page_prot: int

    @property
    def accessible(self) -> bool:
        """True when the VMA gives any right."""
        return bool(self.vm_flags & VM_ACCESS_FLAGS)


def vma_view(hooks: Hooks, vm_flags: VmFlags) -> VmaView:
    """Return a VMA of these flags with the target's protection for them."""
    return VmaView(vm_flags, hooks.vm_get_page_prot(vm_flags))


def vma_kinds(hooks: Hooks) -> tuple[VmaView, ...]:
    """Return a VMA of each of the sixteen combinations of READ, WRITE, EXEC and SHARED."""
    sixteen = range((VM_ACCESS_FLAGS | VM_SHARED) + 1)
    return tuple(vma_view(hooks, VmFlags(flags)) for flags in sixteen)


def perms_of(vm_flags: VmFlags) -> str:
    """Return the flags as /proc/PID/maps writes them, such as ``rw-p``."""
    rights = "".join(letter if vm_flags & flag else "-" for letter, flag in PERMS)
    return rights + ("s" if vm_flags & VM_SHARED else "p")


def flags_of(perms: str) -> VmFlags:
    """Return the flags that /proc/PID/maps writes so; the fourth letter may be left out.

    Raises UsageError for anything else.
    """
    flags = VM_SHARED if perms[3:] == "s" else VM_NONE
    for letter, (expected, flag) in zip(perms, PERMS, strict=False):
        flags |= flag if letter == expected else VM_NONE
    if perms_of(flags)[: len(perms)] != perms or len(perms) < len(PERMS):
        msg = (
            f"permissions {perms!r} are not written as in /proc/PID/maps; write r, w, x or - in "
            "this order, as in r-- or rw-p"
        )
        raise UsageError(msg)
    return flags


def live_entries(
    hooks: Hooks, vma: VmaView, level: str = LEVELS[0], pfn: Word = FRAME
) -> Iterator[Word]:
    """Yield the entries a frame may have in an accessible VMA: written or not, used or not.

    ``pfn`` may be an array of frames; then each entry is an array.
    """
    own = LevelHooks(hooks, level)
    fresh = own.pfn_entry(pfn, vma.vm_page_prot)
    fresh = fresh if level == LEVELS[0] else own.mkhuge(fresh)
    writable = (own.wrprotect, lambda entry: own.mkwrite(entry, vma))
    rights = writable if vma.vm_flags & VM_WRITE else (lambda entry: entry,)
    for right, dirty, young in product(
        rights, (own.mkclean, own.mkdirty), (own.mkold, own.mkyoung)
    ):
        yield young(dirty(right(fresh)))


def none_entries(hooks: Hooks, level: str = LEVELS[0], pfn: int = FRAME) -> Iterator[int]:
    """Yield the entries a frame may have in a VMA without rights, each once."""
    own = LevelHooks(hooks, level)
    nones = tuple(vma for vma in vma_kinds(hooks) if not vma.accessible)
    seen: dict[int, None] = {}
    for vma in vma_kinds(hooks):
        for live, none in product(live_entries(hooks, vma, level, pfn), nones):
            seen[own.modify(live, none.vm_page_prot)] = None
    yield from seen
