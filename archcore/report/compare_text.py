"""A comparison in words: encodings, what they keep, what the trace cost, and what failed."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from archcore.mm.costs import Payer
from archcore.report.compare import UNSTATED
from archcore.report.document import hexword
from archcore.report.text import PLAIN, paint, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcore.report.compare import Row
    from archcore.report.properties import Properties
    from archcore.report.text import Look

ENCODING = (
    "target",
    "how the hint is encoded",
    "needs VMA",
    "tells from none",
    "present given up",
    "frame hidden",
    "software bits",
    "swap offset bits",
)
KEPT = ("target", "write", "dirty", "young", "frame", "hardware faults")
KEPT_HUGE = ("target", "huge write", "huge dirty", "huge young", "huge frame", "huge faults")
REPLAY = (
    "target",
    "engine",
    "numa_pte_updates",
    "numa_hint_faults",
    "numa_hint_faults_local",
    "numa_pages_migrated",
    "pgfault",
    "TLB misses",
    "walks",
    "walks are",
    "TLB flushes",
    "cache flushes",
    "without reason",
    "paid by faults",
    "paid by scans",
    "wasted pages",
    "spurious faults",
    "raced faults",
    "AutoNUMA cost",
)
KINDS = ("keeps_write", "keeps_dirty", "keeps_young", "keeps_frame", "hardware_faults")
PAYERS = (Payer.FAULT, Payer.SCAN)
MEANING = {
    "tells_from_none": "the entry alone does not tell a hint from a genuine PROT_NONE",
    "keeps_write": "write permission is lost by arming and disarming",
    "keeps_dirty": "dirty is not what it was after arming and disarming",
    "keeps_young": "young is lost by arming and disarming",
    "keeps_frame": "the hint shows another frame",
    "hardware_faults": "hardware does not fault on the hint",
}


def _yes(held: object) -> str:
    return "yes" if held else "no"


def render(rows: Sequence[Row], look: Look = PLAIN) -> str:
    """Return the comparison as text; a property that fails is repeated below with a word."""
    parts = [
        "\n".join([paint(title, "bold", look), table(names, [cells(row) for row in rows], look)])
        for title, names, cells in SECTIONS
    ]
    failed = [f"  {line}" for row in rows for line in failures(row)]
    if failed:
        title = paint("What fails, each property with an entry that shows it", "bold", look)
        parts.append("\n".join([title, *failed]))
    return "\n\n".join(parts)


def render_markdown(rows: Sequence[Row]) -> str:
    """Return the comparison as Markdown tables."""
    parts = []
    for title, names, cells in SECTIONS:
        lines = [names, ["---"] * len(names), *(cells(row) for row in rows)]
        parts.append("\n".join([f"## {title}", "", *(f"| {' | '.join(line)} |" for line in lines)]))
    failed = [f"- {line}" for row in rows for line in failures(row)]
    if failed:
        parts.append("\n".join(["## What fails", "", *failed]))
    return "\n\n".join(parts)


def render_csv(rows: Sequence[Row]) -> str:
    """Return the comparison as one CSV table, one line a target."""
    paper = StringIO()
    sheet = csv.writer(paper, lineterminator="\n")
    sheet.writerow(["target", *(name for _, names, _ in SECTIONS for name in names[1:])])
    for row in rows:
        cells = [cell for _, _, of in SECTIONS for cell in of(row)[1:]]
        sheet.writerow([row.target.id, *cells])
    return paper.getvalue().rstrip("\n")


def _encoding(row: Row) -> tuple[str, ...]:
    found: Properties = row.properties
    mark = " (proposal)" if row.target.proposal else ""
    return (
        row.target.id + mark,
        found.encoding,
        _yes(found.needs_vma),
        _yes(found.tells_from_none.holds),
        _yes(found.gives_up_present),
        _yes(found.hides_frame),
        str(found.software_bits),
        str(found.swap_offset_bits),
    )


def _kept(row: Row) -> tuple[str, ...]:
    found = row.properties.findings()
    return (row.target.id, *(_yes(found[name].holds) for name in KINDS))


def _kept_huge(row: Row) -> tuple[str, ...]:
    found = row.properties.huge
    cells = ("-" if found is None else _yes(found[name].holds) for name in KINDS)
    return (row.target.id, *cells)


def _replay(row: Row) -> tuple[str, ...]:
    result = row.replay
    if result is None:
        return (row.target.id, *("-" for _ in REPLAY[1:]))
    counters = [str(result.counters[name]) for name in REPLAY[2:7]]
    return (
        row.target.id,
        result.engine,
        *counters,
        str(result.tlb["misses"]),
        str(result.tlb["walks"]),
        result.walks,
        str(result.flushes("flush_tlb")),
        str(result.flushes("flush_cache")),
        str(result.flushes("flush_cache", reason=UNSTATED)),
        *(str(result.paid_by(payer)) for payer in PAYERS),
        str(result.discarded.get("pages", 0) + result.discarded.get("huge_pages", 0)),
        str(result.spurious_faults),
        str(result.raced_faults),
        f"{result.autonuma_cost:.3f}",
    )


SECTIONS = (
    ("Encodings", ENCODING, _encoding),
    ("Kept by arming and disarming", KEPT, _kept),
    ("Kept by arming and disarming huge pages", KEPT_HUGE, _kept_huge),
    ("Replay", REPLAY, _replay),
)


def failures(row: Row) -> list[str]:
    """Return what a row fails at, a line each, with an entry that shows it."""
    width = row.target.geometry.width
    lines = [f"{row.target.id}: not replayed: {row.refusal}"] if row.refusal else []
    if row.replay is not None and row.replay.moved:
        bits = row.target.geometry.va_bits
        lines.append(f"{row.target.id}: the trace was moved together, to fit {bits} address bits")
    huge = row.properties.huge or {}
    told = [(MEANING[name], found) for name, found in row.properties.findings().items()]
    told += [(f"of a huge page, {MEANING[name]}", found) for name, found in huge.items()]
    for meaning, found in told:
        if found.counterexample is not None:
            word = hexword(found.counterexample, width)
            lines.append(f"{row.target.id}: {meaning}: {word}")
    return lines
