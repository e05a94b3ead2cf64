"""Why a maintenance call is made: every call carries one of these."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """A reason in one sentence; UNSTATED is a finding wherever it turns up in a ledger."""

    RIGHTS_REMOVED = "entries lost rights that a TLB may still grant"
    BEFORE_RIGHTS_CHANGE = "lines must leave while the old translation still works"
    FRAME_CHANGES = "the page moves to another frame"
    STALE_TRANSLATION = "a TLB refuses what the entry has come to allow"
    MADE_ACCESSIBLE = "a slot became accessible"
    FLUSH_OWED = "reclaim unmapped pages and has yet to flush"
    UNMAPPED = "the pages are taken from the address space"
    COPY_ON_WRITE = "stores must make copies from now on"
    MOVED = "the pages go to other addresses"
    KERNEL_WROTE = "the kernel has written a page through its own address"
    SPLITS = "readers without a lock must see that the huge page is being split"
    UNSTATED = "no reason is given"
