"""Running a helper on all of its records at once.

A helper that cannot take arrays (one that looks a protection up by its flags, say) is called with
plain numbers instead, once for each distinct set of arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen

from archcore.errors import MissingHookError
from archcore.vectors.signature import TRUTHS
from archcore.words.arrays import DTYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from archcore.vectors.group import Group

LARGEST = int(np.iinfo(np.uint64).max)


@frozen(eq=False)
class Results:
    """What a helper gave, a number a record; ``errors`` says why it gave none, by place."""

    values: NDArray[np.uint64]
    errors: dict[int, str] = field(factory=dict)


def run(function: Callable[..., Any], group: Group, width: int) -> Results:
    """Return what the helper gives for each record, in words of ``width`` bits.

    Raises MissingHookError when it leans on a hook that the target lacks.
    """
    try:
        given = function(*_columns(group, width))
        values = _numbers(given, len(group))
    except MissingHookError:
        raise
    except Exception:  # noqa: BLE001 - whatever it raised on arrays, numbers tell more
        values = None
    return _one_by_one(function, group) if values is None else Results(values)


def _columns(group: Group, width: int) -> list[NDArray[Any]]:
    columns = zip(group.signature.arguments, group.words.T, strict=True)
    return [
        values != 0 if letter in TRUTHS else np.ascontiguousarray(values, DTYPES[width])
        for letter, values in columns
    ]


def _numbers(given: object, count: int) -> NDArray[np.uint64] | None:
    """Return an array of numbers, from an array or from one answer for all; None if it is none."""
    if isinstance(given, np.ndarray):
        fits = given.shape == (count,) and given.dtype.kind in "bu"
        return given.astype(np.uint64) if fits else None
    number = _number(given)
    return None if number is None else np.full(count, number, np.uint64)


def _number(given: object) -> int | None:
    """Return one number; None if it is none, or does not fit 64 bits."""
    if not isinstance(given, int | np.integer | np.bool_):
        return None
    number = int(given)
    return number if 0 <= number <= LARGEST else None


def _one_by_one(function: Callable[..., Any], group: Group) -> Results:
    letters = group.signature.arguments
    values = np.zeros(len(group), np.uint64)
    errors: dict[int, str] = {}
    answers: dict[tuple[int, ...], int | str] = {}
    for at, words in enumerate(map(tuple, group.words.tolist())):
        if words not in answers:
            answers[words] = _answer(function, letters, words)
        answer = answers[words]
        if isinstance(answer, str):
            errors[at] = answer
        else:
            values[at] = answer
    return Results(values, errors)


def _answer(function: Callable[..., Any], letters: str, words: tuple[int, ...]) -> int | str:
    """Return the helper's number for plain arguments, or what was wrong with its answer."""
    pairs = zip(letters, words, strict=True)
    try:
        given = function(*(word != 0 if letter in TRUTHS else word for letter, word in pairs))
    except MissingHookError:
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's helper; its failure is the answer
        return f"{type(error).__name__}: {error}"
    number = _number(given)
    return f"{given!r}, which is no word" if number is None else number
