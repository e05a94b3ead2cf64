"""A target as formulas: every answer of its helpers and of its hardware, written down."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from archcore.conformance.calls import Kind, calls
from archcore.conformance.statement import Statement
from archcore.hookspecs import LEVEL_OF, arguments
from archcore.hw.mmu import Access
from archcore.words import both, either, negate, same
from archcore.words.record import RecordedTruth, Tape, argument
from archcore.words.smtlib import Script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.conformance.calls import Call
    from archcore.conformance.subject import Subject

OTHER_HOOKS = (
    *("vm_get_page_prot", "page_none", "pgprot_modify", "pxd_populate", "pxd_page_paddr"),
    *("arch_swp_entry", "arch_swp_type", "arch_swp_offset"),
)
WORDS, NAMES = 4, ("a", "b", "c", "d")


def written(on: Subject) -> dict[str, tuple[object, ...]]:
    """Return what each formula does, by name."""
    return {name: recorded(formula) for name, formula in formulas(on).items()}


@cache
def formulas(on: Subject) -> dict[str, Callable[..., Any]]:
    """Return every answer of a target at a level as a function of two words, by name and case."""
    found: dict[str, Callable[..., Any]] = {}
    for hook in on.hooks.offers:
        if LEVEL_OF.get(hook, on.name) == on.name and (hook in LEVEL_OF or hook in OTHER_HOOKS):
            found.update(_of_hook(on, hook))
    for call in calls(on):
        if call.name in on.hooks.helpers and call.result is not Kind.NEVER:
            found[f"{call.name} 0"] = _of_helper(on, call)
    form = on.target.mmu.format
    for name in ("valid", "leaf", "reserved", "address"):
        found[f"hw {name} 0"] = lambda a, *_, name=name: getattr(form, name)(on.level, a)
    for access in Access:
        found[f"hw allows {access.value}"] = lambda a, *_, one=access: form.allows(on.level, a, one)
    for name in ("accessed", "dirty", "mkaccessed", "mkdirty"):
        found[f"hw {name} 0"] = lambda a, *_, name=name: getattr(form, name)(a)
    return found


def _of_helper(on: Subject, helper: Call) -> Callable[..., Any]:
    rest = {Kind.TRUTH: True, Kind.NUMBER: 1, Kind.VMA: on.mappings[0], Kind.LEVEL: on.name}

    def call(*given: Any) -> Any:  # noqa: ANN401 - any word
        free = iter(given)
        return helper.function(
            *(next(free) if kind is Kind.WORD else rest[kind] for kind in helper.arguments)
        )

    return call


def _of_hook(on: Subject, hook: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    names, function = arguments(hook), getattr(on.hooks, hook)
    cases: list[dict[str, Any]] = [{}]
    for name, values in (
        ("vma", on.mappings),
        ("flush_pending", (False, True)),
        ("nr", (1, 2)),
        ("level", (on.name,)),
        ("vm_flags", range(16)),
    ):
        if name in names:
            cases = [{**case, name: value} for case in cases for value in values]
    for at, case in enumerate(cases):

        def call(*given: Any, case: dict[str, Any] = case) -> Any:  # noqa: ANN401 - any word
            free = iter(given)
            return function(*(case[name] if name in case else next(free) for name in names))

        yield f"{hook} {at}", call


def recorded(formula: Callable[..., Any]) -> tuple[object, ...]:
    """Return what a formula does, operation by operation, or the error that it raises."""
    tape = Tape(WORDS)
    try:
        result = argument(formula(*tape.words()))
    except Exception as error:  # noqa: BLE001 - whatever a slip does
        return (type(error).__name__, str(error))
    return (*tape.numbers, result)


def equal(before: Callable[..., Any], after: Callable[..., Any], width: int) -> Statement:
    """Return the statement that two formulas answer alike for all words."""
    tape, names = Tape(WORDS), NAMES
    try:
        left, right = before(*tape.words()), after(*tape.words())
    except Exception:  # noqa: BLE001 - whatever a slip does
        return Statement("", names, width, known=False)
    if any(isinstance(one, RecordedTruth | bool) for one in (left, right)):
        claim = either(both(left, right), both(negate(left), negate(right)))
    else:
        claim = same(left, right)
    if isinstance(claim, bool):
        return Statement("", names, width, claim)
    script = Script(width, names)
    lines = [script.define(at, op) for at, op in enumerate(tape.numbers, WORDS)]
    return Statement(script.text(names, lines, script.denied(argument(claim))), names, width)
