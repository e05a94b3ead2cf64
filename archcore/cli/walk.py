"""``archcore walk``: every mapping of an image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archcore.cli.ending import say
from archcore.cli.options import complete_target, examples, output, write
from archcore.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.image.maps import Vmas
    from archcore.image.open import Opened
    from archcore.image.problems import Problem
    from archcore.image.walk import Walk
    from archcore.report.walk import Printer

# Those of archcore.decode.State that a leaf can have; written out, so that help needs no numpy.
STATES = ("mapped", "hint", "genuine-none", "inaccessible", "swap", "migration", "invalid", "other")
ADDRESS_BITS = 64
NO_ROOT = (
    "{image} does not say where the root table is; name it with --root ADDRESS (CR3, TTBR0 or satp "
    "of the process, as a physical address)"
)


@click.command(
    epilog=examples(
        "archcore walk capture-folder --target TARGET",
        "archcore walk memory.raw --target TARGET --root 0x5866000 --vmas maps.txt --state hint",
        "archcore walk memory.elf --target TARGET --root 0x5866000 "
        "--range ffff800000000000-10000000000000000 --summary",
    )
)
@click.argument("image", metavar="IMAGE")
@click.option("--target", "target_id", required=True, shell_complete=complete_target)
@click.option("--root", help="Physical address of the top table (default: the capture's).")
@click.option("--base", help="Physical address at which a raw image begins (default: 0).")
@click.option(
    "--vmas",
    "maps",
    metavar="FILE",
    help="VMAs as in /proc/PID/maps: tell hints from genuine nones (default: the capture's).",
)
@click.option("--range", "asked", metavar="A-B", help="Addresses to walk (default: user mode's).")
@click.option(
    "--state", "states", multiple=True, type=click.Choice(STATES), help="Show these only."
)
@click.option("--summary", is_flag=True, help="Print sums instead of leaves.")
@output("ndjson")
def command(
    *,
    image: str,
    target_id: str,
    root: str | None,
    base: str | None,
    maps: str | None,
    asked: str | None,
    states: tuple[str, ...],
    summary: bool,
    out: Output,
) -> ExitCode:
    """Print every mapping in the page tables of IMAGE: address, size, level, state, frame, flags.

    IMAGE is a raw image of physical memory, an ELF core of it, or a capture folder. A hint or a
    genuine none is `inaccessible` unless VMAs tell which. An entry that cannot be followed is
    reported, the walk goes on, and the command ends with 3.
    """
    from archcore.cli.words import word_of
    from archcore.image.open import open_image
    from archcore.image.space import range_of
    from archcore.image.walk import Walk
    from archcore.registry import installed
    from archcore.report.walk import printer_of

    target = installed().get(target_id)
    bounds = None if asked is None else range_of(asked)
    opened = open_image(image, None if base is None else word_of(base, ADDRESS_BITS))
    if opened.capture is not None:
        opened.capture.fits(target)
    register = _root(image, opened, None if root is None else word_of(root, ADDRESS_BITS))
    problems: list[Problem] = []

    def report(problem: Problem) -> None:
        problems.append(problem)
        say(str(problem))

    walk = Walk(target, opened.image, register, _vmas(opened, maps), bounds, report)
    if walk.root != register:
        say(f"root {register:#x}: the table is at {walk.root:#x}; the other bits are no address")
    printer = printer_of(walk, out.format, out.look, summary=summary)
    _print(walk, printer, states, problems)
    for loss in opened.image.losses:
        say(loss)
    return ExitCode.INPUT if problems or opened.image.losses else ExitCode.HELD


def _root(image: str, opened: Opened, given: int | None) -> int:
    if given is not None:
        return given
    if opened.capture is None:
        raise UsageError(NO_ROOT.format(image=image))
    return opened.capture.root


def _vmas(opened: Opened, maps: str | None) -> Vmas | None:
    from archcore.image.maps import read_maps

    if maps is not None:
        return read_maps(Path(maps))
    return None if opened.capture is None else opened.capture.vmas


def _print(walk: Walk, printer: Printer, states: tuple[str, ...], problems: list[Problem]) -> None:
    """Print a few thousand leaves at a time, so that no more of an image is held."""
    import numpy as np

    from archcore.decode import State
    from archcore.image.batch import CODE

    wanted = np.array([CODE[State(one)] for one in states], np.uint8)
    _write(printer.begin())
    for batch in walk:
        _write(printer.some(batch.take(np.isin(batch.state, wanted)) if states else batch))
    _write(printer.end(problems))


def _write(text: str) -> None:
    if text:
        write(text)
