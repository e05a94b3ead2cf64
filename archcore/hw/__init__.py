"""What silicon does, whatever the kernel believes."""

from __future__ import annotations
