"""The review in words, and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.report.text import PLAIN, paint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcore.report.review.point import Point
    from archcore.report.text import Look


def render(points: Iterable[Point], look: Look = PLAIN) -> str:
    """Return a paragraph a point."""
    return "\n\n".join("\n".join(_point(one, look)) for one in points)


def markdown(points: Iterable[Point]) -> str:
    """Return a Markdown table, a row a point."""
    rows = ["| | question | property | evidence | verdict |", "|---|---|---|---|---|"]
    for one in points:
        evidence = "<br>".join(
            f"{side.engine.name} on {side.target.id}: {_value(dict(fact.found))}"
            for side, fact in zip(one.sides, one.facts, strict=True)
        )
        cells = (one.asked.id, one.asked.question, one.asked.property, evidence, one.verdict)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _point(point: Point, look: Look) -> Iterator[str]:
    yield paint(f"{point.asked.id}  {point.asked.question}", "bold", look)
    yield f"    property: {point.asked.property}"
    for side, fact in zip(point.sides, point.facts, strict=True):
        mark = "holds" if fact.holds else "fails"
        yield f"    {side.engine.name} on {side.target.id}: {mark}"
        for name, value in fact.found.items():
            yield f"        {name}: {_value(value)}"
    yield f"    verdict: {point.verdict}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_value(one)}" for name, one in value.items()) or "nothing"
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "none"
    return str(value)
