"""What targets promise, and the witnesses that nobody here wrote."""

from __future__ import annotations
