"""``archcore needs``: which maintenance calls a target needs, and what breaks without each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli.choosing import NONE_USABLE, Choice, everything
from archcore.cli.options import complete_target, examples, output, write, write_document
from archcore.cli.progress import late_bar
from archcore.errors import ExitCode, PluginError

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.target import Target


@click.command(
    epilog=examples(
        "archcore needs",
        "archcore needs TARGET",
        "archcore needs TARGET --engine v6.1 --format json",
    )
)
@click.argument("targets", nargs=-1, metavar="[TARGET]...", shell_complete=complete_target)
@click.option(
    "--engine",
    default="v6.1",
    show_default=True,
    help="The profile that makes the calls; native: that of each target's era.",
)
@output("markdown")
def command(targets: tuple[str, ...], engine: str, out: Output) -> ExitCode:
    """Leave each maintenance call out and say what breaks (default: one target an architecture).

    Stories of pages that are hinted, moved, swapped, copied, thrown away and remapped are told on a
    machine whose caches hold data, once with all calls and once without each. It ends with 1 if a
    story goes wrong with all calls made.
    """
    from archcore.report.needs import needed_by, needs_document
    from archcore.report.needs_text import markdown, render

    chosen = _chosen(targets)
    found = []
    with late_bar("telling", len(chosen)) as step:
        for target in chosen:
            found.append(needed_by(target, engine))
            step(1)
    if out.format == "json":
        write_document(needs_document(found))
    elif out.format == "markdown":
        write(markdown(found))
    else:
        write(render(found, out.look))
    return ExitCode.HELD if all(one.enough for one in found) else ExitCode.DIFFERED


def _chosen(names: tuple[str, ...]) -> list[Target]:
    from archcore.registry import installed
    from archcore.report.races_many import kinds_of

    registry = installed()
    if names:
        return [registry.get(name) for name in names]
    chosen = Choice().natives(kinds_of(everything(registry)), "v6.1")
    if not chosen:
        raise PluginError(NONE_USABLE)
    return chosen
