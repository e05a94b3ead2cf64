"""A law tried once more on given words, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.parameters import words_of
from archcore.conformance.retell import retell
from archcore.conformance.subject import subject
from archcore.conformance.suite import select
from archcore.errors import UsageError
from archcore.registry import installed

if TYPE_CHECKING:
    from collections.abc import Mapping


def again(name: str, target: str, level: str, words: Mapping[str, int]) -> str:
    """Return the calls of a law on these words and whether it holds; see try_law."""
    (law,) = select((name,)).laws
    on = subject(installed().get(target), level)
    wanted = words_of(law.arguments)
    if set(words) != set(wanted):
        given = ", ".join(words) or "nothing"
        raise UsageError(f"{name} is about {', '.join(wanted) or 'no word'}, not about {given}")
    found = retell(law, on, words)
    if found is None:
        return f"{name} holds for {target} {level} with these words"
    case = ", ".join(f"{one} {said}" for one, said in found.case.items())
    lines = [f"{name} fails for {target} {level}" + (f", {case}" if case else "")]
    lines += [
        f"  {one.call} = {one.result}" + (f"   {one.meaning}" if one.meaning else "")
        for one in found.steps
    ]
    return "\n".join(lines)
