"""What every command has in common: its formats, its colours, its examples, its targets."""

from __future__ import annotations

import os
import shutil
import sys
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

from archcore.report.document import dumps
from archcore.report.text import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COLOURS = ("auto", "always", "never")


@frozen
class Output:
    """How a command was asked to answer: in which format, and for text, in which look."""

    format: str
    look: Look


def output(*more: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--format`` (text, json and ``more``) and ``--color``; the function gets ``out``."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @click.option(
            "--format",
            "wanted",
            type=click.Choice(("text", "json", *more)),
            default="text",
            show_default=True,
            help="How the result is written.",
        )
        @click.option("--json", "as_json", is_flag=True, hidden=True)
        @click.option("--color", type=click.Choice(COLOURS), help="When text is coloured.")
        @click.option("--debug", is_flag=True, expose_value=False, hidden=True)
        @click.pass_context
        @wraps(function)
        def command(
            ctx: click.Context,
            /,
            *args: object,
            wanted: str,
            as_json: bool,
            color: str | None,
            **given: object,
        ) -> object:
            look = look_of(color or ctx.find_root().obj or "auto", os.environ)
            return function(*args, out=Output("json" if as_json else wanted, look), **given)

        return command

    return decorate


def look_of(colour: str, environ: Mapping[str, str]) -> Look:
    """Return how stdout may be dressed: the option first, then NO_COLOR, FORCE_COLOR, TERM."""
    terminal = sys.stdout.isatty()
    columns = shutil.get_terminal_size().columns if terminal else None
    if colour != "auto":
        return Look(colour == "always", columns)
    if environ.get("NO_COLOR"):
        return Look(colour=False, columns=columns)
    if environ.get("FORCE_COLOR"):
        return Look(colour=True, columns=columns)
    return Look(terminal and environ.get("TERM") != "dumb", columns)


def write(text: str) -> None:
    """Write text to stdout as it is; whether it is coloured was decided before."""
    click.echo(text, color=True)


def write_document(document: Mapping[str, object]) -> None:
    """Write a JSON document to stdout."""
    click.echo(dumps(document))


def examples(*lines: str) -> str:
    """Return the end of a help page: command lines to try, one a line."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def complete_target(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of registered targets that begin so, for the shell's completion."""
    from archcore.registry import installed

    return [name for name in sorted(installed().targets) if name.startswith(incomplete)]
