"""A recorder: run a helper once, get the list of its operations.

The list prices a helper, documents it, and can be run again on any other number system, which is
how a test proves that the list *is* the helper.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from archcore.errors import PortabilityError
from archcore.words import vocabulary
from archcore.words.guard import Guarded
from archcore.words.mask import WIDTHS, Mask, check_widths, constant_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcore.words.types import Operand, Truth, Word


WIDEST = max(WIDTHS)
Argument: TypeAlias = "Ref | Mask | int | bool"


@frozen
class Ref:
    """The value numbered ``index``: first the inputs, then one per operation."""

    index: int

    def __str__(self) -> str:
        """Show the number as listings do."""
        return f"v{self.index}"


@frozen(cache_hash=True)
class Op:
    """One operation of the vocabulary; ``args`` are references and constants."""

    name: str
    args: tuple[Argument, ...]

    def __str__(self) -> str:
        """Show the operation as source text."""
        return f"{self.name}({', '.join(map(_shown, self.args))})"


@frozen
class Recording:
    """What a helper does: ``inputs`` words in, ``ops`` in order, ``result`` out."""

    inputs: int
    ops: tuple[Op, ...]
    result: Argument

    @property
    def cost(self) -> int:
        """The number of operations."""
        return len(self.ops)

    def run(self, *words: Word) -> Word | Truth:
        """Carry the operations out on other words, of any number system.

        Raises PortabilityError when their number is not that of the inputs.
        """
        if len(words) != self.inputs:
            raise PortabilityError(f"a recording of {self.inputs} words, run on {len(words)}")
        values: list[Word] = list(words)
        for op in self.ops:
            values.append(getattr(vocabulary, op.name)(*(_value(arg, values) for arg in op.args)))
        return _value(self.result, values)

    def __str__(self) -> str:
        """List one operation a line, in the order they run."""
        lines = [f"v{self.inputs + at} = {op}" for at, op in enumerate(self.ops)]
        return "\n".join([*lines, f"return {_shown(self.result)}"])


def _shown(arg: Argument) -> str:
    if isinstance(arg, Mask):
        return hex(arg.value)
    return hex(arg) if type(arg) is int else str(arg)


def _value(arg: Argument, values: list[Word]) -> Word:
    return values[arg.index] if isinstance(arg, Ref) else arg


@frozen
class Tape:
    """Operations as they are made; equal ones share one number."""

    inputs: int
    numbers: dict[Op, Ref] = field(factory=dict)
    widths: set[int] = field(factory=set)

    def emit(self, name: str, args: tuple[Argument, ...]) -> Argument:
        """Return the number of this operation, a new one if it is new.

        Raises PortabilityError when its masks are not as wide as those of earlier operations.
        """
        for arg in args:
            if isinstance(arg, Mask) and arg.width not in self.widths:
                self.widths.add(arg.width)
                check_widths(*self.widths)
        return self.numbers.setdefault(Op(name, args), Ref(self.inputs + len(self.numbers)))

    def words(self) -> tuple[RecordedWord, ...]:
        """Return the inputs, as words to compute with."""
        return tuple(RecordedWord(self, Ref(at)) for at in range(self.inputs))

    def needed(self, result: Argument) -> list[int]:
        """Return the numbers of inputs and operations that a result is made of, in order."""
        found: set[int] = set()
        waiting = [result]
        ops = tuple(self.numbers)
        while waiting:
            arg = waiting.pop()
            if isinstance(arg, Ref) and arg.index not in found:
                found.add(arg.index)
                if arg.index >= self.inputs:
                    waiting += ops[arg.index - self.inputs].args
        return sorted(found)

    def recording(self, result: Operand | Truth, inputs: tuple[int, ...]) -> Recording:
        """Return the operations a result is made of, as a recording of some of the inputs.

        Raises PortabilityError when it is made of another input, too.
        """
        numbers = self.needed(argument(result))
        strange = [at for at in numbers if at < self.inputs and at not in inputs]
        if strange:
            raise PortabilityError(f"the result is made of input {strange[0]}, too")
        needed = [at for at in numbers if at >= self.inputs]
        places = {at: place for place, at in enumerate(inputs)}
        places |= {at: place for place, at in enumerate(needed, len(inputs))}
        ops = tuple(self.numbers)
        kept = (ops[at - self.inputs] for at in needed)
        made = tuple(Op(op.name, _moved(op.args, places)) for op in kept)
        return Recording(len(inputs), made, *_moved((argument(result),), places))


def _moved(args: tuple[Argument, ...], places: Mapping[int, int]) -> tuple[Argument, ...]:
    return tuple(Ref(places[arg.index]) if isinstance(arg, Ref) else arg for arg in args)


class RecordedWord(Guarded):
    """A word on a tape: the number of the operation that made it, or a constant."""

    system = __name__
    __slots__ = ("ref", "tape")

    def __init__(self, tape: Tape, ref: Argument) -> None:
        """Keep the place on the tape."""
        self.tape, self.ref = tape, ref

    def __repr__(self) -> str:
        """Show the number."""
        return f"{type(self).__name__}({self.ref})"


class RecordedTruth(RecordedWord):
    """A truth on a tape."""

    is_truth = True
    __slots__ = ()


def record(helper: Callable[..., Word | Truth], inputs: int = 1) -> Recording:
    """Run ``helper`` on ``inputs`` recorded words and return what it did.

    Raises PortabilityError when the helper leaves the vocabulary.
    """
    tape = Tape(inputs)
    result = helper(*tape.words())
    return Recording(inputs, tuple(tape.numbers), argument(result))


def argument(operand: Operand | Truth) -> Argument:
    """Return what stands on a tape for a word or truth: its number, or the constant itself."""
    if isinstance(operand, RecordedWord):
        return operand.ref
    if isinstance(operand, Mask | bool):
        return operand
    return constant_of(operand, WIDEST)


def _emit(kind: type[RecordedWord], name: str, *operands: Operand | Truth) -> RecordedWord:
    tapes = [operand.tape for operand in operands if isinstance(operand, RecordedWord)]
    if any(tape is not tapes[0] for tape in tapes):
        raise PortabilityError("words of two recordings in one operation")
    return kind(tapes[0], tapes[0].emit(name, tuple(map(argument, operands))))


def add_bits(a: Word, mask: Mask, amount: int) -> Word:
    """See archcore.words.add_bits; the amount is reduced to what the run can hold."""
    return _emit(RecordedWord, "add_bits", a, mask, amount % (1 << mask.span))


_word, _truth = partial(_emit, RecordedWord), partial(_emit, RecordedTruth)
clear = partial(_word, "clear")
put = partial(_word, "put")
xor = partial(_word, "xor")
where = partial(_word, "where")
bits = partial(_word, "bits")
with_bits = partial(_word, "with_bits")
has_all = partial(_truth, "has_all")
has_any = partial(_truth, "has_any")
has_none = partial(_truth, "has_none")
same = partial(_truth, "same")
both = partial(_truth, "both")
either = partial(_truth, "either")
negate = partial(_truth, "negate")
