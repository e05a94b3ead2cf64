"""What targets promise, and the witnesses that nobody here wrote."""

from __future__ import annotations


def try_law(law: str, target: str, level: str, **words: int) -> str:
    """Return what a law makes of some words, call by call: what a counterexample tells to run.

    A law that is tried and not proved is about no words, and is tried once more.
    Raises UnknownNameError for an unknown law or target and LayoutError for an unknown level.
    """
    from archcore.conformance.again import again

    return again(law, target, level, words)
