"""Two levels of 32-bit words on ARMv5: a table of the kernel's and one of the hardware's."""

from __future__ import annotations
