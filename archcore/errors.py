"""Every error archcore raises on purpose: one root, few leaves, each saying what to do.

Outcomes of a modelled machine (a fault, a refused migration) are values, never exceptions; what
stands here means that an input, a plugin or a program is broken.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command of archcore tells the shell."""

    HELD = 0
    DIFFERED = 1
    USAGE = 2
    INPUT = 3
    PLUGIN = 4
    UNDECIDED = 5
    INTERRUPTED = 130


LISTED = 30  # names that a message can hold and still be read


def one_line(error: BaseException) -> str:
    """Return the message of someone else's error without its line breaks."""
    return " ".join(str(error).split())


class ArchcoreError(Exception):
    """The root of all errors archcore raises on purpose."""

    exit_code = ExitCode.DIFFERED


class UsageError(ArchcoreError, ValueError):
    """A request that cannot be carried out as it was put."""

    exit_code = ExitCode.USAGE


class UnknownNameError(UsageError, LookupError):
    """A name nobody registered; the nearest known ones are in ``known``."""

    def __init__(self, kind: str, name: str, known: tuple[str, ...] = (), remedy: str = "") -> None:
        """Compose the message from what was asked for and what there is."""
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        more = f", and {len(known) - LISTED} more" if len(known) > LISTED else ""
        listed = f" (known: {', '.join(known[:LISTED])}{more})" if known and not near else ""
        super().__init__(
            f"no {kind} is called {name!r}{hint}{listed}" + (f"; {remedy}" if remedy else "")
        )
        self.kind, self.name, self.known = kind, name, known


class LayoutError(ArchcoreError, ValueError):
    """A layout or geometry that contradicts itself."""

    exit_code = ExitCode.PLUGIN


class PortabilityError(ArchcoreError, TypeError):
    """A helper used an operation that does not mean the same in every number system."""

    exit_code = ExitCode.PLUGIN


class PluginError(ArchcoreError):
    """A plugin that is missing, broken or incompatible."""

    exit_code = ExitCode.PLUGIN


class SolverError(PluginError):
    """A solver that is needed and not installed."""


class MissingHookError(PluginError, AttributeError):
    """A hook that was asked for and that no layer of the target implements."""


class TraceError(ArchcoreError, ValueError):
    """A trace that cannot be read: where, what was expected, what stood there."""

    exit_code = ExitCode.INPUT

    def __init__(
        self, *, source: str, line: int | None = None, expected: str, found: str = ""
    ) -> None:
        """Compose ``SOURCE:LINE: expected ..., found ...``."""
        place = source if line is None else f"{source}:{line}"
        tail = f", found {found}" if found else ""
        super().__init__(f"{place}: expected {expected}{tail}")
        self.source, self.line, self.expected, self.found = source, line, expected, found


class InputError(ArchcoreError, ValueError):
    """An input other than a trace that is unreadable or malformed."""

    exit_code = ExitCode.INPUT


class MachineError(ArchcoreError, RuntimeError):
    """The simulated machine was driven into a state that no kernel reaches."""


class EndlessFaultError(MachineError):
    """A reference faults again and again, whatever the kernel does."""
