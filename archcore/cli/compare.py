"""``archcore compare``: the report, one encoding a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli.choosing import NONE_USABLE, everything, leave_out
from archcore.cli.options import complete_target, examples, output, write, write_document
from archcore.cli.progress import late_bar
from archcore.cli.replaying import replay_options, told
from archcore.cli.tracing import PACKAGED, read_trace
from archcore.errors import PluginError

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.replay.settings import Settings
    from archcore.report.compare import Row, Unusable
    from archcore.target import Target
    from archcore.trace.record import Trace

ENGINES = (
    "The engine profile for all targets: seed, seed+recheck, seed+reread, seed+both, v3.8, "
    "v6.1, v7.0, or native for each target's own."
)


@click.command(
    epilog=examples(
        "archcore compare",
        "archcore compare TARGET TARGET --engine native --format json",
        "archcore compare --trace ls.lackey.gz --schedule 0:50%,1:50% --format markdown",
        "archcore compare --format html > compare.html",
    )
)
@click.argument("targets", nargs=-1, metavar="[TARGET]...", shell_complete=complete_target)
@click.option("--trace", default=PACKAGED, help="A trace file, or - for standard input.")
@click.option("--skip-bad", type=click.IntRange(0), default=0, help="Bad lines to tolerate.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; one for each CPU if not given.")
@replay_options("v6.1", ENGINES)
@output("markdown", "csv", "html")
def command(
    targets: tuple[str, ...],
    trace: str,
    skip_bad: int,
    jobs: int | None,
    settings: Settings,
    out: Output,
) -> int:
    """Compare how TARGETs encode the hint, and what a trace costs under each (default: all).

    Each property is found by trying the encoding on live entries; one that fails is shown with an
    entry. The engine is the same for all, so that differences are the encoding's.
    """
    chosen = _chosen(targets)
    reading = read_trace(trace, skip_bad)
    code = told(reading, trace)
    rows, unusable = _rows(chosen, reading.trace, settings, jobs)
    _left_out(unusable, named=bool(targets), all_of_them=not rows)
    _print(rows, reading.trace, settings, out)
    return code


def _chosen(names: tuple[str, ...]) -> list[Target]:
    from archcore.registry import installed

    registry = installed()
    return [registry.get(name) for name in names] or everything(registry)


def _rows(
    chosen: list[Target], trace: Trace, settings: Settings, jobs: int | None
) -> tuple[list[Row], list[Unusable]]:
    from archcore.report.compare import Row, Unusable
    from archcore.report.pool import compare_all

    with late_bar("replaying", len(chosen)) as step:
        found = compare_all(chosen, trace, settings, jobs=jobs, progress=step)
    return [one for one in found if isinstance(one, Row)], [
        one for one in found if isinstance(one, Unusable)
    ]


def _left_out(unusable: list[Unusable], *, named: bool, all_of_them: bool) -> None:
    """Say what could not be compared; raises an error if it was named, or if it is all there is."""
    for one in unusable:
        if named:
            raise one.error
        leave_out(one.target, one.reason)
    if all_of_them:
        raise PluginError(NONE_USABLE)


def _print(rows: list[Row], trace: Trace, settings: Settings, out: Output) -> None:
    from archcore.report.compare import document
    from archcore.report.compare_text import render, render_csv, render_markdown

    if out.format == "json":
        write_document(
            {
                "trace": trace.origin,
                "engine": settings.engine,
                "targets": [document(row) for row in rows],
            }
        )
    elif out.format == "csv":
        write(render_csv(rows))
    elif out.format == "markdown":
        write(render_markdown(rows))
    elif out.format == "html":
        from archcore.report.compare_html import render_html

        write(render_html(rows, len(trace), trace.origin))
    else:
        write(f"{len(trace)} references: {trace.origin}\n\n{render(rows, out.look)}")
