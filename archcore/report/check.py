"""How targets stand with the laws, as JSON values and as text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.conformance.again import told
from archcore.conformance.laws import LAWS
from archcore.conformance.verdict import Status
from archcore.report.text import PLAIN, paint, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcore.conformance.claims import Claim
    from archcore.conformance.law import Law
    from archcore.conformance.verdict import Counterexample, Result
    from archcore.report.text import Look

SENTENCES = {law.name: law.sentence for law in LAWS}
PREMISES = {law.name: law.premise.sentence for law in LAWS if law.premise is not None}
FAILING = (Status.REFUTED, Status.UNDECIDED, Status.UNSUPPORTED, Status.LATER)


@frozen(eq=False)
class Checked:
    """Results in order, sentences about claims that are untrue, and the suite's version."""

    results: Sequence[Result]
    untrue: Sequence[str]
    suite: str

    @property
    def failed(self) -> list[Result]:
        """The laws that do not hold although nobody claimed so."""
        return [one for one in self.results if one.failed]

    @property
    def undecided(self) -> list[Result]:
        """The laws that no solver decided in time."""
        return [one for one in self.results if one.status is Status.UNDECIDED]

    @property
    def claimed(self) -> list[Result]:
        """The laws that do not hold, as claimed."""
        return [one for one in self.results if one.claim is not None]


# -- the document ---------------------------------------------------------------------------------


def document(checked: Checked, shown: Iterable[Result]) -> dict[str, object]:
    """Return the check as JSON values; ``shown`` are the results that are listed."""
    return {
        "suite": checked.suite,
        "results": [_result_document(one) for one in shown],
        "summary": {
            **_counted(checked.results),
            "laws": len({one.law for one in checked.results}),
            "targets": len({one.target for one in checked.results}),
            "claimed": len(checked.claimed),
            "failed": len(checked.failed),
            "untrue_claims": list(checked.untrue),
        },
    }


def _counted(results: Iterable[Result]) -> dict[str, int]:
    counts = Counter(one.status for one in results)
    return {status.value: counts[status] for status in Status}


def _result_document(one: Result) -> dict[str, object]:
    claim = one.claim
    return {
        "law": one.law,
        "target": one.target,
        "level": one.level,
        "status": one.status.value,
        "method": one.method,
        "counterexample": one.counterexample and _retold_document(one.counterexample),
        "tried": one.tried,
        "reason": one.reason or None,
        "claim": claim and {"kind": claim.kind.value, "reason": claim.reason, "link": claim.link},
    }


def _retold_document(found: Counterexample) -> dict[str, object]:
    return {
        "word": hex(found.word),
        "words": {name: hex(word) for name, word in found.words.items()},
        "case": dict(found.case),
        "steps": [
            {"call": step.call, "result": step.result, "meaning": step.meaning or None}
            for step in found.steps
        ],
        "reproduce": found.reproduce,
    }


# -- the text -------------------------------------------------------------------------------------


def text(checked: Checked, look: Look = PLAIN, *, only_failing: bool = False) -> str:
    """Return the check as text: counts by target, what is known, what fails."""
    parts = [_table(checked, look, only_failing=only_failing)]
    parts += _known(checked.claimed, look)
    parts += _failures(checked.failed, "Refuted", look)
    parts += _failures(checked.undecided, "Undecided", look)
    if checked.untrue:
        parts.append(_section("Claims that are untrue", checked.untrue, look))
    parts.append(_last_line(checked))
    return "\n\n".join(part for part in parts if part)


def _table(checked: Checked, look: Look, *, only_failing: bool) -> str:
    targets = dict.fromkeys(one.target for one in checked.results)
    rows = []
    for target in targets:
        own = [one for one in checked.results if one.target == target]
        if only_failing and not any(one.status in FAILING for one in own):
            continue
        counts = _counted(own)
        claimed = sum(one.status is Status.REFUTED and one.claim is not None for one in own)
        refuted = str(counts["refuted"]) + (f" ({claimed} claimed)" if claimed else "")
        cells = (*(str(counts[status]) for status in ("proved", "sampled")), refuted)
        rest = (str(counts[status]) for status in ("unsupported", "later", "undecided"))
        rows.append((target, str(len(own)), *cells, *rest))
    headers = ("TARGET", "LAWS", *(status.value.upper() for status in _COLUMNS))
    return table(headers, rows, look) if rows else ""


