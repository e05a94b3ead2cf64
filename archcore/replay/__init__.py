"""A trace driven through a machine."""

from __future__ import annotations
