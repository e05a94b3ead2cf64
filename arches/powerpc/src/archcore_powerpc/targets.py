"""The powerpc targets."""

from __future__ import annotations

from archcore_powerpc import early_targets, shared_targets

TARGETS = (*early_targets.TARGETS, *shared_targets.TARGETS)
