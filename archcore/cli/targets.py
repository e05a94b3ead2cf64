"""``archcore targets``: what is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli.ending import say
from archcore.cli.options import Output, examples, output, write, write_document

if TYPE_CHECKING:
    from archcore.target import Target

HEADERS = ("TARGET", "ARCH", "ERA", "PAGE", "LEVELS", "A HINT", "ORIGIN")
NONE_YET = (
    "no target is registered; install an architecture, such as the distributions under arches/"
)


@click.command(
    epilog=examples("archcore targets", "archcore targets --format json"),
)
@output()
def command(out: Output) -> None:
    """List the registered targets, how arming a hint changes an entry, and rejected plugins.

    A plugin that cannot be used is named on stderr with what to do about it; the others are
    listed all the same.
    """
    from attrs import asdict

    from archcore.registry import installed
    from archcore.report.text import table

    registry = installed()
    for rejection in registry.rejected:
        say(
            f"plugin {rejection.plugin!r} of {rejection.origin} is not used: {rejection.reason}; "
            f"{rejection.remedy}"
        )
    targets = list(registry)
    if out.format == "json":
        entries = [_document(target, registry.origins[target.id]) for target in targets]
        write_document({"targets": entries, "rejected": [asdict(one) for one in registry.rejected]})
    elif targets:
        rows = [_row(target, registry.origins[target.id]) for target in targets]
        write(table(HEADERS, rows, out.look))
    else:
        say(NONE_YET)


def _row(target: Target, origin: str) -> tuple[str, ...]:
    from archcore.report.units import size

    geometry = target.geometry
    levels = str(len(geometry.levels))
    page = size(geometry.page_size)
    return (target.id, target.arch, target.era, page, levels, _hint(target), origin)


def _document(target: Target, origin: str) -> dict[str, object]:
    return {
        "id": target.id,
        "arch": target.arch,
        "era": target.era,
        "page_size": target.geometry.page_size,
        "levels": len(target.geometry.levels),
        "origin": origin,
        "summary": target.summary,
        "hint": _hint(target),
    }


def _hint(target: Target) -> str:
    """Return what arming does to an entry of the lowest level; a listing survives a bad helper."""
    from archcore.binding import bind
    from archcore.errors import ArchcoreError
    from archcore.report.arming import arming, summary

    lowest = target.geometry.levels[0]
    try:
        found = arming(target, bind(target), lowest.name)
    except ArchcoreError as error:
        return f"unknown: {error}"
    return summary(lowest.layout, found.armed, valid=found.valid)
