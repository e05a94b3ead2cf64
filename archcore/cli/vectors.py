"""``archcore vectors``: a target against the results of a kernel's own helpers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archcore.cli.ending import say
from archcore.cli.options import complete_target, examples, output, write, write_document
from archcore.cli.progress import late_bar
from archcore.errors import ExitCode, UnknownNameError

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.vectors.check import Verdict
    from archcore.vectors.group import VectorFile


@click.command(
    epilog=examples(
        "archcore vectors kernel.jsonl.gz --target TARGET",
        "archcore vectors kernel.jsonl.gz --target TARGET --strict --format json",
        "zcat kernel.jsonl.gz | archcore vectors - --target TARGET --helper pte_modify --limit 3",
    )
)
@click.argument("file", metavar="FILE")
@click.option("--target", "target_id", required=True, shell_complete=complete_target)
@click.option("--strict", is_flag=True, help="Fail on helpers that the target does not model.")
@click.option("--helper", "only", multiple=True, help="Check this helper only; may be repeated.")
@click.option(
    "--limit", type=click.IntRange(0), default=10, show_default=True, help="Failures to show."
)
@output()
def command(
    *, file: str, target_id: str, strict: bool, only: tuple[str, ...], limit: int, out: Output
) -> ExitCode:
    """Check a target against the vectors in FILE: arguments and results of a kernel's helpers.

    FILE holds JSON lines, plain or gzip; - is standard input. Ends with 1 if a record differs, and
    with --strict also if the target lacks a helper of the file.
    """
    from archcore.binding import bind
    from archcore.registry import installed
    from archcore.report.vectors import Checked, document, text
    from archcore.vectors.check import check
    from archcore.vectors.meta import contradictions

    target = installed().get(target_id)
    hooks = bind(target)
    vectors = _read(file)
    for name in only:
        if name not in vectors.groups:
            raise UnknownNameError("helper of this file", name, tuple(vectors.groups))
    for sentence in contradictions(target, vectors):
        say(f"{vectors.source}: {sentence}; records may differ because of that")
    verdict = check(target, hooks, vectors, only, limit)
    checked = Checked(target, hooks, vectors, verdict)
    if out.format == "json":
        write_document(document(checked))
    else:
        write(text(checked, out.look))
    return _ending(vectors, verdict, strict=strict)


def _read(file: str) -> VectorFile:
    from archcore.vectors.read import read

    path = Path(file)
    length = path.stat().st_size if path.is_file() else None
    with late_bar(f"reading {path.name}", length) as step:
        return read(file, step)


def _ending(vectors: VectorFile, verdict: Verdict, *, strict: bool) -> ExitCode:
    if vectors.truncated is not None:
        say(
            f"{vectors.source}: {vectors.truncated}; the records before that were checked; get "
            "the file again to check them all"
        )
    if verdict.failed or (strict and verdict.not_modelled):
        return ExitCode.DIFFERED
    if vectors.truncated is not None:
        return ExitCode.INPUT
    if not verdict.passed:
        say(f"{vectors.source}: nothing was compared; {verdict.target} has no helper of the file")
        return ExitCode.UNDECIDED
    return ExitCode.HELD
