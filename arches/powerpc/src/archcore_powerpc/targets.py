"""The powerpc targets."""

from __future__ import annotations

from archcore_powerpc.hash_targets import HASH_64K_V314
from archcore_powerpc.radix_targets import RADIX_64K_V61

TARGETS = (HASH_64K_V314, RADIX_64K_V61)
