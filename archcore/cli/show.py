"""``archcore show``: what an entry of a target looks like."""

from __future__ import annotations

import click

from archcore.cli.options import (
    Output,
    complete_target,
    examples,
    output,
    write,
    write_document,
)


@click.command(
    epilog=examples(
        "archcore show TARGET",
        "archcore show TARGET --level swap",
        "archcore show TARGET --level pmd --format svg > pmd.svg",
    )
)
@click.argument("target", shell_complete=complete_target)
@click.option(
    "--level",
    default="pte",
    show_default=True,
    help="A level of the target (pte, pmd, pud, ...), or swap for entries of swapped pages.",
)
@output("svg")
def command(target: str, level: str, out: Output) -> None:
    """Show an entry of TARGET: a picture of its bits, and what each of them means.

    Follow: what arming a hint and disarming it again do to each bit, derived from the helpers;
    the geometry of the tables; the protections of all kinds of VMA; the sources.
    """
    from archcore.binding import bind
    from archcore.registry import installed
    from archcore.report.svg import svg
    from archcore.report.target import document, text, view

    found = installed().get(target)
    seen = view(found, bind(found), level)
    if out.format == "json":
        write_document(document(seen))
    elif out.format == "svg":
        write(svg(seen.layout, f"{target} {level}: {seen.layout.name}"))
    else:
        write(text(seen, out.look))
