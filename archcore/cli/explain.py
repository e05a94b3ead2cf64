"""``archcore explain``: what a page-table entry is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from attrs import frozen

from archcore.cli.options import (
    Output,
    complete_target,
    examples,
    output,
    write,
    write_document,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.eras import Reader
    from archcore.report.text import Look
    from archcore.target import Target

STDIN = "-"


@click.command(
    epilog=examples(
        "archcore explain TARGET 0x8000000012345067",
        "archcore explain TARGET --level pmd 0x80000000400000e7",
        "archcore explain TARGET --vma r-- 0x0000000012345160",
        "archcore explain TARGET --all-eras 0xc000000012340180",
        "archcore explain TARGET - --format json < words.txt",
    )
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
@click.option(
    "--all-eras",
    is_flag=True,
    help="Say what the word means in every target of the same architecture and entry width.",
)
@output()
def command(
    *, target: str, words: tuple[str, ...], level: str, vma: str | None, all_eras: bool, out: Output
) -> None:
    """Say what each WORD is as an entry of TARGET: state, frame, flags, what hardware does.

    A WORD is hexadecimal with 0x, or decimal; `_` may stand between digits. `-` reads words from
    stdin, one a line. One WORD gives one JSON object, several give the list `words`.
    """
    from archcore.eras import family, readers
    from archcore.errors import UnknownNameError
    from archcore.registry import installed
    from archcore.specimens import flags_of

    registry = installed()
    found = registry.get(target)
    levels = tuple(place.name for place in found.geometry.levels)
    if level not in levels:
        raise UnknownNameError("level", level, levels)
    targets = family(found, registry) if all_eras else (found,)
    those = readers(targets, level, flags_of(vma) if vma is not None else None)
    view = _all_eras(targets, those, level) if all_eras else _one_target(those[0], level)
    _answer(view, words, found.geometry.width, out)


@frozen
class View:
    """How one word is said: in text, as a document, and what several documents share."""

    text: Callable[[int, Look], str]
    document: Callable[[int], dict[str, object]]
    head: dict[str, object]


def _one_target(reader: Reader, level: str) -> View:
    from archcore.report.entry import document, text

    target = reader.target
    return View(
        text=lambda word, look: text(target, reader.read(word, level), look),
        document=lambda word: document(target, reader.read(word, level)),
        head={"target": target.id, "level": level},
    )


def _all_eras(targets: tuple[Target, ...], those: tuple[Reader, ...], level: str) -> View:
    from archcore.eras import meanings
    from archcore.report.eras import eras_document, eras_text

    having = {reader.target.id for reader in those}
    without = [one.id for one in targets if one.id not in having]
    return View(
        text=lambda word, look: eras_text(meanings(those, word, level), without, look),
        document=lambda word: eras_document(meanings(those, word, level), without),
        head={"arch": targets[0].arch, "level": level},
    )


def _answer(view: View, words: tuple[str, ...], width: int, out: Output) -> None:
    given = _words(words, width)
    if out.format == "text":
        for at, word in enumerate(given):
            write("\n" * bool(at) + view.text(word, out.look))
    elif words == (STDIN,) or len(words) > 1:
        entries = [view.document(word) for word in given]
        write_document({**view.head, "words": entries})
    else:
        write_document(view.document(next(given)))


def _words(arguments: tuple[str, ...], width: int) -> Iterator[int]:
    from archcore.cli.words import word_of, words_in

    for argument in arguments:
        if argument == STDIN:
            yield from words_in(sys.stdin.buffer, "<stdin>", width)
        else:
            yield word_of(argument, width)
