"""What a translation lets user mode do, and whether data may be cached, as small numbers."""

from __future__ import annotations

from enum import IntFlag

from archcore.hw.mmu import Access


class Right(IntFlag):
    """What is allowed; a set of rights is a sum."""

    READ = 1
    WRITE = 2
    EXECUTE = 4


# Plain numbers, because ``&`` of an IntFlag is a Python call and a TLB is asked at each reference.
READ, WRITE, EXECUTE = int(Right.READ), int(Right.WRITE), int(Right.EXECUTE)
ALL = READ | WRITE | EXECUTE
# Beside its rights a TLB entry says that its data go past the cache, and that the right to write is
# withheld until somebody has set the dirty flag.
UNCACHED = ALL + 1
CLEAN = UNCACHED << 1
RIGHTS_BITS = len(Right) + 2

RIGHT_OF = {Access.READ: READ, Access.WRITE: WRITE, Access.EXECUTE: EXECUTE}
