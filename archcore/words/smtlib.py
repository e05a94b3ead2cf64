"""A recording as SMT-LIB text (SMT-LIB 2.6, logic QF_BV), for any solver that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import PortabilityError
from archcore.words.mask import Mask
from archcore.words.record import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archcore.words.record import Argument, Op, Recording

TRUTHS = {
    "has_all": "(= (bvand {0} {1}) {1})",
    "has_any": "(distinct (bvand {0} {1}) {zero})",
    "has_none": "(= (bvand {0} {1}) {zero})",
    "same": "(= {0} {1})",
    "both": "(and {0} {1})",
    "either": "(or {0} {1})",
    "negate": "(not {0})",
}
WORDS = {
    "clear": "(bvand {0} {keep})",
    "put": "(bvor {0} {1})",
    "xor": "(bvxor {0} {1})",
    "where": "(ite {0} {1} {2})",
    "bits": "(bvlshr (bvand {0} {1}) {shift})",
    "with_bits": "(bvor (bvand {0} {keep}) (bvand (bvshl {2} {shift}) {1}))",
    "add_bits": "(bvor (bvand {0} {keep}) (bvand (bvadd (bvand {0} {1}) {step}) {1}))",
}
MASKED = ("clear", "bits", "with_bits", "add_bits")


def smtlib(recording: Recording, width: int, names: Sequence[str] = ()) -> str:
    """Return a script that is satisfiable by the words for which the recorded truth is false.

    ``width`` is that of all words; ``names`` are those of the inputs (default: v0, v1, ...).
    Raises PortabilityError when the recording does not end in a truth.
    """
    if not is_truth(recording):
        raise PortabilityError(f"a recording that ends in {recording.result} states no truth")
    script = Script(width, tuple(names or (f"v{at}" for at in range(recording.inputs))))
    lines = [script.define(at, op) for at, op in enumerate(recording.ops, recording.inputs)]
    return script.text(script.inputs, lines, script.denied(recording.result))


def is_truth(recording: Recording) -> bool:
    """Say whether a recording ends in a truth."""
    result = recording.result
    if isinstance(result, Ref):
        at = result.index - recording.inputs
        return at >= 0 and recording.ops[at].name in TRUTHS
    return isinstance(result, bool)


class Script:
    """How words of one width are written; ``inputs`` are the names of those that are free."""

    def __init__(self, width: int, inputs: tuple[str, ...]) -> None:
        """Keep what every line needs."""
        self.width, self.inputs = width, inputs
        self.sort, self.zero = f"(_ BitVec {width})", self._number(0)

    def define(self, at: int, op: Op) -> str:
        """Return the line that gives the result of an operation its number."""
        truth = TRUTHS.get(op.name)
        sort, form = ("Bool", truth) if truth else (self.sort, WORDS[op.name])
        shown = form.format(*map(self._operand, op.args), zero=self.zero, **self._of_mask(op))
        return f"(define-fun {Ref(at)} () {sort} {shown})"

    def denied(self, claim: Argument) -> str:
        """Return the line that looks for words for which a truth is false."""
        return f"(assert (not {self._operand(claim)}))"

    def text(self, inputs: Iterable[str], lines: Iterable[str], *ends: str) -> str:
        """Return a whole script: the free words, the definitions, what is asserted."""
        free = (f"(declare-const {name} {self.sort})" for name in inputs)
        return "\n".join(["(set-logic QF_BV)", *free, *lines, *ends, ""])

    def _number(self, value: int) -> str:
        return f"(_ bv{value} {self.width})"

    def _operand(self, arg: Argument) -> str:
        if isinstance(arg, Ref):
            return self.inputs[arg.index] if arg.index < len(self.inputs) else str(arg)
        if isinstance(arg, bool):
            return str(arg).lower()
        return self._number(arg.value if isinstance(arg, Mask) else arg)

    def _of_mask(self, op: Op) -> dict[str, str]:
        if op.name not in MASKED:
            return {}
        mask = op.args[1]
        if not isinstance(mask, Mask):
            raise PortabilityError(f"{op} takes no mask")
        found = {"keep": self._number(mask.keep), "shift": self._number(mask.shift)}
        if op.name == "add_bits":
            amount = op.args[2]
            found["step"] = self._number(int(amount) << mask.shift)  # type: ignore[arg-type]
        return found
