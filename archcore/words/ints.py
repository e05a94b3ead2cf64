"""The vocabulary on plain integers, for operands the fast paths leave over (masks as words)."""

from __future__ import annotations

from archcore.errors import PortabilityError
from archcore.words.mask import Mask, check_widths


def word(operand: int | Mask) -> int:
    """Return a constant as a plain integer; raises PortabilityError for a negative one."""
    value = operand.value if isinstance(operand, Mask) else operand
    if value < 0:
        raise PortabilityError(
            f"{value} is no word; words are never negative, say which bits are meant by a Mask"
        )
    return value


def _pair(a: int | Mask, b: int | Mask) -> tuple[int, int]:
    check_widths(*(operand.width for operand in (a, b) if isinstance(operand, Mask)))
    return word(a), word(b)


def clear(a: int | Mask, mask: Mask) -> int:
    """See archcore.words.clear."""
    return _pair(a, mask)[0] & mask.keep


def put(a: int | Mask, these: int | Mask) -> int:
    """See archcore.words.put."""
    first, second = _pair(a, these)
    return first | second


def xor(a: int | Mask, these: int | Mask) -> int:
    """See archcore.words.xor."""
    first, second = _pair(a, these)
    return first ^ second


def has_all(a: int | Mask, mask: Mask) -> bool:
    """See archcore.words.has_all."""
    return _pair(a, mask)[0] & mask.value == mask.value


def has_any(a: int | Mask, mask: Mask) -> bool:
    """See archcore.words.has_any."""
    return _pair(a, mask)[0] & mask.value != 0


def has_none(a: int | Mask, mask: Mask) -> bool:
    """See archcore.words.has_none."""
    return _pair(a, mask)[0] & mask.value == 0


def same(a: int | Mask, b: int | Mask) -> bool:
    """See archcore.words.same."""
    first, second = _pair(a, b)
    return first == second


def where(condition: bool, a: int | Mask, b: int | Mask) -> int:
    """See archcore.words.where."""
    first, second = _pair(a, b)
    return first if condition else second


def bits(a: int | Mask, mask: Mask) -> int:
    """See archcore.words.bits."""
    return (_pair(a, mask)[0] & mask.value) >> mask.shift


def with_bits(a: int | Mask, mask: Mask, value: int | Mask) -> int:
    """See archcore.words.with_bits."""
    base, number = _pair(a, mask)[0], _pair(value, mask)[0]
    return (base & mask.keep) | ((number << mask.shift) & mask.value)


def add_bits(a: int | Mask, mask: Mask, amount: int) -> int:
    """See archcore.words.add_bits."""
    base = _pair(a, mask)[0]
    moved = (base & mask.value) + (amount << mask.shift)
    return (base & mask.keep) | (moved & mask.value)
