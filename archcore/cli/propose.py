"""``archcore propose``: search every encoding of the hint, and prove which are legal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli.options import complete_target, examples, output, write, write_document
from archcore.cli.progress import late_bar
from archcore.errors import ExitCode

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.conformance.proposals.search import Search
    from archcore.conformance.proposals.verdict import Proposal, Standing


@click.command(
    epilog=examples(
        "archcore propose TARGET",
        "archcore propose TARGET --level pte --format markdown",
        "archcore propose TARGET --explain 9",
        "archcore propose TARGET --explain permission-lost --format json",
    )
)
@click.argument("target", shell_complete=complete_target)
@click.option("--level", "levels", multiple=True, help="A level, such as pmd; may be repeated.")
@click.option("--explain", "name", help="Tell all of one candidate: a bit, or a name.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.001),
    default=10.0,
    show_default=True,
    help="Seconds for one question to a solver.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: one a CPU).")
@output("markdown")
def command(
    target: str,
    *,
    levels: tuple[str, ...],
    name: str | None,
    timeout: float,
    jobs: int | None,
    out: Output,
) -> ExitCode:
    """Search all encodings of the hint for TARGET: each bit of an entry, protections, rights.

    Each is put in the place of the target's own and held to every law. What is legal is proved, and
    ranked by what it costs; of what is not, the law that kills it is named. Ends with 0 if an
    encoding is legal, 1 if none is, 5 if one was not decided.
    """
    from archcore.conformance.judge import Rules
    from archcore.conformance.proposals.search import prepare
    from archcore.registry import installed

    search = prepare(installed().get(target), levels, Rules(timeout=timeout))
    if name is not None:
        return _explain(search, name, out)
    with late_bar("encodings", len(search.catalogue)) as step:
        found = search.run(jobs=jobs, progress=step)
    return _tell(found, out)


def _tell(found: Proposal, out: Output) -> ExitCode:
    from archcore.conformance.proposals.verdict import Standing
    from archcore.report.propose import document
    from archcore.report.propose_text import markdown, text

    if out.format == "json":
        write_document(document(found))
    elif out.format == "markdown":
        write(markdown(found))
    else:
        write(text(found, out.look))
    if found.of(Standing.UNDECIDED):
        return ExitCode.UNDECIDED
    return ExitCode.HELD if found.of(Standing.LEGAL) else ExitCode.DIFFERED


def _explain(search: Search, name: str, out: Output) -> ExitCode:
    from archcore.conformance.proposals.explain import explain
    from archcore.report.propose import explanation_document
    from archcore.report.propose_explain import explanation, explanation_markdown

    found = explain(search, name)
    if out.format == "json":
        write_document(explanation_document(found))
    elif out.format == "markdown":
        write(explanation_markdown(found))
    else:
        write(explanation(found, out.look))
    return _code(found.verdict.standing)


def _code(standing: Standing) -> ExitCode:
    from archcore.conformance.proposals.verdict import Standing

    codes = {
        Standing.LEGAL: ExitCode.HELD,
        Standing.DEAD: ExitCode.DIFFERED,
        Standing.UNDECIDED: ExitCode.UNDECIDED,
    }
    return codes[standing]
