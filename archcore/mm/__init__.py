"""Generic memory management, as small as it can be: it asks hooks and never reads a bit."""

from __future__ import annotations
