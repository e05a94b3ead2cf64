"""Names for what the vocabulary takes and gives, in whichever number system."""

from __future__ import annotations

from typing import Any, TypeAlias

Word: TypeAlias = Any
"""A word: ``int``, an unsigned numpy array, or a word of another system."""

Truth: TypeAlias = Any
"""A truth: ``bool``, a numpy bool array, or a truth of another system."""

Operand: TypeAlias = Any
"""A word, or a constant (``int``, ``Mask``) that is lifted into the system of the others."""
