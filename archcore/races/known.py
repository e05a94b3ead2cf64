"""What is known to be wrong with a profile: the kernel's own bugs of that time."""

from __future__ import annotations

from types import MappingProxyType

from archcore.races.trouble import Trouble

# The patch of October 2012 and its review: update_mmu_cache_pmd got the entry (mended on 16
# November 2012), the cache was flushed without a reason (M6), and the fault went on with an entry
# read before a lock was dropped (M9), unless it is read again (M11).
PATCH = frozenset({Trouble.VALUE_PASSED, Trouble.NO_REASON})
GOES_ON = PATCH | {Trouble.STALE_SNAPSHOT}

KNOWN = MappingProxyType(
    {
        "seed": GOES_ON,
        "seed+recheck": GOES_ON,
        "seed+reread": PATCH,
        "seed+both": PATCH,
        # Until f714f4f20e59 a huge page moved without a word to secondary MMUs.
        "v3.8": frozenset({Trouble.NO_NOTIFIER}),
    }
)
SEEDS = ("seed", "seed+recheck", "seed+reread", "seed+both")


def of(*names: str, what: frozenset[Trouble]) -> dict[str, frozenset[Trouble]]:
    """Return the same troubles for each of several profiles."""
    return dict.fromkeys(names, what)
