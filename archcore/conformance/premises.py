"""Conditions under which laws about arbitrary words hold, each with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.declare import premise
from archcore.words import Mask, both, either, has_all, negate, same
from archcore.words.mask import full

if TYPE_CHECKING:
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word


@premise("open")
def OPEN(on: Subject, entry: Word) -> Truth:  # noqa: N802 - a constant, made of a function
    """The hardware lets user mode through."""
    return on.hw_opens(entry)


@premise("leaf")
def LEAF(on: Subject, entry: Word) -> Truth:  # noqa: N802 - a constant, made of a function
    """The hardware finds a page."""
    return on.hw_leaf(entry)


@premise("open leaf")
def OPEN_LEAF(on: Subject, entry: Word) -> Truth:  # noqa: N802 - a constant, made of a function
    """The hardware finds a page and lets user mode through."""
    return both(on.hw_leaf(entry), on.hw_opens(entry))


@premise("occupied")
def OCCUPIED(on: Subject, type: Word, offset: Word) -> Truth:  # noqa: A002, ARG001, N802 - kernel's
    """A swap entry is neither for the header of an area nor for the last page it can name."""
    last = Mask(full(on.target.swap["OFFSET"].span), on.width)
    return both(negate(same(offset, 0)), negate(has_all(offset, last)))


@premise("whole")
def WHOLE(on: Subject, entry: Word, other: Word) -> Truth:  # noqa: N802 - a constant
    """An open entry is replaced by one that hardware finds a page by, or that is not valid."""
    replaced = either(on.hw_leaf(other), negate(on.hw_valid(other)))
    return both(on.hw_opens(entry), replaced)


@premise("a table")
def TABLE(on: Subject, table: Word) -> Truth:  # noqa: ARG001, N802 - a constant
    """There is a table at the address: it is not 0."""
    return negate(same(table, 0))
