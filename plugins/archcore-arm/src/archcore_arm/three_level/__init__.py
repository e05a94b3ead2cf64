"""Three levels of 64-bit words on ARMv7 with the large physical address extension (LPAE)."""

from __future__ import annotations
