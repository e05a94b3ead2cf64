"""``archcore check``: hold targets to the laws, or against truth that nobody here wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli.choosing import everything
from archcore.cli.options import complete_target, examples, output, write, write_document
from archcore.cli.progress import late_bar
from archcore.errors import ExitCode, InputError, UsageError

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.conformance.claims import Claim
    from archcore.conformance.suite import Selection
    from archcore.conformance.verdict import Result
    from archcore.registry import Registry
    from archcore.report.check import Checked
    from archcore.target import Target


@click.command(
    epilog=examples(
        "archcore check",
        "archcore check TARGET --level pmd --only failing",
        "archcore check TARGET --law hint-keeps-dirty --second-opinion",
        "archcore check --list",
        "archcore check TARGET --oracle unicorn",
    )
)
@click.argument("targets", nargs=-1, metavar="[TARGET]...", shell_complete=complete_target)
@click.option("--law", "laws", multiple=True, help="A law by name; may be repeated.")
@click.option("--level", "levels", multiple=True, help="A level, such as pmd; may be repeated.")
@click.option("--only", type=click.Choice(("failing",)), help="Leave out what holds.")
@click.option("--suite", help="The version of the suite; later laws are not asked.")
@click.option("--second-opinion", is_flag=True, help="Ask bitwuzla about each proof, too.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.001),
    default=10.0,
    show_default=True,
    help="Seconds for one question to a solver.",
)
@click.option(
    "--claims",
    "files",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="A claims file besides those of the plugins; may be repeated.",
)
@click.option("--no-claims", is_flag=True, help="Excuse nothing.")
@click.option("--list", "listed", is_flag=True, help="List the laws, and check nothing.")
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: one a CPU).")
@click.option("--oracle", help="Ask an emulated MMU instead, such as unicorn.")
@click.option(
    "--seeds",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="With --oracle: how many sets of tables.",
)
@click.option(
    "--first-seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="With --oracle: the first of them.",
)
@output("junit")
def command(
    targets: tuple[str, ...],
    *,
    laws: tuple[str, ...],
    levels: tuple[str, ...],
    only: str | None,
    suite: str | None,
    second_opinion: bool,
    timeout: float,
    files: tuple[str, ...],
    no_claims: bool,
    listed: bool,
    jobs: int | None,
    oracle: str | None,
    seeds: int,
    first_seed: int,
    out: Output,
) -> ExitCode:
    """Hold TARGETs (default: all) to the laws of the suite.

    A law is proved for every word, or tried on many where proof cannot reach. One that fails comes
    back as one word, decoded, with the calls that show it and a line that makes them again. Claims
    in a plugin's claims.toml excuse what its authors know.
    """
    from archcore.registry import installed

    registry = installed()
    chosen = [registry.get(name) for name in targets] or everything(registry)
    if oracle is not None:
        from archcore.cli.witness import ask

        return ask(chosen, oracle, range(first_seed, first_seed + seeds), out)
    selection = _selection(laws, levels, suite)
    if listed:
        return _list(selection, suite, out)
    claims = () if no_claims else _claims(registry, chosen, files)
    results = _hold(chosen, selection, (timeout, second_opinion), jobs)
    if not results:
        raise UsageError("none of these laws is asked of these targets at these levels")
    return _tell(_checked(results, claims, suite), only, out)


def _selection(laws: tuple[str, ...], levels: tuple[str, ...], suite: str | None) -> Selection:
    from archcore.conformance.suite import select
    from archcore.errors import UnknownNameError
    from archcore.hookspecs import LEVELS

    for level in levels:
        if level not in LEVELS:
            raise UnknownNameError("level", level, LEVELS)
    return select(laws, levels, suite)


def _list(selection: Selection, suite: str | None, out: Output) -> ExitCode:
    from archcore.conformance.suite import VERSIONS
    from archcore.report.check import laws_document, laws_text

    if out.format == "junit":
        raise UsageError("laws are listed as text or json")
    if out.format == "json":
        write_document(laws_document(selection.laws, suite or VERSIONS[-1]))
    else:
        write(laws_text(selection.laws, out.look))
    return ExitCode.HELD


def _claims(registry: Registry, targets: list[Target], files: tuple[str, ...]) -> tuple[Claim, ...]:
    from pathlib import Path

    from archcore.conformance.claims import read
    from archcore.conformance.suite import claims_of, resolved

    found = list(claims_of(registry, targets))
    for name in files:
        if not Path(name).is_file():
            raise InputError(f"{name}: expected a claims file, found none")
        found += resolved(read(Path(name), name), name, registry.targets)
    return tuple(found)


def _hold(
    targets: list[Target], selection: Selection, rules: tuple[float, bool], jobs: int | None
) -> list[Result]:
    from archcore.conformance.judge import Rules
    from archcore.conformance.many import hold_all
    from archcore.conformance.suite import cases

    length = sum(1 for target in targets for _ in cases(target, selection))
    with late_bar("laws", length) as step:
        return hold_all(targets, selection, Rules(*rules), jobs=jobs, progress=step)


def _checked(results: list[Result], claims: tuple[Claim, ...], suite: str | None) -> Checked:
    from archcore.conformance.suite import VERSIONS, untrue, with_claims
    from archcore.report.check import Checked

    found = with_claims(results, claims)
    return Checked(found, untrue(results, claims), suite or VERSIONS[-1])


def _tell(checked: Checked, only: str | None, out: Output) -> ExitCode:
    from archcore.report.check import FAILING, document, text
    from archcore.report.junit import junit

    if out.format == "json":
        shown = [one for one in checked.results if only is None or one.status in FAILING]
        write_document(document(checked, shown))
    elif out.format == "junit":
        write(junit(checked))
    else:
        write(text(checked, out.look, only_failing=only is not None))
    if checked.failed or checked.untrue:
        return ExitCode.DIFFERED
    return ExitCode.UNDECIDED if checked.undecided else ExitCode.HELD
