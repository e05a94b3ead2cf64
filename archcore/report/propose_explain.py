"""One candidate in words: its bit, what arming does, the laws it breaks, one of them retold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.again import told
from archcore.report.propose import (
    SENTENCES,
    UNNAMED,
    armed,
    conditions,
    fields_at,
    title,
)
from archcore.report.propose_text import FLUSH, TOLD
from archcore.report.text import PLAIN, paint, pairs, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.conformance.proposals.costs import Costs
    from archcore.conformance.proposals.explain import Explanation
    from archcore.conformance.verdict import Result
    from archcore.report.text import Look


def explanation(found: Explanation, look: Look = PLAIN) -> str:
    """Return one candidate as text, with the law that says most retold."""
    name = title(found.shipped, found.levels, found.verdict.form)
    standing = found.verdict.standing
    shipped = ", as the target ships it" if found.verdict.shipped else ""
    parts = [
        f"{found.shipped.id}: {paint(name, 'bold', look)} is {standing.value}{shipped}",
        pairs(list(_facts(found))),
        *_laws(found, look),
    ]
    if found.refuted:
        parts.append(_story(found.refuted[0]))
    return "\n\n".join(parts)


def explanation_markdown(found: Explanation) -> str:
    """Return the same, as a block that keeps its columns."""
    return "\n".join(["```text", explanation(found), "```"])


def _facts(found: Explanation) -> Iterator[tuple[str, str]]:
    form = found.verdict.form
    if form.mark is not None:
        at = form.mark.position
        for level in found.levels:
            layout = found.shipped.geometry.level(level).layout
            yield f"bit {at} at {level}", "/".join(fields_at(layout, at)) or UNNAMED
        yield f"bit {at} in swap", "/".join(fields_at(found.shipped.swap, at)) or UNNAMED
    for level in found.levels:
        yield f"armed at {level}", armed(found.target, level)
    yield "told from none by", TOLD[form.telling]
    for level, names in form.learn.items():
        yield f"must learn at {level}", " ".join(names)
    yield "laws", _counted(found)
    if found.verdict.mended is not None:
        wanted = " and ".join(conditions(found.shipped, found.verdict.mended))
        yield "would live if", wanted
    if found.verdict.costs is not None:
        yield from _costs(found.verdict.costs)


def _counted(found: Explanation) -> str:
    kept = len(found.results) - len(found.refuted) - len(found.owed) - len(found.undecided)
    counts = {
        "kept": kept,
        "broken": len(found.refuted),
        "broken by the target anyway": len(found.owed),
        "undecided": len(found.undecided),
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _costs(costs: Costs) -> Iterator[tuple[str, str]]:
    yield "software bits", str(costs.software_bits)
    yield "refuses", "every mode" if costs.gives_up_valid else "user mode"
    yield "write permission", "kept" if costs.keeps_write else "lost"
    yield "flush on disarming", FLUSH[costs.flushes]
    yield "frame", "hidden" if costs.hides_frame else "shown"
    yield "operations", str(costs.operations)


def _laws(found: Explanation, look: Look) -> Iterator[str]:
    for heading, results in (
        ("Laws that it breaks", found.refuted),
        ("Laws that it breaks as the target does without it", found.owed),
        ("Laws that were not decided in time", found.undecided),
    ):
        if results:
            by_law: dict[str, list[str]] = {}
            for one in results:
                by_law.setdefault(one.law, []).append(one.level)
            rows = [(law, " ".join(levels), SENTENCES[law]) for law, levels in by_law.items()]
            body = table(("LAW", "AT", "PROMISE"), rows, look)
            yield "\n".join([paint(heading, "bold", look), body])


def _story(one: Result) -> str:
    lines = [f"{one.law} at {one.level}: {SENTENCES[one.law]}"]
    if one.counterexample is not None:
        lines += [f"  {name}: {said}" for name, said in one.counterexample.case.items()]
        lines += told(one.counterexample)
    if one.reason:
        lines.append(f"  {one.reason}")
    return "\n".join(lines)
