"""Candidates for the encoding of a hint as JSON values, and the words that texts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import asdict

from archcore.binding import bind
from archcore.conformance.laws import LAWS
from archcore.conformance.proposals.verdict import Standing
from archcore.report.arming import arming, summary
from archcore.report.document import hexword

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcore.conformance.proposals.explain import Explanation
    from archcore.conformance.proposals.form import Form
    from archcore.conformance.proposals.verdict import Broken, Hearing, Proposal, Verdict
    from archcore.conformance.verdict import Result
    from archcore.layout import EntryLayout
    from archcore.target import Target

SENTENCES = {law.name: law.sentence for law in LAWS}
UNNAMED = "unnamed"
OFFSET = "OFFSET"


# -- words ----------------------------------------------------------------------------------------


def fields_at(layout: EntryLayout, position: int) -> tuple[str, ...]:
    """Return the names of the fields that a bit belongs to, in valid entries first."""
    found = [one for one in layout.fields if one.value >> position & 1]
    return tuple(one.name for one in sorted(found, key=lambda one: one.when == "invalid"))


def label(target: Target, levels: Sequence[str], position: int) -> str:
    """Return the names of a bit at all of the levels, or that it has none."""
    places = (fields_at(target.geometry.level(level).layout, position) for level in levels)
    names = dict.fromkeys(name for place in places for name in place)
    return "/".join(names) or UNNAMED


def title(target: Target, levels: Sequence[str], form: Form) -> str:
    """Return a candidate with the names of its bit."""
    if form.mark is None:
        return form.name
    return f"{form.name} ({label(target, levels, form.mark.position)})"


def armed(target: Target, level: str) -> str:
    """Return what arming does at a level, in the names of the layout."""
    found = arming(target, bind(target), level)
    return summary(target.geometry.level(level).layout, found.armed, valid=found.valid)


def learned(form: Form) -> tuple[str, ...]:
    """Return the helpers that had to learn of a hint at any level, each once."""
    return tuple(dict.fromkeys(name for names in form.learn.values() for name in names))


def conditions(target: Target, mended: Verdict) -> tuple[str, ...]:
    """Return what else would have to change for a candidate to live."""
    found = []
    if "modify" in learned(mended.form):
        found.append("pte_modify forgot it")
    if mended.form.room:
        span = target.swap[OFFSET].span
        found.append(f"swap entries gave it up ({span - 1} of {span} offset bits left)")
    return tuple(found)


# -- documents ------------------------------------------------------------------------------------


def document(found: Proposal) -> dict[str, object]:
    """Return the search as JSON values: candidates in order, legal ones first."""
    counts = {one.value: len(found.of(one)) for one in Standing}
    return {
        "target": found.target.id,
        "levels": list(found.levels),
        "aside": dict(found.aside),
        "summary": {"candidates": len(found.verdicts), **counts},
        "candidates": [_candidate(found, one) for one in found.verdicts],
    }


def _candidate(found: Proposal, one: Verdict) -> dict[str, object]:
    target = found.targets.get(one.form.name)
    return {
        **_form(found.target, found.levels, one.form),
        "standing": one.standing.value,
        "shipped": one.shipped,
        "arming": {level: armed(target, level) for level in found.levels} if target else None,
        "costs": asdict(one.costs) if one.costs else None,
        "killer": one.killer and _killer(found.target, one.killer),
        "kills": one.kills,
        "levels": {heard.level: _hearing(found.target, heard) for heard in one.hearings},
        "would_live": _would_live(found.target, one),
    }


def _form(target: Target, levels: Sequence[str], form: Form) -> dict[str, object]:
    bit = form.mark.position if form.mark else None
    layouts = {level: target.geometry.level(level).layout for level in levels}
    return {
        "name": form.name,
        "family": form.family.value,
        "bit": bit,
        "fields": None
        if bit is None
        else {
            **{level: list(fields_at(one, bit)) for level, one in layouts.items()},
            "swap": list(fields_at(target.swap, bit)),
        },
        "told_by": form.telling.value,
        "learn": {level: list(names) for level, names in form.learn.items()},
    }


def _hearing(target: Target, heard: Hearing) -> dict[str, object]:
    return {
        "standing": heard.standing.value,
        "breaks": [_broken(target, one) for one in heard.breaks],
        "debts": list(heard.debts),
        "undecided": list(heard.open),
        "proved": heard.proved,
    }


def _broken(target: Target, one: Broken) -> dict[str, object]:
    words = {name: hexword(word, target.geometry.width) for name, word in one.words.items()}
    return {"law": one.law, "words": words, "reason": one.reason or None}


def _killer(target: Target, one: Broken) -> dict[str, object]:
    told = {"law": one.law, "level": one.level, "sentence": SENTENCES[one.law]}
    return told | _broken(target, one)


def _would_live(target: Target, one: Verdict) -> dict[str, object] | None:
    mended = one.mended
    if mended is None or mended.costs is None:
        return None
    return {"if": list(conditions(target, mended)), "costs": asdict(mended.costs)}


def explanation_document(told: Explanation) -> dict[str, object]:
    """Return one candidate as JSON values, with each law that it breaks retold."""
    refuted = told.refuted
    return {
        "target": told.shipped.id,
        "levels": list(told.levels),
        "aside": dict(told.aside),
        **_form(told.shipped, told.levels, told.verdict.form),
        "standing": told.verdict.standing.value,
        "shipped": told.verdict.shipped,
        "arming": {level: armed(told.target, level) for level in told.levels},
        "costs": asdict(told.verdict.costs) if told.verdict.costs else None,
        "asked": len(told.results),
        "refuted": [_result(one) for one in refuted],
        "owed": [_result(one) for one in told.owed],
        "undecided": [_result(one) for one in told.undecided],
        "would_live": _would_live(told.shipped, told.verdict),
    }


def _result(one: Result) -> dict[str, object]:
    found = one.counterexample
    return {
        "law": one.law,
        "level": one.level,
        "sentence": SENTENCES[one.law],
        "reason": one.reason or None,
        "counterexample": found
        and {
            "word": hex(found.word),
            "words": {name: hex(word) for name, word in found.words.items()},
            "case": dict(found.case),
            "steps": [asdict(step) for step in found.steps],
        },
    }
