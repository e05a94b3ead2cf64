"""``archcore races``: every interleaving of a scenario, and what each comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli.choosing import Choice, everything
from archcore.cli.options import complete_target, examples, output, write, write_document
from archcore.cli.progress import late_bar
from archcore.errors import ExitCode

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.races.result import RaceResult
    from archcore.report.races_many import Cell, Refusal

ALL = "all"


@click.command(
    epilog=examples(
        "archcore races S1 --engine seed+reread",
        "archcore races S1 --engine all --format markdown",
        "archcore races S1 --engine seed+reread --trace A10B8A10B6",
        "archcore races S7 --preemptions 1 --target TARGET",
    )
)
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
@click.option("--engine", help="An engine profile, or all. [default: v6.1; all without SCENARIO]")
@click.option(
    "--target",
    "target_id",
    shell_complete=complete_target,
    help="A target. [default: the one that is native to the profile]",
)
@click.option(
    "--preemptions",
    type=click.IntRange(0),
    help="Only interleavings in which no more threads are interrupted than this.",
)
@click.option("--limit", type=click.IntRange(1), default=20_000, show_default=True)
@click.option("--jobs", type=click.IntRange(1), help="Processes. [default: one a CPU]")
@click.option("--trace", metavar="K", help="Tell one interleaving, by its id or its number.")
@output("markdown")
def command(
    scenarios: tuple[str, ...],
    engine: str | None,
    target_id: str | None,
    preemptions: int | None,
    limit: int,
    jobs: int | None,
    trace: str | None,
    out: Output,
) -> ExitCode:
    """Let the threads of SCENARIO (default: all) take their steps in every order that matters.

    Orders that differ only in steps which commute are one interleaving. Ends with 1 if an
    interleaving loses a store or has a finding that the scenario does not know of the profile.
    """
    from archcore.report.races_many import explore_all

    cells, refused = _cells(scenarios, engine, target_id)
    if trace is not None:
        return _tell(cells, trace, out)
    with late_bar("races", len(cells)) as step:
        results = explore_all(
            cells,
            preemptions=preemptions,
            limit=limit,
            jobs=jobs,
            progress=step,
        )
    _write(results, refused, out)
    return ExitCode.DIFFERED if any(one.unexpected for one in results) else ExitCode.HELD


def _cells(
    names: tuple[str, ...], engine: str | None, target_id: str | None
) -> tuple[list[Cell], list[Refusal]]:
    """Return what is to be searched; raises UsageError where nothing of it can be."""
    from archcore.errors import UsageError
    from archcore.mm.profile import PROFILES, profile
    from archcore.races.stories import SCENARIOS, scenario
    from archcore.registry import installed
    from archcore.report.races_many import Cell, sorted_out

    stories = [scenario(name) for name in names or SCENARIOS]
    wanted = engine or ("v6.1" if names else ALL)
    engines = list(PROFILES) if wanted == ALL else [profile(wanted).name]
    registry = installed()
    if target_id is None:
        known, choice = everything(registry), Choice()
        targets = {name: choice.native(known, name) for name in engines}
    else:
        targets = dict.fromkeys(engines, registry.get(target_id))
    cells, refused = sorted_out(
        Cell(story, targets[name], name) for story in stories for name in engines
    )
    if not cells:
        raise UsageError("; ".join(dict.fromkeys(one.reason for one in refused)))
    return cells, refused


def _write(results: list[RaceResult], refused: list[Refusal], out: Output) -> None:
    from archcore.report.races import races_document
    from archcore.report.races_text import markdown, render

    if out.format == "json":
        write_document(races_document(results, refused))
    elif out.format == "markdown":
        write(markdown(results))
    else:
        write(render(results, refused, out.look))


def _tell(cells: list[Cell], which: str, out: Output) -> ExitCode:
    from archcore.errors import UsageError
    from archcore.races.retell import retell
    from archcore.report.races import trace_document
    from archcore.report.races_text import render_trace

    if len(cells) != 1:
        raise UsageError("--trace tells of one search; name one SCENARIO and one --engine")
    cell = cells[0]
    told = retell(cell.scenario, cell.target, cell.engine, int(which) if which.isdigit() else which)
    if out.format == "json":
        of = {"scenario": cell.scenario.id, "engine": cell.engine, "target": cell.target.id}
        write_document(trace_document(told, dict(of)))
    else:
        write(render_trace(told, out.look))
    return ExitCode.HELD
