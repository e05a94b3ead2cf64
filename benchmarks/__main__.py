"""Run the benchmarks: ``python benchmarks [--quick] [--format text|json] [job ...]``."""

from __future__ import annotations

import argparse
import sys

import bulk_arm
import hint_faults
import scalar_replay
import startup
import table
import walk

from archcore.errors import ArchcoreError
from archcore.registry import installed

JOBS = {module.JOB: module for module in (bulk_arm, scalar_replay, hint_faults, startup, walk)}


def main() -> None:
    """Run the jobs named on the command line, all of them without any, and print each."""
    parser = argparse.ArgumentParser(prog="python benchmarks", description=__doc__)
    parser.add_argument("job", nargs="*", help=f"one of {', '.join(JOBS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="less data, fewer repeats")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--target", action="append", help="only this one; may be repeated")
    given = parser.parse_args()
    unknown = [job for job in given.job if job not in JOBS]
    if unknown:
        parser.error(f"no job is called {unknown[0]!r}; there are {', '.join(JOBS)}")
    try:
        targets = [installed().get(name) for name in given.target or installed().targets]
    except ArchcoreError as error:
        parser.error(str(error))
    for one in installed().rejected:
        print(f"{one.plugin} of {one.origin} is left out: {one.reason}", file=sys.stderr)
    results = []
    for job in given.job or JOBS:
        results.append(JOBS[job].run(targets, quick=given.quick))
        if given.format == "text":
            print(table.as_text(results[-1]), end="\n\n", flush=True)
    if given.format == "json":
        print(table.as_json(results))
    else:
        print(", ".join(f"{name} {value}" for name, value in table.machine().items()))


if __name__ == "__main__":
    main()
