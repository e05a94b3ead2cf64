"""A laboratory for the line between generic memory management and the architecture layer."""

from __future__ import annotations

__version__ = "0.1.0"
