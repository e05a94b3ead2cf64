"""Whether a law notices that a target changed: what was proved before, and what asks for what."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from attrs import evolve
from mutation_formulas import equal, formulas, written

from archcore.binding import bind
from archcore.conformance.law import Method
from archcore.conformance.laws import LAWS
from archcore.conformance.solve import Truth as Found
from archcore.conformance.statement import Pad
from archcore.conformance.subject import Subject
from archcore.conformance.verdict import Status
from archcore.entry import LevelHooks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.conformance.judge import Court, Judge
    from archcore.conformance.law import Law

FACTS, CHUNK = "facts", 8


class Whole:
    """A target at a level as it is: what each formula does, and which laws ask which of them."""

    def __init__(self, on: Subject, judge: Judge) -> None:
        """Prove the laws."""
        self.on, self.written, self.facts = on, written(on), facts(on)
        court, laws = judge.court(on), asked_of(on)
        court.prepare(laws)
        self.held = [law for law in laws if holding(court, law)]
        self.broken = [law for law in laws if law not in self.held]
        heard = listening(on)
        self.asks = {law.name: called(heard, law) for law in laws if law.method is Method.PROOF}

    def noticed(self, on: Subject, judge: Judge) -> str | None:
        """Return a law that is tried, and not proved, and stands otherwise than before."""
        court = judge.court(on)
        for law in asked_of(on):
            if law.method is not Method.PROOF and holding(court, law) is (law in self.broken):
                return law.name
        return None

    def changed(self, on: Subject) -> set[str]:
        """Return the formulas that are written otherwise than before, or FACTS."""
        after = written(on)
        names = self.written.keys() | after.keys()
        found = {name for name in names if self.written.get(name) != after.get(name)}
        return found | ({FACTS} if facts(on) != self.facts else set())

    def refuting(self, on: Subject, changed: set[str], judge: Judge) -> str | None:
        """Return a law that held before and does not hold now."""
        hooks = {name.rpartition(" ")[0] for name in changed}
        laws = [
            law
            for law in (*self.held, *self.broken)
            if law.name in self.asks
            and law.speaks_of(on)
            and (FACTS in changed or not self.asks[law.name].isdisjoint(hooks))
        ]
        court = judge.court(on)
        for at in range(0, len(laws), CHUNK):
            part = laws[at : at + CHUNK]
            court.prepare(part)
            for law in part:
                if holding(court, law) is (law in self.broken):
                    return law.name if law in self.held else f"{law.name} (claimed to fail)"
        return None

    def differences(
        self, on: Subject, changed: set[str], judge: Judge
    ) -> Iterator[tuple[str, str]]:
        """Yield each that answers otherwise for some word, with the word."""
        before, after = formulas(self.on), formulas(on)
        for name in sorted(changed - {FACTS}):
            if name not in before or name not in after:
                yield name, "any"
                continue
            answer = judge.answer(equal(before[name], after[name], on.width))
            if answer.truth is not Found.HOLDS:
                yield name, ", ".join(f"{key}={value:#x}" for key, value in answer.words.items())


def asked_of(on: Subject) -> list[Law]:
    """Return the laws that are asked at a level."""
    return [law for law in LAWS if law.speaks_of(on)]


def holding(court: Court, law: Law) -> bool:
    """Say whether a law is not refuted; what a helper raises refutes it."""
    if law.method is not Method.PROOF:
        return court.hold(law).status is not Status.REFUTED
    try:
        if law.premise is not None and court._vacuous(law, law.premise) is not None:  # noqa: SLF001
            return False
        statement = court._statement(law)  # noqa: SLF001 - the formula, without a tale of its failing
        return court.judge.answer(statement).truth is not Found.FAILS
    except Exception:  # noqa: BLE001 - whatever a stranger's helper does
        return False


def facts(on: Subject) -> tuple[object, ...]:
    """Return what laws know of a target besides its formulas."""
    target, geometry = on.target, on.target.geometry
    return (
        {name: mask.value for name, mask in on.level.layout.masks.items()},
        {name: mask.value for name, mask in target.swap.masks.items()},
        *(on.level.shift, on.level.leaf, geometry.pa_bits, geometry.page_shift),
        *(target.swap_types, target.era, on.write_policy),
        *(target.mmu.sets_accessed, target.mmu.sets_dirty, target.mmu.speculates),
        sorted(name for name, (layer, _) in on.hooks.offers.items() if layer != "generic"),
        sorted(on.hooks.helpers),
    )


class Listener:
    """Takes the place of a hardware format and writes down what it is asked."""

    def __init__(self, whole: Any, heard: set[str]) -> None:  # noqa: ANN401 - a format
        """Keep both."""
        self._whole, self._heard = whole, heard

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a question
        """Note the question."""
        self._heard.add(f"hw {name}")
        return getattr(self._whole, name)


def listening(on: Subject) -> tuple[Subject, set[str]]:
    """Return the subject again, and a set that fills with the names of what is called."""
    heard: set[str] = set()
    mmu = evolve(on.target.mmu, format=Listener(on.target.mmu.format, heard))
    target = evolve(on.target, mmu=mmu)
    hooks = bind(target)

    def noting(name: str, function: Any) -> Any:  # noqa: ANN401 - a hook
        def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - any word
            heard.add(name)
            return function(*given, **named)

        return call

    for name in hooks.offers:
        setattr(hooks, name, noting(name, getattr(hooks, name)))
    for name, function in hooks.helpers.items():
        hooks.helpers[name] = noting(name, function)
    return Subject(target, hooks, on.name, LevelHooks(hooks, on.name)), heard


def called(listened: tuple[Subject, set[str]], law: Law) -> frozenset[str]:
    """Return what a law calls; every law is taken to ask for protections."""
    on, heard = listened
    heard.clear()
    fresh = Subject(on.target, on.hooks, on.name, on.own)
    with suppress(Exception):
        Pad(fresh).state(law)
    return frozenset(heard)
