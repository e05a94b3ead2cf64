"""Helpers are total: an answer for every word, in every number system, of the kind declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.conformance.calls import Kind, calls
from archcore.conformance.capability import SPOKEN_OF
from archcore.conformance.declare import trials
from archcore.conformance.law import Trial
from archcore.conformance.laws.batch import columns, shown
from archcore.conformance.samples import chance, rows
from archcore.errors import MachineError
from archcore.words.guard import Guarded
from archcore.words.lineage import traced
from archcore.words.mask import Mask
from archcore.words.record import Tape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.conformance.calls import Call
    from archcore.conformance.subject import Subject

ROWS = 16


@trials("helper-answers-every-word", SPOKEN_OF)
def helper_answers_every_word(on: Subject) -> Iterator[Trial]:
    """Hooks and kernel helpers answer every word, with a word or a truth as they declare."""
    by = chance("helper-answers-every-word", on)
    for call in calls(on):
        given = tuple(rows(call, on, by, ROWS))
        for system, arguments in _systems(call, on, given):
            wrong = _wrong(call, on, arguments)
            if wrong:
                where = "" if system is None else f" on {system}"
                yield Trial(held=False, done=f"{call.name}({shown(on, given[0])}){where} {wrong}")
        yield Trial(held=True, tried=len(given))


def _systems(
    call: Call, on: Subject, given: tuple[tuple[Any, ...], ...]
) -> Iterator[tuple[str | None, tuple[Any, ...]]]:
    """Yield the arguments of a call in each number system that helpers are asked in."""
    for row in given:
        yield None, row
    if not call.words or call.result is Kind.NEVER:
        return
    yield "arrays", tuple(columns(call, on, given))
    tape = iter(Tape(call.words).words())
    yield "recorded words", _with(call, given[0], lambda: next(tape))
    if call.words == 1 and call.result is Kind.TRUTH:  # what laws ask the lineage of
        yield "traced words", _with(call, given[0], lambda: traced(on.width))


def _with(call: Call, row: tuple[Any, ...], word: Callable[[], Any]) -> tuple[Any, ...]:
    kinds = zip(call.arguments, row, strict=True)
    return tuple(word() if kind is Kind.WORD else one for kind, one in kinds)


def _wrong(call: Call, on: Subject, arguments: tuple[Any, ...]) -> str:
    """Return what is wrong with the answer, if anything is."""
    try:
        answer = call.function(*arguments)
    except MachineError as error:
        return "" if call.result is Kind.NEVER else f"raises MachineError: {error}"
    except Exception as error:  # noqa: BLE001 - whatever a stranger's helper does
        return f"raises {type(error).__name__}: {error}"
    kinds = {Kind.NUMBER: (Kind.WORD,), None: (Kind.WORD, Kind.TRUTH)}
    wanted = kinds.get(call.result, (call.result,))
    if _kind_of(answer, on) in wanted:
        return ""
    declared = " or ".join(kind.value for kind in wanted if kind is not None)
    return f"gives {answer!r}, not {declared}"


def _kind_of(answer: Any, on: Subject) -> Kind | None:  # noqa: ANN401 - whatever was given
    """Return whether something is a word of the target's width, a truth, or neither."""
    if isinstance(answer, bool):
        return Kind.TRUTH
    if type(answer) is int:
        return Kind.WORD if not answer >> on.width else None
    if isinstance(answer, Guarded):
        return Kind.TRUTH if answer.is_truth else Kind.WORD
    if isinstance(answer, Mask):
        return Kind.WORD if answer.width == on.width else None
    return _kind_of_array(answer, on)


def _kind_of_array(answer: Any, on: Subject) -> Kind | None:  # noqa: ANN401 - whatever was given
    import numpy as np

    from archcore.words.arrays import DTYPES

    if not isinstance(answer, np.ndarray) or not answer.ndim:
        return None
    if answer.dtype.kind == "b":
        return Kind.TRUTH
    return Kind.WORD if answer.dtype == DTYPES[on.width] else None
