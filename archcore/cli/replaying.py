"""What ``run`` and ``compare`` share: the trace, the machine, the scanner, the progress bar."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from archcore.cli.ending import say
from archcore.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.replay.settings import Settings
    from archcore.trace.reading import Reading

SIZE = re.compile(r"([0-9]+)([KMG]?)", re.IGNORECASE)
UNITS = {"": 0, "K": 10, "M": 20, "G": 30}
SHOWN = 3
POLICY = "Who places pages: default (the kernel's way), or stay (nothing ever moves)."


def bytes_of(text: str) -> int:
    """Return a size such as ``256K`` or ``1M`` in bytes; raises UsageError for anything else."""
    match = SIZE.fullmatch(text.strip())
    if not match:
        msg = f"size {text!r} is not a number of bytes, such as 4096, 256K or 1M"
        raise UsageError(msg)
    return int(match[1]) << UNITS[match[2].upper()]


def replay_options(engine: str, engines: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options of a replay; the function gets them as ``settings``."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @click.option("--engine", default=engine, show_default=True, help=engines)
        @click.option("--thp", is_flag=True, help="Map huge pages where there is room for them.")
        @click.option("--policy", default="default", show_default=True, help=POLICY)
        @click.option("--nodes", type=click.IntRange(1, 64), default=2, show_default=True)
        @click.option("--schedule", help="Which node runs which part: 0:30%,1:70% or 0@0,1@5000.")
        @click.option(
            "--scan-period",
            type=int,
            help="References between two scans; a twentieth of the trace if not given.",
        )
        @click.option("--scan-size", help="How much a scan covers, such as 256K; 1M if not given.")
        @wraps(function)
        def command(
            *args: object,
            engine: str,
            nodes: int,
            schedule: str | None,
            scan_period: int | None,
            scan_size: str | None,
            thp: bool,
            policy: str,
            **given: object,
        ) -> object:
            from attrs import evolve

            from archcore.mm.policies import policy_of

            policy_of(policy)
            made = _settings(engine, nodes, schedule, scan_period, scan_size)
            made = evolve(made, thp=thp, policy=policy)
            return function(*args, settings=made, **given)

        return command

    return decorate


def _settings(
    engine: str, nodes: int, schedule: str | None, period: int | None, size: str | None
) -> Settings:
    from archcore.replay.settings import SCAN_SIZE, Settings
    from archcore.trace.schedule import DEFAULT_SCHEDULE, Schedule

    chosen = Schedule.parse(schedule or ("0:100%" if nodes == 1 else DEFAULT_SCHEDULE))
    return Settings(
        engine=engine,
        nodes=nodes,
        schedule=chosen,
        scan_period=period,
        scan_size=SCAN_SIZE if size is None else bytes_of(size),
    )


def told(reading: Reading, source: str) -> ExitCode:
    """Say on stderr what was skipped or cut off; return the exit code that this deserves."""
    if reading.skipped:
        shown = "; ".join(f"line {bad.number}: {bad.text}" for bad in reading.skipped[:SHOWN])
        say(f"{source}: skipped {len(reading.skipped)} bad lines ({shown})")
    if reading.truncated is None:
        return ExitCode.HELD
    say(
        f"{source}: {reading.truncated}; the {len(reading.trace)} references before that were "
        "used; make the trace again to have them all"
    )
    return ExitCode.INPUT
