"""How a command ends: with an exit code, one message on stderr, and no traceback unless asked."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

INTERNAL = 70  # EX_SOFTWARE of sysexits.h: none of archcore's own codes may stand for a defect
DEFECT = (
    "internal error: {error}; this is a defect of archcore or of a plugin; --debug shows where it "
    "happened"
)


def finish(action: Callable[[], object], *, debug: bool = False) -> NoReturn:
    """Run the action, flush what it printed, and exit with its result or its error's code."""
    code = 0
    try:
        result = action()
        code = result if isinstance(result, int) else 0
        sys.stdout.flush()
    except BrokenPipeError:
        abandon_stdout()  # whoever read has seen enough
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the last place to answer
        if debug:
            _traceback(error)
        code, message = _verdict(error)
        say(message)
        _flush_or_abandon()
    sys.exit(code)


def say(message: str) -> None:
    """Write a message to stderr under the program's name; never fails."""
    try:
        sys.stderr.write(f"archcore: {message}\n")
        sys.stderr.flush()
    except OSError:
        return


def abandon_stdout() -> None:
    """Point stdout nowhere, so that the interpreter's own flush at exit cannot fail again."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:
        return


def _verdict(error: BaseException) -> tuple[int, str]:
    from archcore.errors import ArchcoreError, ExitCode

    if isinstance(error, ArchcoreError):
        return error.exit_code, str(error)
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED, "interrupted"
    if isinstance(error, OSError):
        return ExitCode.INPUT, _of_system(error)
    return _of_click(error) or (INTERNAL, DEFECT.format(error=f"{type(error).__name__}: {error}"))


def _of_system(error: OSError) -> str:
    reason = error.strerror or str(error)
    place = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"{place or 'output: '}{reason}; what was written is incomplete; free some space"
    return f"{place}{reason}; check the path and its permissions"


def _of_click(error: BaseException) -> tuple[int, str] | None:
    if "click" not in sys.modules:
        return None
    import click

    from archcore.errors import ExitCode

    if isinstance(error, click.Abort):
        return ExitCode.INTERRUPTED, "interrupted"
    if isinstance(error, click.FileError):
        return ExitCode.INPUT, f"{error.format_message()}; check the path and its permissions"
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "archcore"
        reason = error.format_message().rstrip(".")
        return ExitCode.USAGE, f"{reason}; see `{path} --help`"
    return None


def _traceback(error: BaseException) -> None:
    import traceback

    traceback.print_exception(error)


def _flush_or_abandon() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        abandon_stdout()
