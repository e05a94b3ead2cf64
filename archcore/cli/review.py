"""``archcore review``: the points of the review of 1 November 2012, with evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli.options import complete_target, examples, output, write, write_document
from archcore.cli.progress import late_bar
from archcore.errors import ExitCode

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.report.review.point import Side


@click.command(
    epilog=examples(
        "archcore review",
        "archcore review M6 M9 M11",
        "archcore review --engine seed --engine seed+both --format markdown",
        "archcore review M6 --target TARGET",
    )
)
@click.argument("points", nargs=-1, metavar="[POINT]...")
@click.option(
    "--engine",
    "engines",
    multiple=True,
    help="A profile to look at; more than one are compared. [default: seed and v6.1]",
)
@click.option(
    "--target",
    "target_id",
    shell_complete=complete_target,
    help="A target. [default: for each profile the one that is native to it]",
)
@output("markdown")
def command(
    points: tuple[str, ...], engines: tuple[str, ...], target_id: str | None, out: Output
) -> ExitCode:
    """Answer the POINTs of the review (default: all, M1 to M13 and P1 to P4).

    Each has the question, the property behind it, what was measured or enumerated under each
    profile, and a verdict. It ends with 0: what fails under an old profile is what the review said.
    """
    from archcore.report.review.all import questions, review, review_document
    from archcore.report.review.text import markdown, render

    asked = questions(points)
    sides = _sides(engines or ("seed", "v6.1"), target_id)
    with late_bar("review", len(asked)) as step:
        answered = review(asked, sides, step)
    if out.format == "json":
        write_document(review_document(answered))
    elif out.format == "markdown":
        write(markdown(answered))
    else:
        write(render(answered, out.look))
    return ExitCode.HELD


def _sides(engines: tuple[str, ...], target_id: str | None) -> tuple[Side, ...]:
    from archcore.errors import UsageError
    from archcore.mm.profile import profile
    from archcore.registry import installed
    from archcore.report.races_many import kinds_of, native
    from archcore.report.review.point import Side

    registry = installed()
    known = list(registry)
    if not known:
        raise UsageError("no target is installed; install an architecture, see `archcore targets`")
    sides = []
    for name in engines:
        target = native(known, name) if target_id is None else registry.get(target_id)
        groups = kinds_of(one for one in known if one.arch != target.arch)
        others = tuple(native(group, name) for group in groups)
        sides.append(Side(profile(name), target, others if target_id is None else ()))
    return tuple(sides)
