from __future__ import annotations

import math
import operator

import numpy as np
import pytest

from archcore.errors import PortabilityError
from archcore.words import Mask, has_any
from archcore.words.lineage import traced
from archcore.words.record import record
from archcore.words.strict import StrictTruth, StrictWord

GUARDED = {
    "word": StrictWord(1),
    "truth": StrictTruth(True),
    "traced word": traced(),
    "traced truth": has_any(traced(), Mask(1)),
}
BINARY = "add sub mul matmul floordiv truediv mod pow lshift rshift and_ or_ xor eq ne lt le gt ge"
UNARY = {
    "neg": operator.neg,
    "pos": operator.pos,
    "invert": operator.invert,
    "abs": abs,
    "bool": bool,
    "not": operator.not_,
    "int": int,
    "float": float,
    "complex": complex,
    "hex": hex,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "iter": iter,
    "len": len,
    "hash": hash,
    "in": lambda value: 1 in value,
    "item": lambda value: value[0],
    "divmod": lambda value: divmod(value, 2),
    "branch": lambda value: 1 if value else 0,
    "chain": lambda value: value and value,
}
each_guarded = pytest.mark.parametrize("value", list(GUARDED.values()), ids=list(GUARDED))


@each_guarded
@pytest.mark.parametrize("name", BINARY.split())
def test_no_binary_operator_works(value, name):
    """An operator between a guarded value and a number is refused, on either side."""
    operation = getattr(operator, name)
    for call in (lambda: operation(value, 1), lambda: operation(1, value)):
        with pytest.raises(PortabilityError, match=r"use the functions of archcore\.words"):
            call()


@each_guarded
@pytest.mark.parametrize("name", list(UNARY))
def test_nothing_else_python_offers_works(value, name):
    """Branching, converting, hashing and iterating are refused."""
    with pytest.raises(PortabilityError, match=r"use the functions of archcore\.words"):
        UNARY[name](value)


@each_guarded
def test_numpy_makes_no_array_of_objects_of_them(value):
    """An array beside a guarded value does not fall back to objects."""
    with pytest.raises(PortabilityError):
        np.ones(2, np.uint64) & value


def test_a_recorder_meets_what_a_helper_must_not_do():
    """A helper that branches on its word is found by recording it."""
    with pytest.raises(PortabilityError, match="__bool__ on a RecordedTruth"):
        record(lambda word: 1 if has_any(word, Mask(1)) else word)
    with pytest.raises(PortabilityError, match="__and__ on a RecordedWord"):
        record(lambda word: word & 1)
