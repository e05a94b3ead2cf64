"""Races in words: the endings of one search, a line for each of several, one interleaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.report.races import says
from archcore.report.text import PLAIN, paint, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from archcore.races.result import Outcome, RaceResult
    from archcore.races.retell import Retold
    from archcore.report.races_many import Refusal
    from archcore.report.text import Look

ENDINGS = ("COUNT", "FAULTS", "PTL", "THROWN AWAY", "LOST", "STATE", "EXAMPLE", "FINDINGS")
SUMMARY = (
    *("SCENARIO", "ENGINE", "TARGET", "INTERLEAVINGS", "ENDINGS", "FAULTS", "PTL", "THROWN AWAY"),
    *("LOST", "FINDINGS"),
)


def render(
    results: Sequence[RaceResult], refused: Sequence[Refusal] = (), look: Look = PLAIN
) -> str:
    """Return the endings of one search, or a line for each of several."""
    if len(results) == 1:
        return _one(results[0], look)
    lines = [_summary(one) for one in results]
    parts = [table(SUMMARY, lines, look)] if lines else []
    parts += ["\n".join(f"{one.scenario} {one.engine}: {one.reason}" for one in refused)]
    parts += ["\n".join(_unexpected(results))]
    return "\n\n".join(part for part in parts if part)


def markdown(results: Sequence[RaceResult]) -> str:
    """Return the same as a Markdown table."""
    if len(results) == 1:
        rows = [_ending(one) for one in results[0].outcomes]
        return f"{_title(results[0])}\n\n{_piped(ENDINGS, rows)}"
    return _piped(SUMMARY, [_summary(one) for one in results])


def render_trace(told: Retold, look: Look = PLAIN) -> str:
    """Return one interleaving, a column for each thread."""
    columns = {actor: at for at, actor in enumerate(told.actors)}
    rows, before = [], ""
    for number, step in enumerate(told.steps, 1):
        cells = [""] * len(columns)
        cells[columns[step.actor]] = step.step
        rows.append((str(number), *cells, "" if step.entry == before else step.entry))
        before = step.entry
    found = [f"  {says(*one)}" for one in told.ending.findings]
    ending = f"{told.id}: {told.ending.state}, after {told.ending.faults} faults"
    return "\n".join([table(("", *told.actors, "ENTRY"), rows, look), "", ending, *found])


def _one(result: RaceResult, look: Look) -> str:
    title = paint(_title(result), "bold", look)
    rows = [_ending(one) for one in result.outcomes]
    found = sorted({one for each in result.outcomes for one in each.ending.findings}, key=_order)
    notes = [
        f"  {trouble.name}: {trouble.value}"
        + ("" if trouble in result.known else "; not known of this profile")
        for trouble in dict.fromkeys(trouble for trouble, _ in found)
    ]
    return "\n".join([title, "", table(ENDINGS, rows, look), *([""] if notes else []), *notes])


def _title(result: RaceResult) -> str:
    reach = ("all" if result.exhaustive else "some") + " interleavings"
    if result.preemptions is not None:
        reach += f" with at most {result.preemptions} preemption{'s'[result.preemptions == 1 :]}"
    return (
        f"{result.scenario}: {result.sentence}\n"
        f"{result.target} under engine {result.engine}: {reach}, "
        f"{result.interleavings} of them, for {result.orders} orders of steps"
    )


def _ending(outcome: Outcome) -> tuple[str, ...]:
    ending = outcome.ending
    return (
        str(outcome.count),
        str(ending.faults),
        str(ending.lock_round_trips),
        _wasted(dict(ending.discarded)) or "-",
        str(ending.lost_stores),
        ending.state,
        outcome.example,
        ", ".join(dict.fromkeys(trouble.name for trouble, _ in ending.findings)) or "-",
    )


def _summary(result: RaceResult) -> tuple[str, ...]:
    endings = [one.ending for one in result.outcomes]
    wasted: dict[str, int] = {}
    for ending in endings:
        for what, units in ending.discarded:
            wasted[what] = max(units, wasted.get(what, 0))
    return (
        result.scenario,
        result.engine,
        result.target,
        f"{result.interleavings}" + ("" if result.exhaustive else " of more"),
        str(len(endings)),
        _span(one.faults for one in endings),
        _span(one.lock_round_trips for one in endings),
        _wasted(wasted) or "-",
        _span(one.lost_stores for one in endings),
        ", ".join(sorted(one.name for one in result.troubles)) or "-",
    )


def _unexpected(results: Iterable[RaceResult]) -> list[str]:
    return [
        f"not known of this profile: {one.scenario} {one.engine} {one.target}: "
        + ", ".join(sorted(each.name for each in one.unexpected))
        for one in results
        if one.unexpected
    ]


def _wasted(discarded: dict[str, int]) -> str:
    return ", ".join(f"{units} {what}" for what, units in discarded.items() if units)


def _span(numbers: Iterable[int]) -> str:
    found = sorted(set(numbers))
    if not found:
        return "-"
    return str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}"


def _piped(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_order: Callable[[tuple[object, str]], str] = str
