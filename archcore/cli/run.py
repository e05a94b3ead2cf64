"""``archcore run``: replay a trace and print the kernel's counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli.options import complete_target, examples, output, write, write_document
from archcore.cli.progress import increments, late_bar
from archcore.cli.replaying import replay_options, told
from archcore.cli.tracing import read_trace

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.replay.settings import Settings

ENGINES = (
    "The engine profile: seed, seed+recheck, seed+reread, seed+both, v3.8, v6.1, v7.0, "
    "or native for that of the target's era."
)


@click.command(
    epilog=examples(
        "archcore run packaged --target TARGET",
        "valgrind --tool=lackey --trace-mem=yes --log-fd=9 ls 9>&1 >/dev/null "
        "| archcore run - --target TARGET --engine v3.8",
    )
)
@click.argument("trace", metavar="TRACE")
@click.option("--target", "target_id", required=True, shell_complete=complete_target)
@click.option("--skip-bad", type=click.IntRange(0), default=0, help="Bad lines to tolerate.")
@replay_options("native", ENGINES)
@output()
def command(trace: str, target_id: str, skip_bad: int, settings: Settings, out: Output) -> int:
    """Replay TRACE (a file, - for standard input, or `packaged`) and print what is counted.

    Counters have the names and units of /proc/vmstat; the ledger lists maintenance calls with
    their reasons.
    """
    from attrs import evolve

    from archcore.registry import installed
    from archcore.replay.scalar import replay
    from archcore.report.compare import NATIVE, replay_document
    from archcore.report.run_text import render

    target = installed().get(target_id)
    engine = target.engine if settings.engine == NATIVE else settings.engine
    reading = read_trace(trace, skip_bad)
    code = told(reading, trace)
    with late_bar(target.id, len(reading.trace)) as step:
        result = replay(
            target,
            reading.trace,
            evolve(settings, engine=engine),
            progress=increments(step),
        )
    if out.format == "json":
        write_document(replay_document(result))
    else:
        write(render(result, out.look))
    return code
