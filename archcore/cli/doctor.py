"""``archcore doctor``: whether this installation is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli.options import Output, examples, output, write, write_document
from archcore.errors import ExitCode

if TYPE_CHECKING:
    from archcore.report.installation import Installation
    from archcore.report.text import Look


@click.command(
    epilog=examples("archcore doctor", "archcore doctor --format json"),
)
@output()
def command(out: Output) -> ExitCode:
    """Check this installation: versions, plugins and their targets, optional engines, terminal.

    Each target is used for a moment. Ends with 4 if a plugin is rejected or a target unusable.
    """
    from archcore.registry import installed
    from archcore.report.installation import document, inspect

    found = inspect(installed(), out.look)
    if out.format == "json":
        write_document(document(found))
    else:
        write(_text(found, out.look))
    return (
        ExitCode.PLUGIN
        if any(plugin.reason or plugin.unusable for plugin in found.plugins)
        else ExitCode.HELD
    )


def _text(found: Installation, look: Look) -> str:
    from archcore.report.text import paint, pairs, table

    plugins = [(plugin.name, plugin.origin, plugin.state, plugin.said) for plugin in found.plugins]
    sections = {
        "Versions": pairs(list(found.versions.items())),
        "Plugins": table(("NAME", "ORIGIN", "STATE", "TARGETS, OR WHY NOT"), plugins, look)
        if plugins
        else "  none; install an architecture, such as the distributions under arches/",
        "Commands of plugins": pairs(list(found.commands.items())) if found.commands else "",
        "Optional": pairs(list(found.optional.items())),
        "Terminal": pairs(list(found.terminal.items())),
    }
    return "\n\n".join(
        f"{paint(title, 'bold', look)}\n{body}" for title, body in sections.items() if body
    )
