"""Page tables in images of physical memory: where they lie, and what every entry of them is."""

from __future__ import annotations
