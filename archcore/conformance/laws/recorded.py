"""What a kernel answered: records of its own helpers that come with a target.

All other laws ask a target whether it agrees with itself or with its hardware; that a bit is where
the kernel has it only the kernel can say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import RECORDED
from archcore.conformance.declare import trials
from archcore.conformance.golden import recorded
from archcore.conformance.law import Trial
from archcore.hookspecs import LEVELS
from archcore.vectors.check import check
from archcore.vectors.meaning import differing, meaning
from archcore.vectors.meta import contradictions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.conformance.subject import Subject
    from archcore.vectors.check import Failure, Tally


@trials("recorded-answers", RECORDED, levels=LEVELS[:1], source="docs/vectors.md")
def recorded_answers(on: Subject) -> Iterator[Trial]:
    """Every helper answers what the target's kernel was recorded to answer."""
    vectors = recorded(on.target)
    if vectors.truncated is not None:
        yield Trial(held=False, done=f"{on.target.golden}: {vectors.truncated}")
    for sentence in contradictions(on.target, vectors):
        yield Trial(held=False, done=f"{on.target.golden}: {sentence}")
    for tally in check(on.target, on.hooks, vectors, limit=1).tallies:
        yield _trial(on, tally)


def _trial(on: Subject, tally: Tally) -> Trial:
    records = tally.passed + tally.failed + tally.unchecked
    if tally.missing is not None:
        text = f"{tally.helper} has {records} records, and the target has {tally.missing}"
        return Trial(held=False, done=text, tried=records)
    text = "".join(told(on, failure) for failure in tally.failures)
    return Trial(held=not tally.failed, done=text, tried=records)


def told(on: Subject, failure: Failure) -> str:
    """Return a record that a target differs from, in a sentence."""
    letter = failure.signature.result
    given = ", ".join(map(hex, failure.args))
    text = f"{failure.helper}({given}) is recorded as {_shown(on, letter, failure.expected)}"
    if isinstance(failure.got, str):
        return f"{text}, and is here {failure.got}"
    fields = differing(on.target, letter, failure.expected, failure.got)
    apart = f"; they differ in {', '.join(fields)}" if fields else ""
    return f"{text}, and is here {_shown(on, letter, failure.got)}{apart}"


def _shown(on: Subject, letter: str, word: int) -> str:
    """Return a number with what it means to the target, if it means something."""
    found = meaning(on.target, on.hooks, letter, word)
    if found is None or found.state is None:
        return hex(word)
    frame = "" if found.pfn is None else f", frame {found.pfn:#x}"
    return f"{word:#x} ({found.state}{frame})"
