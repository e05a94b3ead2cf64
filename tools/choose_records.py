"""Which records of a helper notice a mistake in it: few that together notice every small one.

A mistake is one operation of the helper's recording done otherwise: a mask or a constant with one
bit flipped, any taken for all, a choice the wrong way round, a step left out. Of many records, the
one that notices most mistakes is taken first, and so on until all that any record notices are
noticed twice; a few more records are spread over the rest.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import evolve, frozen

from archcore.vectors.signature import TRUTHS
from archcore.words import Mask, vocabulary
from archcore.words.arrays import DTYPES
from archcore.words.record import Op, Recording, Ref, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from archcore.vectors.group import Group
    from archcore.words.record import Argument

SPREAD = 12
WHOLE = 160
TIMES = 2
SWAPS = {"both": "either", "either": "both", "has_all": "has_any", "has_any": "has_all"}
FIRST = {"put", "clear", "xor", "with_bits", "negate", "both", "either", "add_bits"}


@frozen
class Choice:
    """The places of the chosen records; ``blind`` mistakes are noticed by no record at all."""

    places: tuple[int, ...]
    mistakes: int = 0
    blind: int = 0


def choose(function: Callable[..., Any], group: Group, width: int) -> Choice:
    """Return which records of a group to keep for a helper of words of that width."""
    _, first = np.unique(group.words, axis=0, return_index=True)
    distinct = np.sort(first)
    chosen: set[int] = set(_spread(distinct, SPREAD if len(distinct) > WHOLE else WHOLE))
    mistakes = blind = 0
    for part, helper in _parts(function, group, distinct):
        try:
            recording = record(helper, _words(group))
        except Exception:  # noqa: BLE001 - looks its answer up, and cannot be recorded
            chosen |= set(_spread(part, WHOLE))
            continue
        noticed = list(_noticed(recording, group, part, width))
        mistakes += len(noticed)
        blind += sum(not one.any() for one in noticed)
        chosen |= {int(part[at]) for at in _cover([one for one in noticed if one.any()])}
    return Choice(tuple(sorted(chosen)), mistakes, blind)


def _words(group: Group) -> int:
    return sum(letter not in TRUTHS for letter in group.signature.arguments)


def _spread(places: NDArray[np.int64], count: int) -> list[int]:
    """Return places at even distances, the first and the last among them."""
    at = np.linspace(0, len(places) - 1, min(count, len(places))).round().astype(int)
    return [int(one) for one in places[at]]


def _parts(
    function: Callable[..., Any], group: Group, places: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], Callable[..., Any]]]:
    """Yield the places of records with equal truths among the arguments, and their helper."""
    letters = group.signature.arguments
    flags = [at for at, letter in enumerate(letters) if letter in TRUTHS]
    for given in np.unique(group.words[places][:, flags], axis=0) if flags else [()]:
        same = (group.words[places][:, flags] == given).all(axis=1) if flags else slice(None)
        truths = dict(zip(flags, (bool(one) for one in given), strict=True))
        yield places[same], partial(_with_truths, function, truths)


def _with_truths(function: Callable[..., Any], truths: dict[int, bool], *words: object) -> object:
    given = iter(words)
    return function(
        *(truths[at] if at in truths else next(given) for at in range(len(truths) + len(words)))
    )


# -- mistakes -------------------------------------------------------------------------------------


def mistakes(op: Op, width: int) -> Iterator[Callable[[list[Any]], object]]:
    """Yield what an operation would give, done otherwise in one small way each."""
    for at, arg in enumerate(op.args):
        for other in _otherwise(arg, width):
            args = (*op.args[:at], other, *op.args[at + 1 :])
            yield partial(_done, evolve(op, args=args))
    if op.name in SWAPS:
        yield partial(_done, evolve(op, name=SWAPS[op.name]))
    if op.name == "where":
        condition, a, b = op.args
        yield partial(_done, evolve(op, args=(condition, b, a)))
        yield from (partial(_value, one) for one in (a, b))
    elif op.name in FIRST:
        yield partial(_value, op.args[0])


def _otherwise(arg: Argument, width: int) -> Iterator[Argument]:
    """Yield a constant with each of its bits flipped in turn."""
    if isinstance(arg, bool):
        yield not arg
    elif isinstance(arg, Mask):
        yield from (Mask(arg.value ^ 1 << bit, width) for bit in range(width))
    elif isinstance(arg, int):
        yield from (arg ^ 1 << bit for bit in range(width))


def _value(arg: Argument, values: list[Any]) -> object:
    return values[arg.index] if isinstance(arg, Ref) else arg


def _done(op: Op, values: list[Any]) -> object:
    return getattr(vocabulary, op.name)(*(_value(arg, values) for arg in op.args))


def _noticed(
    recording: Recording, group: Group, places: NDArray[np.int64], width: int
) -> Iterator[NDArray[np.bool_]]:
    """Yield, for each mistake, which of the records notice it."""
    letters = group.signature.arguments
    columns = [at for at, letter in enumerate(letters) if letter not in TRUTHS]
    dtype = DTYPES[width]
    values: list[Any] = [np.ascontiguousarray(group.words[places, at], dtype) for at in columns]
    for op in recording.ops:
        values.append(_done(op, values))
    expected = group.results[places]
    for at, op in enumerate(recording.ops, recording.inputs):
        for mistake in mistakes(op, width):
            try:
                made = _rest(recording, values[:at], mistake)
            except Exception:  # noqa: BLE001, S112 - no helper would come to that
                continue
            answers = np.asarray(made.value if isinstance(made, Mask) else made, np.uint64)
            yield np.broadcast_to(answers, expected.shape) != expected


def _rest(recording: Recording, values: list[Any], mistake: Callable[[list[Any]], object]) -> Any:  # noqa: ANN401 - a word or a truth
    """Return the result when the next operation is done otherwise and the others as recorded."""
    values.append(mistake(values))
    for op in recording.ops[len(values) - recording.inputs :]:
        values.append(_done(op, values))
    return _value(recording.result, values)


def _cover(noticed: list[NDArray[np.bool_]]) -> list[int]:
    """Return few places that notice everything TIMES over where they can, most telling first."""
    if not noticed:
        return []
    left = np.unique(np.array(noticed), axis=0)
    due = np.minimum(left.sum(axis=1), TIMES)
    found = []
    while due.any():
        best = int(left[due > 0].sum(axis=0).argmax())
        found.append(best)
        due = np.maximum(due - left[:, best], 0)
        left[:, best] = False
    return found
