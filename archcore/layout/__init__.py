"""What an entry looks like: named bits, checked when the layout is made.

A bit is named here once and nowhere else; code asks the layout for its mask by name.
"""

from __future__ import annotations

from archcore.layout.entry import EntryLayout
from archcore.layout.fields import Bit, Bits, Blank, Field, When
from archcore.layout.geometry import Geometry, Level

__all__ = ["Bit", "Bits", "Blank", "EntryLayout", "Field", "Geometry", "Level", "When"]
