"""Holding one target to one law at one level: by proof, by trials, or not at all."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.conformance.law import Method
from archcore.conformance.retell import failing, retell
from archcore.conformance.shrink import shrunk
from archcore.conformance.solve import Answer, Truth, ask, ask_again, ask_of, formulas
from archcore.conformance.statement import Pad, holds
from archcore.conformance.verdict import Result, Status
from archcore.errors import SolverError, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archcore.conformance.law import Law, Premise
    from archcore.conformance.statement import Statement
    from archcore.conformance.subject import Subject

Z3, BITWUZLA = "z3", "bitwuzla"


@frozen
class Rules:
    """How laws are held: seconds for one question to a solver, and whether a second one is asked.

    ``trials`` bounds the attempts of a law that is not proved.
    """

    timeout: float = 10.0
    second_opinion: bool = False
    trials: int = 4096


@frozen(eq=False, slots=False)
class Judge:
    """What is known while targets are judged: theorems that were met before need no solver."""

    rules: Rules = Rules()
    known: dict[str, Answer] = field(factory=dict)
    again: dict[str, Truth] = field(factory=dict)

    def court(self, on: Subject) -> Court:
        """Return the judge of one target at one level."""
        return Court(self, on)

    def answer(self, statement: Statement) -> Answer:
        """Ask z3, unless the same was asked before."""
        if statement.known is not None:
            return ask(statement, self.rules.timeout)
        if statement.script not in self.known:
            self.known[statement.script] = ask(statement, self.rules.timeout)
        return self.known[statement.script]

    def second(self, statement: Statement) -> Truth:
        """Ask bitwuzla, unless the same was asked before."""
        if statement.known is not None:
            return ask(statement, self.rules.timeout).truth
        if statement.script not in self.again:
            self.again[statement.script] = ask_again(statement, self.rules.timeout)
        return self.again[statement.script]


@frozen(eq=False, slots=False)
class Court:
    """All laws about one target at one level, on one pad."""

    judge: Judge
    on: Subject
    stated: dict[str, Statement] = field(factory=dict)

    @cached_property
    def _pad(self) -> Pad:
        return Pad(self.on)

    def hold(self, law: Law) -> Result:
        """Return how the target stands with a law; whatever its helpers raise is a refutation.

        Raises SolverError when a solver is missing.
        """
        try:
            return self._tried(law) if law.method is not Method.PROOF else self._proved(law)
        except SolverError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a stranger's helper does
            reason = f"{type(error).__name__}: {one_line(error)}"
            return self._result(law, Status.REFUTED, reason=reason)

    def prepare(self, laws: Iterable[Law]) -> None:
        """Read the formulas of many laws at once, which is sooner done than one by one."""
        new: dict[str, Statement] = {}
        for law in laws:
            with suppress(Exception):  # hold tells what is wrong
                if law.method is Method.PROOF:
                    found = self._statement(law)
                    if found.known is None and found.script not in self.judge.known:
                        new[found.script] = found
        if new:
            asked = zip(
                new.values(), formulas(self._pad.together(tuple(new.values()))), strict=True
            )
            for one, formula in asked:
                answer = ask_of(formula, one, self.judge.rules.timeout)
                self.judge.known[one.script] = answer

    def _statement(self, law: Law) -> Statement:
        if law.name not in self.stated:
            self.stated[law.name] = self._pad.state(law)
        return self.stated[law.name]

    # -- proofs -----------------------------------------------------------------------------------

    def _proved(self, law: Law) -> Result:
        if law.premise is not None:
            empty = self._vacuous(law, law.premise)
            if empty is not None:
                return empty
        statement = self._statement(law)
        answer = self.judge.answer(statement)
        other = self._disagreement(law, statement, answer)
        if other is not None:
            return other
        if answer.truth is Truth.HOLDS:
            return self._result(law, Status.PROVED)
        if answer.truth is Truth.UNKNOWN:
            return self._result(law, Status.UNDECIDED, reason=self._late(Z3))
        return self._refuted(law, answer.words)

    def _vacuous(self, law: Law, premise: Premise) -> Result | None:
        answer = self.judge.answer(self._pad.state_premise(premise))
        if answer.truth is Truth.FAILS:
            return None
        if answer.truth is Truth.UNKNOWN:
            return self._result(law, Status.UNDECIDED, reason=self._late(Z3))
        reason = f"no word satisfies the premise {premise.name!r}: {premise.sentence}"
        return self._result(law, Status.REFUTED, reason=reason)

    def _disagreement(self, law: Law, statement: Statement, answer: Answer) -> Result | None:
        if not self.judge.rules.second_opinion:
            return None
        second = self.judge.second(statement)
        if second is answer.truth:
            return None
        reason = f"{Z3} says it {answer.truth.value}, {BITWUZLA} says it {second.value}"
        if Truth.UNKNOWN in (second, answer.truth):
            reason = self._late(BITWUZLA if second is Truth.UNKNOWN else Z3)
        return self._result(law, Status.UNDECIDED, reason=reason)

    def _late(self, solver: str) -> str:
        return f"{solver} was not done after {self.judge.rules.timeout:g} seconds"

    def _refuted(self, law: Law, words: Mapping[str, int]) -> Result:
        case = failing(law, self.on, words)
        if case is None:
            reason = f"{Z3} refutes it with {dict(words)}, which the helpers run on numbers do not"
            return self._result(law, Status.UNDECIDED, reason=reason)
        width = self.on.width
        small = shrunk(words, width, lambda fewer: not holds(law, self.on, case, fewer))
        return self._result(law, Status.REFUTED, counterexample=retell(law, self.on, case, small))

    # -- trials -----------------------------------------------------------------------------------

    def _tried(self, law: Law) -> Result:
        tried = 0
        for trial in islice(law.holds(self.on), self.judge.rules.trials):
            tried += 1
            if not trial.held:
                return self._result(law, Status.REFUTED, tried=tried, reason=trial.done)
        if not tried:
            return self._result(law, Status.REFUTED, reason="nothing could be tried")
        return self._result(law, Status.SAMPLED, tried=tried)

    def _result(self, law: Law, status: Status, **more: object) -> Result:
        return Result(law.name, self.on.target.id, self.on.name, status, self._method(law), **more)  # type: ignore[arg-type]

    def _method(self, law: Law) -> str:
        if law.method is not Method.PROOF:
            return str(law.method.value)
        return f"{Z3}, {BITWUZLA}" if self.judge.rules.second_opinion else Z3
