"""The flags of an entry in words: what the kernel's predicates say, then which bits have a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.entry import LevelHooks, hook_name
from archcore.layout import Bit
from archcore.specimens import FRAME, vma_view
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.binding import Hooks
    from archcore.layout import EntryLayout
    from archcore.specimens import VmaView

PREDICATES = ("write", "dirty", "young", "special", "devmap", "soft_dirty", "uffd_wp", "protnone")
HELPERS = ("cont",)
REMEMBERING = ("protnone", "savedwrite", "write", "pfn_entry", "mkwrite", "mknuma", "mknonnuma")
KEY = "protection key"
SWAP_PREDICATES = ("swp_exclusive", "swp_soft_dirty", "swp_uffd_wp")


def of_present(hooks: Hooks, level: str, word: int) -> Iterator[str]:
    """Yield what holds for a present entry; ``savedwrite`` says that disarming lets it be written.

    ``cont`` is a helper that few architectures have.
    """
    own = LevelHooks(hooks, level)
    for name in PREDICATES:
        if hooks.has(hook_name(name, level)) and getattr(own, name)(word):
            yield name.replace("_", "-")
    for name in HELPERS:
        if hook_name(name, level) in hooks.helpers and getattr(own, name)(word):
            yield name
    if _remembers_write(hooks, level, word):
        yield "savedwrite"


def of_swap(hooks: Hooks, level: str, word: int) -> Iterator[str]:
    """Yield what holds for a swap entry: its software bits."""
    own = LevelHooks(hooks, level)
    for name in SWAP_PREDICATES:
        if hooks.has(hook_name(name, level)) and getattr(own, name)(word):
            yield name.removeprefix("swp_").replace("_", "-")


def set_bits(layout: EntryLayout, word: int, *, valid: bool) -> Iterator[str]:
    """Yield the names of the single bits that are set in such an entry."""
    for one, value in layout.named(word, valid=valid):
        if value and isinstance(one, Bit):
            yield one.name


def protection_key(layout: EntryLayout, word: int, *, valid: bool) -> tuple[str, int] | None:
    """Return the field whose note calls it a protection key, and the number in it, if any does."""
    named = layout.named(word, valid=valid)
    return next(((one.name, value) for one, value in named if KEY in one.note), None)


def _remembers_write(hooks: Hooks, level: str, word: int) -> bool:
    """Say whether disarming gives a closed entry write permission that its VMA alone does not."""
    own = LevelHooks(hooks, level)
    if not all(hooks.has(hook_name(name, level)) for name in REMEMBERING) or not own.protnone(word):
        return False
    private = vma_view(hooks, VM_READ | VM_WRITE)
    kept = own.savedwrite(word) and own.write(own.mknonnuma(private, word))
    return bool(kept and _may_remember(own, private))


def _may_remember(own: LevelHooks, private: VmaView) -> bool:
    """Say whether the encoding brings back what a writable entry had when it was armed."""
    writable = own.mkwrite(own.pfn_entry(FRAME, private.vm_page_prot), private)
    return bool(own.write(own.mknonnuma(private, own.mknuma(private, writable))))
