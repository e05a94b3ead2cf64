"""A search for encodings in words: what is legal, at which cost, and which law kills the rest."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from archcore.conformance.proposals.form import Telling
from archcore.conformance.proposals.order import weight
from archcore.conformance.proposals.verdict import Standing
from archcore.report.propose import (
    SENTENCES,
    armed,
    conditions,
    label,
    learned,
    title,
)
from archcore.report.text import PLAIN, paint, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from archcore.conformance.proposals.costs import Costs
    from archcore.conformance.proposals.verdict import Proposal, Verdict
    from archcore.report.text import Look

LEGAL = (
    *("ENCODING", "ARMING", "TOLD BY", "LEARN", "DEBTS", "SOFTWARE BITS", "REFUSES"),
    *("WRITE", "FLUSH", "FRAME", "OPERATIONS"),
)
DEAD = ("LAW", "AT", "KILLS", "BREAKS", "LEGAL AT", "PROMISE")
TOLD = {Telling.ITSELF: "itself", Telling.NOT_NONE: "pte_protnone", Telling.VMA: "VMA"}
FLUSH = {True: "yes", False: "no", None: "not judged"}
NOTHING = "-"
USER_ONLY = (
    "user mode: such a hint stays valid, and the hardware model does not say what kernel mode may "
    "do with it."
)


def text(found: Proposal, look: Look = PLAIN) -> str:
    """Return the search as text."""
    parts = [opening(found)]
    for heading, headers, rows in _tables(found):
        if rows:
            parts.append("\n".join([paint(heading, "bold", look), table(headers, rows, look)]))
    return "\n\n".join([*parts, *_notes(found)])


def markdown(found: Proposal) -> str:
    """Return the search as Markdown."""
    parts = [opening(found)]
    for heading, headers, rows in _tables(found):
        if rows:
            lines = [headers, ["---"] * len(headers), *rows]
            sheet = (f"| {' | '.join(one)} |" for one in lines)
            parts.append("\n".join([f"## {heading}", "", *sheet]))
    return "\n\n".join([*parts, *_notes(found)])


def opening(found: Proposal) -> str:
    """Return what was searched, and what came of it, in a line or two."""
    legal, undecided = len(found.of(Standing.LEGAL)), len(found.of(Standing.UNDECIDED))
    count = f"{legal} of {len(found.verdicts)} encodings are legal"
    rest = f", {undecided} undecided" if undecided else ""
    lines = [f"{found.target.id} at {', '.join(found.levels)}: {count}{rest}"]
    for level, law in found.aside.items():
        lines.append(
            f"{level} is left out, where {law} is broken before any hint: {SENTENCES[law]}"
        )
    return "\n".join(lines)


def _tables(
    found: Proposal,
) -> Iterator[tuple[str, Sequence[str], Sequence[Sequence[str]]]]:
    legal = [_legal(found, one) for one in found.of(Standing.LEGAL)]
    yield "Legal, the cheapest first", LEGAL, legal
    yield "Dead, but would live", ("KILLED", "LEARN", "WOULD LIVE IF"), list(_would_live(found))
    yield "Dead, by the law that says most", DEAD, list(_dead(found))
    undecided = [
        (title(found.target, found.levels, one.form), _open(one))
        for one in found.of(Standing.UNDECIDED)
    ]
    yield "Undecided", ("ENCODING", "NOT DECIDED IN TIME"), undecided


# -- rows -----------------------------------------------------------------------------------------


def _legal(found: Proposal, one: Verdict) -> tuple[str, ...]:
    name = title(found.target, found.levels, one.form) + (", as shipped" if one.shipped else "")
    return (
        name,
        armed(found.targets[one.form.name], found.levels[0]),
        TOLD[one.form.telling],
        " ".join(learned(one.form)) or NOTHING,
        *(_costs(one.costs) if one.costs else ()),
    )


def _costs(costs: Costs) -> tuple[str, ...]:
    return (
        str(costs.debts),
        str(costs.software_bits),
        "every mode" if costs.gives_up_valid else "user mode",
        "kept" if costs.keeps_write else "lost",
        FLUSH[costs.flushes],
        "hidden" if costs.hides_frame else "shown",
        str(costs.operations),
    )


def _would_live(found: Proposal) -> Iterator[tuple[str, str, str]]:
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for one in found.verdicts:
        if one.mended is not None:
            wanted = " and ".join(conditions(found.target, one.mended))
            learn = " ".join(learned(one.form)) or NOTHING
            groups.setdefault((learn, wanted), []).append(one)
    for (learn, wanted), several in groups.items():
        yield names(found, several), learn, wanted


def _dead(found: Proposal) -> Iterator[tuple[str, ...]]:
    groups: dict[tuple[str, str, tuple[str, ...]], list[Verdict]] = {}
    for one in found.of(Standing.DEAD):
        if one.killer is not None:
            key = one.killer.law, one.killer.level, one.legal_at
            groups.setdefault(key, []).append(one)
    for (law, level, legal_at), several in sorted(
        groups.items(), key=lambda group: (weight(group[0][0]), group[0][1:])
    ):
        kills = sorted({one.kills for one in several})
        span = str(kills[0]) if len(kills) == 1 else f"{kills[0]} to {kills[-1]}"
        where = " ".join(legal_at) or NOTHING
        yield law, level, names(found, several), span, where, SENTENCES[law]


def _open(one: Verdict) -> str:
    return " ".join(dict.fromkeys(law for heard in one.hearings for law in heard.open))


def names(found: Proposal, several: Iterable[Verdict]) -> str:
    """Return candidates in few words: other names first, then bits as runs with their names."""
    forms = [one.form for one in several]
    single = [
        title(found.target, found.levels, one)
        for one in forms
        if one.mark is None or one.name != f"bit-{one.mark.position}"
    ]
    places = [one.mark.position for one in forms if one.mark and one.name.startswith("bit-")]
    return ", ".join([*single, *_runs(places, lambda at: label(found.target, found.levels, at))])


def _runs(places: list[int], name: Callable[[int], str]) -> Iterator[str]:
    keyed = ((at - place, name(at), at) for place, at in enumerate(sorted(places)))
    for (_, said), run in groupby(keyed, key=lambda one: one[:2]):
        at = [position for *_, position in run]
        yield f"{at[0]} {said}" if len(at) == 1 else f"{at[0]}..{at[-1]} {said}"


# -- what stands below ----------------------------------------------------------------------------


def _notes(found: Proposal) -> Iterator[str]:
    legal = found.of(Standing.LEGAL)
    debts: dict[str, dict[str, None]] = {}
    for heard in (heard for one in legal for heard in one.hearings):
        for law in heard.debts:
            debts.setdefault(law, {})[heard.level] = None
    if debts:
        lines = [f"  {law} ({' '.join(levels)}): {SENTENCES[law]}" for law, levels in debts.items()]
        yield "\n".join(["Debts, which the shipped encoding has, too:", *lines])
    if any(one.costs and not one.costs.gives_up_valid for one in legal):
        yield USER_ONLY
