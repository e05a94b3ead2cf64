"""Every encoding that is tried, by name: protections, rights, each bit of the word."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from archcore.conformance.capability import SAVEDWRITE
from archcore.conformance.proposals.candidate import Candidate, encoded
from archcore.conformance.proposals.flip import Flip
from archcore.conformance.proposals.form import Family, Form, Telling
from archcore.conformance.subject import bound
from archcore.encoding import Protnone, VmaRelative, Write
from archcore.entry import hook_name
from archcore.words import Mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.conformance.proposals.forge import Forge

RELATIVE = "permission-relative"


def catalogue(forge: Forge) -> dict[str, Callable[[], Candidate]]:
    """Return how each candidate is made, by its name."""
    return dict((*_permissions(forge), *_bits(forge)))


def _permissions(forge: Forge) -> Iterator[tuple[str, Callable[[], Candidate]]]:
    stashes = any(SAVEDWRITE.found(on) for on in forge.bare.values())
    for write in Write:
        if stashes or write is not Write.STASHED:
            name = f"permission-{write.value}"
            yield name, partial(_permission, forge, name, Protnone(write))
    yield RELATIVE, partial(_permission, forge, RELATIVE, VmaRelative())


def _permission(forge: Forge, name: str, form: object) -> Candidate:
    target = encoded(forge.target, name, dict.fromkeys(forge.levels, (form,)))
    asks_vma = "vma" in bound(target).needs(hook_name("numa", forge.levels[0]))
    telling = Telling.VMA if asks_vma else Telling.ITSELF
    return Candidate(Form(name, Family.PERMISSION, telling=telling), target)


def _bits(forge: Forge) -> Iterator[tuple[str, Callable[[], Candidate]]]:
    closing, width = forge.closing, forge.target.geometry.width
    if closing is None:
        return
    for right in forge.refusals:
        name = f"right-{right.position}"
        yield name, partial(forge.bit, name, right, closing, valid=True)
    for at in range(width):
        name = f"bit-{at}"
        yield name, partial(forge.bit, name, Flip(Mask(1 << at, width), sets=True), closing)
