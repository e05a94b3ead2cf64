"""A check against vectors as JSON values and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.report.document import hexnumber
from archcore.report.text import PLAIN, paint, pairs, table
from archcore.vectors.meaning import Meaning, differing, meaning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.binding import Hooks
    from archcore.report.text import Look
    from archcore.target import Target
    from archcore.vectors.check import Failure, Verdict
    from archcore.vectors.group import VectorFile


@frozen
class Checked:
    """A verdict with what is needed to explain it."""

    target: Target
    hooks: Hooks
    vectors: VectorFile
    verdict: Verdict

    def meaning(self, letter: str, number: int | str) -> Meaning | None:
        """Return what a number of a record means; None for a plain number, and for text."""
        if isinstance(number, str):
            return None
        return meaning(self.target, self.hooks, letter, number)


def document(checked: Checked) -> dict[str, object]:
    """Return the check as JSON values."""
    verdict = checked.verdict
    return {
        "target": verdict.target,
        "passed": verdict.passed,
        "failed": verdict.failed,
        "not_modelled": dict(verdict.not_modelled),
        "failures": [_failure_document(checked, failure) for failure in verdict.failures],
        "failed_by_helper": {one.helper: one.failed for one in verdict.tallies if one.failed},
        "traps": dict(verdict.traps),
        "constants": verdict.constants,
        "truncated": checked.vectors.truncated,
    }


def _failure_document(checked: Checked, failure: Failure) -> dict[str, object]:
    letters = failure.signature.arguments
    return {
        "helper": failure.helper,
        "args": [hex(word) for word in failure.args],
        "expected": hex(failure.expected),
        "got": _shown(failure.got),
        "decoded": {
            "args": [
                _meaning_document(checked.meaning(letter, word))
                for letter, word in zip(letters, failure.args, strict=True)
            ],
            "expected": _meaning_document(
                checked.meaning(failure.signature.result, failure.expected)
            ),
            "got": _meaning_document(checked.meaning(failure.signature.result, failure.got)),
        },
        "differs": list(_differing(checked, failure)),
        "line": failure.line,
    }


def _meaning_document(found: Meaning | None) -> dict[str, object] | None:
    if found is None:
        return None
    swap = found.swap and {"type": found.swap[0], "offset": hex(found.swap[1])}
    pfn = hexnumber(found.pfn)
    return {"state": found.state, "pfn": pfn, "swap": swap, "flags": list(found.flags)}


def text(checked: Checked, look: Look = PLAIN) -> str:
    """Return the check as text: counts, the helpers that differ or are missing, failures."""
    return "\n\n".join(
        (_summary(checked, look), *_tables(checked, look), *_failures(checked, look))
    )


def _summary(checked: Checked, look: Look) -> str:
    verdict, meta = checked.verdict, checked.vectors.meta
    told = [str(meta[key]) for key in ("variant", "kernel") if key in meta]
    missing, traps = sum(verdict.not_modelled.values()), sum(verdict.traps.values())
    facts = [
        ("target", verdict.target),
        ("vectors", ", ".join((checked.vectors.source, *told))),
        ("passed", paint(str(verdict.passed), "green", look)),
        ("failed", paint(str(verdict.failed), "red", look) if verdict.failed else "0"),
        ("not modelled", f"{missing} of {_helpers(len(verdict.not_modelled))}"),
        ("traps", f"{traps}, never compared"),
        ("constants", f"{verdict.constants}, never counted"),
    ]
    return pairs(facts, indent="")


def _helpers(count: int) -> str:
    return f"{count} helper{'' if count == 1 else 's'}"


def _tables(checked: Checked, look: Look) -> Iterator[str]:
    tallies = checked.verdict.tallies
    failed = [(one.helper, str(one.failed), str(one.passed)) for one in tallies if one.failed]
    if failed:
        yield table(("HELPER", "FAILED", "PASSED"), failed, look)
    missing = [
        (one.helper, str(one.unchecked), one.missing)
        for one in tallies
        if one.missing is not None and one.unchecked
    ]
    if missing:
        yield table(("NOT MODELLED", "RECORDS", "WHY"), missing, look)


def _failures(checked: Checked, look: Look) -> Iterator[str]:
    shown, failed = len(checked.verdict.failures), checked.verdict.failed
    if shown:
        yield f"{shown} of {failed} failures, one helper after another:"
    for failure in checked.verdict.failures:
        head = paint(failure.helper, "bold", look)
        body = pairs(list(_lines(checked, failure)))
        yield f"{head}, line {failure.line}\n{body}"


def _lines(checked: Checked, failure: Failure) -> Iterator[tuple[str, str]]:
    letters = failure.signature.arguments
    for letter, word in zip(letters, failure.args, strict=True):
        yield "argument", _explained(checked, letter, word)
    yield "expected", _explained(checked, failure.signature.result, failure.expected)
    yield "got", _explained(checked, failure.signature.result, failure.got)
    names = _differing(checked, failure)
    if names:
        yield "differs in", ", ".join(names)


def _explained(checked: Checked, letter: str, number: int | str) -> str:
    found = checked.meaning(letter, number)
    return "  ".join((_shown(number), *(_words(found) if found is not None else ())))


def _words(found: Meaning) -> Iterator[str]:
    if found.state is not None:
        yield found.state
    if found.pfn is not None:
        yield f"frame {found.pfn:#x}"
    if found.swap is not None:
        yield f"type {found.swap[0]}, offset {found.swap[1]:#x}"
    yield from (", ".join(found.flags),) * bool(found.flags)


def _differing(checked: Checked, failure: Failure) -> tuple[str, ...]:
    if isinstance(failure.got, str):
        return ()
    letter = failure.signature.result
    return differing(checked.target, letter, failure.expected, failure.got)


def _shown(number: int | str) -> str:
    return number if isinstance(number, str) else hex(number)
