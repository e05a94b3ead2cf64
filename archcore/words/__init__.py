"""One closed vocabulary over words, the same on an int, a million words, or all of them.

A helper written with these functions runs unchanged on a Python ``int``, a numpy ``uint64`` (or
``uint32``) array, a symbolic word, a strict word that refuses everything else, a recorded word
that lists the operations, and a traced word that says where each result bit comes from.
"""

from __future__ import annotations

from archcore.words.mask import Mask
from archcore.words.vocabulary import (
    add_bits,
    bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    implies,
    negate,
    put,
    same,
    where,
    with_bits,
    xor,
)

__all__ = [
    "Mask",
    "add_bits",
    "bits",
    "both",
    "clear",
    "either",
    "has_all",
    "has_any",
    "has_none",
    "implies",
    "negate",
    "put",
    "same",
    "where",
    "with_bits",
    "xor",
]
