"""Writing a law down: a function with a sentence becomes a value."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from archcore.conformance.law import Law, Method, Premise
from archcore.errors import LayoutError
from archcore.hookspecs import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.conformance.capability import Capability
    from archcore.conformance.law import Trial
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth

FIRST = "1.0"


def law(
    name: str,
    *needs: Capability,
    given: Premise | None = None,
    levels: tuple[str, ...] = LEVELS,
    since: str = FIRST,
    kernels: tuple[str | None, str | None] = (None, None),
    source: str = "",
    leaves_open: str = "",
) -> Callable[[Callable[..., Truth]], Law]:
    """Make a law of the function below; its sentence is the first line of the docstring."""

    def declare(function: Callable[..., Truth]) -> Law:
        return Law(
            name,
            since,
            sentence_of(function),
            function,
            given,
            needs,
            levels,
            kernels,
            source,
            leaves_open=leaves_open,
        )

    return declare


def trials(
    name: str,
    *needs: Capability,
    method: Method = Method.SAMPLE,
    levels: tuple[str, ...] = LEVELS,
    since: str = FIRST,
    kernels: tuple[str | None, str | None] = (None, None),
    source: str = "",
) -> Callable[[Callable[[Subject], Iterator[Trial]]], Law]:
    """Make a law that is tried and not proved of the generator below."""

    def declare(function: Callable[[Subject], Iterator[Trial]]) -> Law:
        sentence = sentence_of(function)
        return Law(name, since, sentence, function, None, needs, levels, kernels, source, method)

    return declare


def premise(name: str) -> Callable[[Callable[..., Truth]], Premise]:
    """Make a premise of the function below."""

    def declare(function: Callable[..., Truth]) -> Premise:
        return Premise(name, sentence_of(function), function)

    return declare


def sentence_of(function: Callable[..., object]) -> str:
    """Return the first paragraph of a docstring as one line; raises LayoutError without one."""
    text = inspect.getdoc(function)
    if not text:
        raise LayoutError(f"{function.__name__} needs a sentence that says what is promised")
    return " ".join(text.split("\n\n")[0].split())
