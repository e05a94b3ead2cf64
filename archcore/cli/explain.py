"""``archcore explain``: what a page-table entry is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from archcore.cli.options import (
    Output,
    complete_target,
    examples,
    output,
    write,
    write_document,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.decode import Decoded

STDIN = "-"


@click.command(
    epilog=examples(
        "archcore explain TARGET 0x8000000012345067",
        "archcore explain TARGET --level pmd 0x80000000400000e7",
        "archcore explain TARGET --vma r-- 0x0000000012345160",
        "archcore explain TARGET - --format json < words.txt",
    ),
    short_help="Decode words: state, frame, flags, what hardware would do.",
)
@click.argument("target", shell_complete=complete_target)
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("--level", default="pte", show_default=True, help="Where the entry stands.")
@click.option(
    "--vma",
    metavar="PERMS",
    help="Rights of the VMA as in /proc/PID/maps (r--, rw-p, ---): tells a hint from a genuine "
    "none.",
)
@output()
def command(target: str, words: tuple[str, ...], level: str, vma: str | None, out: Output) -> None:
    """Say what each WORD is as an entry of TARGET: state, frame, flags, what hardware does.

    A WORD is hexadecimal with 0x, or decimal; `_` may stand between digits. `-` reads words from
    stdin, one a line. One WORD gives one JSON object, several give the list `words`.
    """
    from archcore.binding import bind
    from archcore.decode import decode
    from archcore.errors import UnknownNameError
    from archcore.registry import installed
    from archcore.report.entry import document, text
    from archcore.specimens import flags_of, vma_view

    found = installed().get(target)
    levels = tuple(place.name for place in found.geometry.levels)
    if level not in levels:
        raise UnknownNameError("level", level, levels)
    hooks = bind(found)
    view = vma_view(hooks, flags_of(vma)) if vma is not None else None

    def decoded() -> Iterator[Decoded]:
        for word in _words(words, found.geometry.width):
            yield decode(found, hooks, word, level, view)

    if out.format == "text":
        for at, one in enumerate(decoded()):
            write("\n" * bool(at) + text(found, one, out.look))
    elif words == (STDIN,) or len(words) > 1:
        entries = [document(found, one) for one in decoded()]
        write_document({"target": target, "level": level, "words": entries})
    else:
        write_document(document(found, next(decoded())))


def _words(arguments: tuple[str, ...], width: int) -> Iterator[int]:
    from archcore.cli.words import word_of, words_in

    for argument in arguments:
        if argument == STDIN:
            yield from words_in(sys.stdin.buffer, "<stdin>", width)
        else:
            yield word_of(argument, width)
