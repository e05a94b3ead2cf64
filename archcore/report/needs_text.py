"""What targets need of maintenance, in words and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.report.needs import cost_of, reason_of
from archcore.report.text import PLAIN, paint, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcore.needs import Needs
    from archcore.report.text import Look

HEAD = ("CALL", "WHY IT IS MADE", "WITHOUT IT", "AS TOLD IN")
NOTHING = "nothing is lost"


def render(found: Iterable[Needs], look: Look = PLAIN) -> str:
    """Return a table a target, a row a call and reason."""
    return "\n\n".join(_one(shown, look) for shown in found)


def markdown(found: Iterable[Needs]) -> str:
    """Return one Markdown table."""
    rows = [f"| TARGET | {' | '.join(HEAD)} |", f"|{'---|' * (len(HEAD) + 1)}"]
    for shown in found:
        rows += [f"| {shown.target.id} | {' | '.join(row)} |" for row in _rows(shown)]
    return "\n".join(rows)


def _one(shown: Needs, look: Look) -> str:
    title = f"{shown.target.id} under {shown.engine}: {len(shown.whole)} stories, "
    title += "clean with all calls" if shown.enough else "not all of them clean with all calls"
    broken = [
        f"  {story.name} ({story.sentence}): {told.ending.value}; {told.detail}"
        for story, told in shown.whole.items()
        if not told.clean
    ]
    return "\n".join([paint(title, "bold", look), *broken, table(HEAD, list(_rows(shown)), look)])


def _rows(shown: Needs) -> Iterator[tuple[str, ...]]:
    for call, stories in shown.without.items():
        endings = dict.fromkeys(told.ending.value for told in stories.values())
        cost = cost_of(shown, call)
        lost = "; ".join(endings) or (f"{NOTHING}; {cost}" if cost else NOTHING)
        told = stories or (shown.dearer[call] if cost else ())
        yield call.hook, reason_of(call), lost, ", ".join(story.name for story in told)
