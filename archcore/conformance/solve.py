"""Asking solvers whether a formula holds for every word: z3, and bitwuzla for a second opinion.

Both read the same SMT-LIB text, which is made from the recording of the target's own helpers.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from archcore.errors import SolverError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.conformance.statement import Statement

SECOND = 1000  # milliseconds
PACKAGES = {"z3": "z3-solver", "bitwuzla": "bitwuzla"}


class Truth(Enum):
    """What a solver found: it holds for every word, it does not, or time was up."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


@frozen
class Answer:
    """What a solver found, and words for which the formula fails, if it does."""

    truth: Truth
    words: Mapping[str, int] = field(factory=dict)


HOLDS = Answer(Truth.HOLDS)


def ask(statement: Statement, timeout: float) -> Answer:
    """Ask z3, for at most ``timeout`` seconds; raises SolverError where it is not installed."""
    if statement.known is not None:
        return _known(statement)
    (formula,) = formulas(statement.script)
    return ask_of(formula, statement, timeout)


def formulas(script: str) -> list[Any]:
    """Return what a script asserts, for z3."""
    return list(_solver("z3").parse_smt2_string(script))


def ask_of(formula: Any, statement: Statement, timeout: float) -> Answer:  # noqa: ANN401 - z3's
    """Ask z3 for words that satisfy a formula, which is what the statement's script asserts."""
    z3 = _solver("z3")
    solver = z3.SolverFor("QF_BV")
    solver.set(timeout=max(int(timeout * SECOND), 1))
    solver.add(formula)
    found = solver.check()
    if found == z3.unsat:
        return HOLDS
    if found == z3.unknown:
        return Answer(Truth.UNKNOWN)
    model = solver.model()
    free = {name: z3.BitVec(name, statement.width) for name in statement.words}
    found = {name: model.eval(one, model_completion=True) for name, one in free.items()}
    return Answer(Truth.FAILS, {name: one.as_long() for name, one in found.items()})


def ask_again(statement: Statement, timeout: float) -> Truth:
    """Ask bitwuzla about the same text; raises SolverError where it is not installed."""
    if statement.known is not None:
        return _known(statement).truth
    bitwuzla = _solver("bitwuzla")
    options = bitwuzla.Options()
    options.set(bitwuzla.Option.TIME_LIMIT_PER, max(int(timeout * SECOND), 1))
    parser = bitwuzla.Parser(bitwuzla.TermManager(), options)
    parser.parse(statement.script, parse_only=True, parse_file=False)
    found = parser.bitwuzla().check_sat()
    known = {bitwuzla.Result.UNSAT: Truth.HOLDS, bitwuzla.Result.SAT: Truth.FAILS}
    return known.get(found, Truth.UNKNOWN)


def _known(statement: Statement) -> Answer:
    """Answer for a formula in which no word was left."""
    if statement.known:
        return HOLDS
    return Answer(Truth.FAILS, dict.fromkeys(statement.words, 0))


def _solver(name: str) -> Any:  # noqa: ANN401 - neither solver carries types
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise SolverError(
            f"the solver {name} is not installed; pip install {PACKAGES[name]}"
        ) from error
