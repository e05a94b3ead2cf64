"""Checking a target against vectors: results that a kernel's own helpers gave.

A vector file is read once into columns, one group a helper, and each helper runs once on arrays.
The format is described in docs/vectors.md.
"""

from __future__ import annotations
