"""The template of a distribution that describes an architecture, and the command that fills it."""

from __future__ import annotations

__version__ = "0.1.0"
