"""A law tried once more on given words, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.parameters import words_of
from archcore.conformance.retell import failing, retell
from archcore.conformance.subject import subject
from archcore.conformance.suite import select
from archcore.errors import UsageError
from archcore.registry import installed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.conformance.verdict import Counterexample


def again(name: str, target: str, level: str, words: Mapping[str, int]) -> str:
    """Return the calls of a law on these words and whether it holds; see try_law."""
    (law,) = select((name,)).laws
    on = subject(installed().get(target), level)
    wanted = words_of(law.arguments)
    if set(words) != set(wanted):
        given = ", ".join(words) or "nothing"
        raise UsageError(f"{name} is about {', '.join(wanted) or 'no word'}, not about {given}")
    case = failing(law, on, words)
    if case is None:
        return f"{name} holds for {target} {level} with these words"
    found = retell(law, on, case, words)
    where = "".join(f", {one} {said}" for one, said in found.case.items())
    return "\n".join([f"{name} fails for {target} {level}{where}", *told(found)])


def told(counterexample: Counterexample) -> list[str]:
    """Return the calls of a counterexample, a line each."""
    left = [f"{one.call} = {one.result}" for one in counterexample.steps]
    width = max(map(len, left), default=0)
    return [
        f"  {call.ljust(width)}  {step.meaning}".rstrip()
        for call, step in zip(left, counterexample.steps, strict=True)
    ]
