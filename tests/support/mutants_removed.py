"""Targets without the body of one helper, and which laws call it."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import frozen
from mutants import BY_NAME, helpers, plain

from archcore import hookspecs
from archcore.conformance.law import Method
from archcore.conformance.laws import LAWS
from archcore.conformance.statement import Pad
from archcore.conformance.subject import subject, subjects
from archcore.conformance.verdict import Status
from archcore.entry import offers_of
from archcore.hookspecs import HOOKS, LEVEL_OF, LEVELS, arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.conformance.judge import Judge
    from archcore.target import Target

OTHERS = (
    *("vm_get_page_prot", "page_none", "pgprot_modify", "pxd_populate", "pxd_page_paddr"),
    *("arch_swp_entry", "arch_swp_type", "arch_swp_offset"),
)
"""The hooks about words that are of no level."""
TRIED = tuple(law for law in LAWS if law.method is not Method.PROOF)
GIVEN = "what it was given"
QUESTION, MAKER, VALUE = ("None", "True", "False"), ("None", "0", GIVEN), ("None", "0")
ANSWERS = {"None": None, "True": True, "False": False, "0": 0}
NO_WORDS = ("vma", "level", "vm_flags")
AS_STORED = "what is stored is the swap value itself"
EQUIVALENT = {
    ("x86", "arch_{level}_to_swp_entry", GIVEN): AS_STORED,
    ("x86", "arch_swp_entry_to_{level}", GIVEN): AS_STORED,
    ("arm64", "arch_{level}_to_swp_entry", GIVEN): AS_STORED,
    ("arm64", "arch_swp_entry_to_{level}", GIVEN): AS_STORED,
    ("powerpc", "{level}_mkhuge", GIVEN): "a PTE has no mark of its size, hugetlb knows it",
    (
        "powerpc",
        "arch_swp_entry_to_pmd",
        GIVEN,
    ): "of the hooks nobody asks a swap entry for _PAGE_PTE",
}
"""Why a helper without its body is the helper that it was: architecture, hook, what it returns.

A hook stands with its level where the reason holds for that level alone.
"""


@frozen
class Removed:
    """A helper of a target that returns ``answer`` and does nothing else."""

    hook: str
    level: str
    answer: str

    def of(self, whole: Target) -> Target:
        """Return the target without the helper's body."""
        return helpers(**{self.hook: self._twist()})(whole, self.level)

    def _twist(self) -> Callable[..., Any]:
        if self.answer != GIVEN:
            return lambda: ANSWERS[self.answer]
        return _returning(plain(_words(self.hook)[0], self.level))

    def refuting(self, whole: Target, judge: Judge) -> str | None:
        """Return a law that refutes what is left, if any does.

        Of those that are proved only the ones that call the helper are asked, at upper levels, too.
        """
        left = self.of(whole)
        for level in sorted(leaf_levels(whole), key=lambda one: one != self.level):
            on = subject(left, level)
            court = judge.court(on)
            calling = (BY_NAME[name] for name in callers(whole, level).get(self.hook, ()))
            for law in (*calling, *TRIED):
                if law.speaks_of(on) and court.hold(law).status is Status.REFUTED:
                    return law.name
        return None


def _returning(name: str) -> Callable[..., Any]:
    def twist(**known: Any) -> Any:
        return known[name]

    wanted = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)
    twist.__signature__ = inspect.Signature([wanted])
    return twist


def _words(hook: str) -> list[str]:
    return [name for name in arguments(hook) if name not in NO_WORDS]


def _answers(hook: str) -> tuple[str, ...]:
    """Return what a helper without a body may return, by what it is declared to return."""
    of_pte = hook.replace(LEVEL_OF.get(hook, LEVELS[0]), LEVELS[0])
    declared = next(vars(room)[of_pte] for room in hookspecs.ROOMS if of_pte in vars(room))
    if declared.__annotations__["return"] == "Truth":
        return QUESTION
    return MAKER if _words(hook) else VALUE


def removals(whole: Target) -> Iterator[Removed]:
    """Yield each way to take the body of a helper away, for helpers that make or read words."""
    layers = (whole.architecture, whole.encoding)
    offered = {offer.hook for layer in layers for offer in offers_of(layer)}
    leaves = leaf_levels(whole)
    for hook in (one for one in HOOKS if one in offered):
        level = LEVEL_OF.get(hook, leaves[-1] if hook.startswith("pxd") else leaves[0])
        if level in leaves and (hook in LEVEL_OF or hook in OTHERS):
            yield from (Removed(hook, level, answer) for answer in _answers(hook))


def leaf_levels(whole: Target) -> list[str]:
    """Return the levels with pages, lowest first."""
    return [on.name for on in subjects(whole) if on.level.leaf]


@cache
def callers(whole: Target, level: str) -> dict[str, tuple[str, ...]]:
    """Return the proved laws that call each hook at a level, those that call few others first."""
    heard: set[str] = set()

    def noting(hook: str) -> Callable[..., Any]:
        def twist(was: Any) -> Any:
            heard.add(hook)
            return was

        return twist

    names = {one.hook for one in removals(whole)}
    listened = helpers(**{name: noting(name) for name in names})(whole, level)
    found: dict[str, frozenset[str]] = {}
    for law in LAWS:
        on = subject(listened, level)
        if law.method is Method.PROOF and law.speaks_of(on):
            heard.clear()
            Pad(on).state(law)
            found[law.name] = frozenset(heard)
    order = sorted(found, key=lambda name: len(found[name]))
    return {hook: tuple(name for name in order if hook in found[name]) for hook in names}
