"""Which number system a set of operands belongs to; mixing two is an error.

A system is a module with the functions of the vocabulary; it is imported when its first word
turns up, so that nobody pays for numpy or z3 without using them. What is a word and what is a
truth is told apart here, once for all systems.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from archcore.errors import PortabilityError
from archcore.words.guard import Guarded
from archcore.words.mask import Mask

INTS, ARRAYS = "archcore.words.ints", "archcore.words.arrays"
CONSTANTS = (int, bool, Mask)
REMEDIES = {
    "generic": "convert it with int() or bool()",
    "ndarray": "convert it with numpy.asarray()",
}


def system_of_words(*operands: object) -> Any:  # noqa: ANN401 - a module, which no type describes
    """Return the module that computes on these words.

    Constants (``int``, ``Mask``) go with any system. Raises PortabilityError for a truth, for
    words of two systems, and for an operand of no system at all.
    """
    system = _system_of(operands)
    for operand in operands:
        if _is_truth(operand):
            raise PortabilityError(
                f"{operand!r} is a truth and stands where a word belongs; use where()"
            )
    return system


def system_of_truths(*operands: object) -> Any:  # noqa: ANN401 - a module, which no type describes
    """Return the module that computes on these truths; ``bool`` goes with any system.

    Raises PortabilityError for a word (0 and 1 are words), and as ``system_of_words`` does.
    """
    system = _system_of(operands)
    for operand in operands:
        if not _is_truth(operand):
            raise PortabilityError(f"{operand!r} is not a truth; ask has_any() or same() for one")
    return system


def system_of_choice(condition: object, a: object, b: object) -> Any:  # noqa: ANN401 - a module
    """Return the module that chooses between two words by a truth; raises as the others do."""
    system_of_truths(condition)
    system_of_words(a, b)
    return _system_of((condition, a, b))


def _system_of(operands: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a module
    found = None
    for operand in operands:
        kind: Any = type(operand)
        if kind not in CONSTANTS:
            system = _system_of_type(kind)
            if found is not None and system is not found:
                kinds = " and ".join(sorted(_short_name(one) for one in (found, system)))
                raise PortabilityError(
                    f"two number systems in one operation: {kinds}; convert one side first"
                )
            found = system
    return import_module(INTS) if found is None else found


@cache
def _system_of_type(kind: type) -> Any:  # noqa: ANN401 - a module
    if issubclass(kind, Guarded):
        return import_module(kind.system)
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        return import_module(ARRAYS)
    bases = {base.__name__ for base in kind.__mro__[1:]}
    remedy = "".join(f"; {text}" for base, text in REMEDIES.items() if base in bases)
    raise PortabilityError(f"{kind.__module__}.{kind.__name__} is of no number system{remedy}")


def _short_name(system: Any) -> str:  # noqa: ANN401 - a module
    return str(system.__name__.rpartition(".")[2])


def _is_truth(operand: Any) -> bool:  # noqa: ANN401 - of any system
    if type(operand) in CONSTANTS:
        return type(operand) is bool
    if isinstance(operand, Guarded):
        return operand.is_truth
    if not operand.ndim:
        raise PortabilityError(
            f"a numpy array without a dimension is no array of words; {REMEDIES['generic']}"
        )
    return bool(operand.dtype.kind == "b")
