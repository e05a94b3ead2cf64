"""The whole review: every point, in the order of its letter, for a pair of sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import UnknownNameError
from archcore.races.stage import Stage
from archcore.report.review.boundary import BOUNDARY
from archcore.report.review.flush import FLUSH
from archcore.report.review.paid import PAID
from archcore.report.review.point import answer
from archcore.report.review.promises import PROMISES
from archcore.report.review.races import RACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archcore.report.review.point import Point, Question, Side

QUESTIONS = {
    one.id: one
    for one in sorted(
        (*PAID, *BOUNDARY, *FLUSH, *PROMISES, *RACES), key=lambda one: (one.id[0], int(one.id[1:]))
    )
}


def questions(names: Iterable[str]) -> list[Question]:
    """Return points by their ids, all if none is named; raises UnknownNameError."""
    wanted = list(names) or list(QUESTIONS)
    for name in wanted:
        if name not in QUESTIONS:
            raise UnknownNameError("point of the review", name, tuple(QUESTIONS))
    return [QUESTIONS[name] for name in wanted]


def review(
    asked: Iterable[Question],
    sides: tuple[Side, ...],
    progress: Callable[[int], None] = lambda _: None,
) -> list[Point]:
    """Return the points with their evidence; ``progress`` is told of each.

    Raises UsageError where points are asked that search, and greenlet is missing.
    """
    points, asked = [], list(asked)
    if any(one in RACES for one in asked):
        Stage()  # what it lacks is said before the first answer is looked for
    for question in asked:
        points.append(answer(question, sides))
        progress(1)
    return points


def review_document(points: Iterable[Point]) -> dict[str, object]:
    """Return a review as a document."""
    return {
        "points": [
            {
                "id": one.asked.id,
                "question": one.asked.question,
                "property": one.asked.property,
                "evidence": [
                    {
                        "engine": side.engine.name,
                        "target": side.target.id,
                        "holds": fact.holds,
                        "found": fact.found,
                    }
                    for side, fact in zip(one.sides, one.facts, strict=True)
                ],
                "verdict": one.verdict,
            }
            for one in points
        ]
    }
