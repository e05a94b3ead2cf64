"""``archcore review``: the points of the review of 1 November 2012, with evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli.choosing import Choice, everything
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
    from archcore.mm.profile import profile
    from archcore.registry import installed
    from archcore.report.races_many import kinds_of
    from archcore.report.review.point import Side

    profiles, registry = [profile(name) for name in engines], installed()
    if target_id is not None:
        return tuple(Side(one, registry.get(target_id)) for one in profiles)
    known, choice, sides = everything(registry), Choice(), []
    for one in profiles:
        target = choice.native(known, one.name)
        groups = kinds_of(other for other in known if other.arch != target.arch)
        sides.append(Side(one, target, tuple(choice.natives(groups, one.name))))
    return tuple(sides)
