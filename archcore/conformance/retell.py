"""A counterexample retold: the calls that a law made with it, one a line, and how to repeat it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.conformance.law import arguments_of
from archcore.conformance.mapping import Mapping
from archcore.conformance.parameters import cases_of, values
from archcore.conformance.statement import holds
from archcore.conformance.subject import Subject
from archcore.conformance.verdict import Counterexample, Step
from archcore.decode import decode
from archcore.entry import hook_name
from archcore.hookspecs import HOOKS
from archcore.hw.mmu import Access
from archcore.words import Mask

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from archcore.conformance.law import Law

TOO_MANY = 40
SHOWN = ("made", "low_made", "other_made", "entry")
NOT_ENTRIES = ("pfn", "swp_type", "swp_offset", "to_swp_entry")


class Watched:
    """Helpers of a level that write down how they are called."""

    def __init__(self, on: Subject, steps: list[Step]) -> None:
        """Listen to the helpers of a subject."""
        self._on, self._steps = on, steps

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any helper
        """Return a helper that is listened to."""
        function = getattr(self._on.own, name)
        full = hook_name(name, self._on.name)
        shown = full if full in HOOKS else name

        def call(*given: object) -> object:
            result = function(*given)
            said = ", ".join(described(self._on, one) for one in given)
            step = Step(
                f"{shown}({said})", described(self._on, result), _meaning(self, name, result)
            )
            if step not in self._steps:
                self._steps.append(step)
            return result

        return call


def _meaning(watched: Watched, name: str, result: object) -> str:
    if type(result) is not int or name in NOT_ENTRIES or name.startswith("arch_swp"):
        return ""
    return meaning(watched._on, result)  # noqa: SLF001 - a function of the same idea


def meaning(on: Subject, word: int) -> str:
    """Return what a word is at the level of a subject, in a line."""
    seen = decode(on.target, on.hooks, word, on.name)
    frame = "" if seen.pfn is None else f", frame {seen.pfn:#x}"
    flags = " ".join(one for one in seen.flags if one == one.lower())
    return f"{seen.state}{frame}" + (f": {flags}" if flags else "")


def described(on: Subject, value: object) -> str:
    """Return an argument or result as people write it."""
    if isinstance(value, Mapping):
        return value.perms
    if isinstance(value, Access):
        return value.value
    if isinstance(value, Mask):
        return hex(value.value)
    if isinstance(value, bool) or value is None:
        return str(value)
    return f"0x{value:0{on.width // 4}x}" if isinstance(value, int) else str(value)


def failing(law: Law, on: Subject, words: MappingOf[str, int]) -> dict[str, Any] | None:
    """Return the first case in which a law fails for these words, None if it fails in none."""
    cases = cases_of(on, law.arguments)
    return next((case for case in cases if not holds(law, on, case, words)), None)


def retell(
    law: Law, on: Subject, case: MappingOf[str, Any], words: MappingOf[str, int]
) -> Counterexample:
    """Return the calls that a law makes in a case with these words."""
    names = arguments_of(law.holds)
    given = values(on, names, case, words)
    entries = {name: one for name, one in zip(names, given, strict=True) if name in SHOWN}
    steps = [Step(name, described(on, one), meaning(on, one)) for name, one in entries.items()]
    watched = Subject(on.target, on.hooks, on.name, Watched(on, steps))
    law.holds(watched, *given)
    said = {name: described(on, one) for name, one in case.items()}
    word = next(iter(entries.values()), next(iter(words.values()), 0))
    line = command(law.name, on, words)
    return Counterexample(dict(words), said, word, tuple(steps[:TOO_MANY]), line)


def command(law: str, on: Subject, words: MappingOf[str, int]) -> str:
    """Return a command line that tries a law on these words."""
    given = "".join(f", {name}={value:#x}" for name, value in words.items())
    call = f"try_law({law!r}, {on.target.id!r}, {on.name!r}{given})"
    return f'python -c "from archcore.conformance import try_law; print({call})"'
