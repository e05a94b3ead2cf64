"""The page docs/mutants.md: ``python tests/support/mutants_table.py`` prints it as it should be.

With ``--write`` it takes the place of the page. It needs z3, and minutes, since every mutant is
held to every law that is asked at its level.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mutants_of_sound import MUTANTS
from mutants_removed import EQUIVALENT
from sound import SOUND

from archcore.conformance.judge import Judge
from archcore.conformance.suite import hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PAGE = Path(__file__).parents[2] / "docs" / "mutants.md"
EVERY_LAW = "## Each law and what it catches"
UNNOTICED = "## Helpers that may lose their body"
ROW = re.compile(r"^\| `(?P<law>[a-z-]+)` \| (?P<broken>.*?) \| (?P<level>\w+) \| (?P<also>.*) \|$")
HEAD = ("| law | broken | level | refuted by these laws, too |", "|---|---|---|---|")


def row(law: str, broken: str, level: str, also: Iterable[str]) -> str:
    """Return the line of a mutant."""
    return f"| `{law}` | {broken} | {level} | {', '.join(f'`{one}`' for one in also)} |"


def rows(also: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the table of all mutants of the sound architecture; ``also`` is by the first law."""
    lines = (row(one.laws[0], one.broken, one.level, also[one.laws[0]]) for one in MUTANTS)
    return [*HEAD, *lines]


def noted(page: str) -> dict[str, tuple[str, ...]]:
    """Return which laws a page says refute each mutant, too, by the mutant's own law."""
    found = (ROW.match(line) for line in page.splitlines())
    return {one["law"]: tuple(re.findall(r"`(.*?)`", one["also"])) for one in found if one}


def excuses() -> list[str]:
    """Return the table of helpers that do no more than what is left of them."""
    rows = (
        f"| {arch} | `{hook.format(level='*')}` | {answer} | {why} |"
        for (arch, hook, answer), why in EQUIVALENT.items()
    )
    return [
        "| architecture | helper | returns | and that is as much, because |",
        "|---|---|---|---|",
        *rows,
    ]


def section(page: str, title: str) -> list[str]:
    """Return the lines of the table under a title."""
    after = page.split(f"{title}\n", 1)[1].split("\n## ", 1)[0]
    return [line for line in after.splitlines() if line.startswith("|")]


def replaced(page: str, title: str, table: list[str]) -> str:
    """Return a page with another table under a title."""
    old = "\n".join(section(page, title))
    return page.replace(old, "\n".join(table), 1) if old else page


def computed() -> dict[str, tuple[str, ...]]:
    """Hold every mutant to every law."""
    judge = Judge()
    list(hold(SOUND, judge=judge))
    found = {}
    for one in MUTANTS:
        refuting = one.refuting(SOUND, judge)
        found[one.laws[0]] = tuple(law for law in refuting if law not in one.laws)
    return found


def main(*options: str) -> None:
    """Print the page, or write it."""
    page = replaced(PAGE.read_text(encoding="utf-8"), EVERY_LAW, rows(computed()))
    page = replaced(page, UNNOTICED, excuses())
    if "--write" in options:
        PAGE.write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)


if __name__ == "__main__":
    main(*sys.argv[1:])
