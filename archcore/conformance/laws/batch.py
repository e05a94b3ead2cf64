"""One formula on many words: arrays and recordings answer as plain words do.

The engine arms whole tables by arrays, proofs speak of recordings, and people read single words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.conformance.calls import Kind, calls
from archcore.conformance.capability import SPOKEN_OF
from archcore.conformance.declare import trials
from archcore.conformance.law import Trial
from archcore.conformance.retell import described
from archcore.conformance.samples import chance, rows
from archcore.words.mask import Mask
from archcore.words.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.conformance.calls import Call
    from archcore.conformance.subject import Subject

ROWS = 24


@trials("array-equals-single-words", SPOKEN_OF)
def array_equals_single_words(on: Subject) -> Iterator[Trial]:
    """What a helper makes of an array of words is what it makes of each, run again as well."""
    by = chance("array-equals-single-words", on)
    for call in calls(on):
        if call.words and call.result is not Kind.NEVER:
            yield _tried(call, on, tuple(rows(call, on, by, ROWS)))


def _tried(call: Call, on: Subject, given: tuple[tuple[Any, ...], ...]) -> Trial:
    try:
        single = [number(call.function(*row)) for row in given]
        many = {"an array": _at_once(call, on, given), "a recording": _again(call, on, given)}
    except Exception as error:  # noqa: BLE001 - whatever a stranger's helper does
        return Trial(held=False, done=f"{call.name}: {type(error).__name__}: {error}")
    for what, answers in many.items():
        for row, expected, found in zip(given, single, answers, strict=True):
            if expected != found:
                said = f"{call.name}({shown(on, row)}) is {expected:#x}, of {what} {found:#x}"
                return Trial(held=False, done=said)
    return Trial(held=True, tried=len(given))


def _at_once(call: Call, on: Subject, given: tuple[tuple[Any, ...], ...]) -> list[int]:
    """Return the answers to all rows, computed on arrays."""
    return spread(call.function(*columns(call, on, given)), len(given))


def _again(call: Call, on: Subject, given: tuple[tuple[Any, ...], ...]) -> list[int]:
    """Return the answers to all rows of the recorded operations."""
    places = [at for at, kind in enumerate(call.arguments) if kind is Kind.WORD]

    def helper(*words: object) -> Any:  # noqa: ANN401 - a word or a truth
        arguments = list(given[0])
        for at, word in zip(places, words, strict=True):
            arguments[at] = word
        return call.function(*arguments)

    made = columns(call, on, given)
    return spread(record(helper, len(places)).run(*(made[at] for at in places)), len(given))


def columns(call: Call, on: Subject, given: tuple[tuple[Any, ...], ...]) -> list[Any]:
    """Return the arguments of all rows, those that are words as arrays."""
    import numpy as np

    from archcore.words.arrays import DTYPES

    dtype = DTYPES[on.width]
    return [
        np.array(column, dtype) if kind is Kind.WORD else column[0]
        for kind, column in zip(call.arguments, zip(*given, strict=True), strict=True)
    ]


def spread(answer: Any, count: int) -> list[int]:  # noqa: ANN401 - an array, or one for all
    """Return an array of answers, or one answer for all rows, as numbers."""
    import numpy as np

    if not isinstance(answer, np.ndarray):
        return [number(answer)] * count
    return [int(one) for one in answer.tolist()]


def number(answer: Any) -> int:  # noqa: ANN401 - a word, a truth or a mask
    """Return an answer in plain words as a number."""
    return int(answer.value if isinstance(answer, Mask) else answer)


def shown(on: Subject, row: tuple[Any, ...]) -> str:
    """Return arguments as people write them."""
    return ", ".join(described(on, one) for one in row)
