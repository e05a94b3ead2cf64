"""A set of bit positions of a word of known width, checked once when it is made."""

from __future__ import annotations

from attrs import field, frozen

from archcore.errors import LayoutError, PortabilityError

WIDTHS = (32, 64)


def full(width: int) -> int:
    """Return the word of ``width`` bits with every bit set."""
    return (1 << width) - 1


@frozen(order=False, cache_hash=True)
class Mask:
    """The bits of ``value`` in a word of ``width`` bits.

    ``keep`` is every other bit, ``shift`` the lowest position, and ``is_run`` says that the bits
    stand side by side, so that they can hold a number. Raises LayoutError when ``value`` does not
    fit or ``width`` is neither 32 nor 64.
    """

    value: int = field(repr=hex)
    width: int = 64
    keep: int = field(init=False, repr=False, eq=False)
    shift: int = field(init=False, repr=False, eq=False)
    is_run: bool = field(init=False, repr=False, eq=False)

    __array_ufunc__ = None  # a mask beside an array's operator is an error, not an object array

    def __attrs_post_init__(self) -> None:
        """Refuse what does not fit, then derive what every use would ask for again."""
        if self.width not in WIDTHS:
            raise LayoutError(f"a word has 32 or 64 bits, not {self.width!r}")
        if type(self.value) is not int:
            raise LayoutError(f"a mask is made of an int, not of {self.value!r}; use int()")
        if not 0 <= self.value <= full(self.width):
            raise LayoutError(f"mask {self.value:#x} does not fit a word of {self.width} bits")
        shift = max((self.value & -self.value).bit_length() - 1, 0)
        run = self.value >> shift
        object.__setattr__(self, "keep", full(self.width) & ~self.value)
        object.__setattr__(self, "shift", shift)
        object.__setattr__(self, "is_run", run != 0 and run & (run + 1) == 0)

    @property
    def span(self) -> int:
        """The number of positions from the lowest set bit to the highest."""
        return (self.value >> self.shift).bit_length()

    @property
    def positions(self) -> tuple[int, ...]:
        """The set positions, lowest first."""
        return tuple(bit for bit in range(self.width) if self.value >> bit & 1)

    def __invert__(self) -> Mask:
        """Return every other bit of the same width."""
        return Mask(self.keep, self.width)

    def __or__(self, other: Mask) -> Mask:
        """Return the bits of either."""
        return Mask(self.value | self._peer(other), self.width)

    def __and__(self, other: Mask) -> Mask:
        """Return the bits of both."""
        return Mask(self.value & self._peer(other), self.width)

    def __sub__(self, other: Mask) -> Mask:
        """Return the bits of this one that the other lacks."""
        return Mask(self.value & ~self._peer(other), self.width)

    def __bool__(self) -> bool:
        """Say whether any bit is set."""
        return self.value != 0

    def _peer(self, other: Mask) -> int:
        if not isinstance(other, Mask) or other.width != self.width:
            raise PortabilityError(
                f"{self} can only be combined with a mask of {self.width} bits, not {other!r}"
            )
        return other.value


def mask_of(mask: Mask) -> Mask:
    """Return ``mask`` if it is one; raise PortabilityError otherwise."""
    if type(mask) is not Mask:
        raise PortabilityError(
            f"{mask!r} is no Mask; take one from a layout, where its width is known"
        )
    return mask


def run_of(mask: Mask) -> Mask:
    """Return ``mask`` if its bits stand side by side; raise PortabilityError otherwise."""
    if not mask_of(mask).is_run:
        raise PortabilityError(f"{mask} is not one run of bits, so it holds no number")
    return mask


def constant_of(operand: int | Mask, width: int) -> int:
    """Return a constant beside words of ``width`` bits; raises PortabilityError if it misfits."""
    if isinstance(operand, Mask):
        check_widths(width, operand.width)
        return operand.value
    if type(operand) is not int or not 0 <= operand <= full(width):
        shown = hex(operand) if type(operand) is int else repr(operand)
        raise PortabilityError(
            f"constant {shown} is not a word of {width} bits; words are never negative"
        )
    return operand


def check_widths(*widths: int) -> None:
    """Raise PortabilityError unless all widths are the same."""
    for width in widths:
        if width != widths[0]:
            raise PortabilityError(f"words of two widths in one operation: {widths[0]} and {width}")


def common_width(*operands: object) -> int:
    """Return the width of the operands that have one, 64 if none has.

    Raises PortabilityError when two of them differ.
    """
    widths = [operand.width for operand in operands if hasattr(operand, "width")]
    check_widths(*widths)
    return widths[0] if widths else 64