_COLUMNS = (
    *(Status.PROVED, Status.SAMPLED, Status.REFUTED),
    *(Status.UNSUPPORTED, Status.LATER, Status.UNDECIDED),
)


def _known(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Yield what is known not to hold, one paragraph a claim."""
    if not results:
        return
    groups: dict[Claim, list[Result]] = {}
    for one in results:
        if one.claim is not None:
            groups.setdefault(one.claim, []).append(one)
    lines = []
    for claim, own in groups.items():
        lines.append(f"  {claim.law} ({claim.kind}): {places(own)}")
        lines.append(f"    {claim.reason}" + (f" ({claim.link})" if claim.link else ""))
    yield _section("Known not to hold", lines, look)


def _failures(results: Sequence[Result], title: str, look: Look) -> Iterator[str]:
    """Yield one story a law; results that say the same reason are told together."""
    if not results:
        return
    yield paint(title, "bold", look)
    by_reason: dict[str, list[Result]] = {}
    by_law: dict[str, list[Result]] = {}
    for one in results:
        (by_reason if one.reason else by_law).setdefault(one.reason or one.law, []).append(one)
    for own in by_law.values():
        yield story(own[0]) + _also(own[1:])
    for reason, own in by_reason.items():
        laws = dict.fromkeys(one.law for one in own)
        yield f"  {reason}\n    {', '.join(laws)}: {places(own)}"


def _also(results: Sequence[Result]) -> str:
    return f"\n  also: {places(results)}" if results else ""


def story(one: Result) -> str:
    """Return one result that failed as text: what was promised, what broke it, how to repeat it."""
    lines = [f"{one.law}[{one.target}-{one.level}] is {one.status.value}: {SENTENCES[one.law]}"]
    if one.law in PREMISES:
        lines.append(f"  given: {PREMISES[one.law]}")
    found = one.counterexample
    if found is not None:
        lines += [f"  {name}: {said}" for name, said in found.case.items()]
        lines += told(found)
        lines.append(f"  try it: {found.reproduce}")
    if one.reason:
        lines.append(f"  {one.reason}")
    return "\n".join(lines)


def places(results: Iterable[Result]) -> str:
    """Return targets with their levels in few words; targets with the same levels together."""
    levels: dict[str, list[str]] = {}
    for one in results:
        found = levels.setdefault(one.target, [])
        if one.level not in found:
            found.append(one.level)
    groups: dict[tuple[str, ...], list[str]] = {}
    for target, own in levels.items():
        groups.setdefault(tuple(own), []).append(target)
    said = [f"{', '.join(targets)} {'/'.join(own)}" for own, targets in groups.items()]
    return "; ".join(said)


def _section(title: str, lines: Iterable[str], look: Look) -> str:
    return "\n".join([paint(title, "bold", look), *lines])


def _last_line(checked: Checked) -> str:
    counts: dict[str, Any] = {name: n for name, n in _counted(checked.results).items() if n}
    said = ", ".join(f"{n} {name}" for name, n in counts.items())
    claimed = f" ({len(checked.claimed)} as claimed)" if checked.claimed else ""
    return f"suite {checked.suite}: {said}{claimed}, {len(checked.failed)} failed"


def laws_text(laws: Iterable[Law], look: Look = PLAIN) -> str:
    """Return the laws with their sentences, levels and what they need."""
    rows = [
        (
            law.name,
            law.method.value,
            law.since,
            "/".join(law.levels),
            " ".join(need.name for need in law.needs),
            _promise(law),
        )
        for law in laws
    ]
    return table(("LAW", "BY", "SINCE", "LEVELS", "NEEDS", "PROMISE"), rows, look)


def _promise(law: Law) -> str:
    given = f" Given: {law.premise.sentence}" if law.premise else ""
    first, last = law.kernels
    span = f" From {first}." if first else f" Until {last}." if last else ""
    open_ = f" Left open: {law.leaves_open}." if law.leaves_open else ""
    return law.sentence + given + span + open_


def laws_document(laws: Iterable[Law], suite: str) -> dict[str, object]:
    """Return the laws as JSON values."""
    return {
        "suite": suite,
        "laws": [
            {
                "law": law.name,
                "since": law.since,
                "method": law.method.value,
                "levels": list(law.levels),
                "needs": [need.name for need in law.needs],
                "premise": law.premise.sentence if law.premise else None,
                "kernels": list(law.kernels),
                "sentence": law.sentence,
                "leaves_open": law.leaves_open or None,
                "source": law.source or None,
            }
            for law in laws
        ],
    }
