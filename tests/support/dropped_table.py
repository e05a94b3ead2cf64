"""The tables of docs/needs.md: ``python tests/support/dropped_table.py`` prints that page anew.

With ``--write`` it takes the place of the page. For each maintenance call of the engine it looks
for a story that ends otherwise without it, on the targets that are installed and under every
profile. It takes a minute or two.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen
from dropped import Site, dropped, live, sites
from dropped_excuses import EXCUSES
from mutants_table import replaced

from archcore.mm.profile import profile
from archcore.needs import ALL_STORIES, Ending, stories_of, tell
from archcore.registry import installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import CodeType

    from archcore.mm.engine_profile import EngineProfile
    from archcore.needs import Story, Told
    from archcore.target import Target

PAGE = Path(__file__).parents[2] / "docs" / "needs.md"
MISSED = "## Each call of the engine and who misses it"
EXCUSED = "## Calls that no story misses"
MENDED = "v3.8+notifies_migration"
ENGINES = ("v6.1", "v7.0", "v3.8", "seed", MENDED)
TARGETS = (
    *("riscv-sv48-v6.12", "arm-v5-v6.1", "mips64-16k-v6.1", "loongarch-16k-v6.1", "x86-v6.1"),
    *("s390x-v6.1", "s390x-rdp-v6.3", "sparc64-v6.1", "arm64-4k-v6.1", "powerpc-radix-64k-v6.1"),
)
ROW = re.compile(
    r"^\| `(?P<site>[^`]+)` \| `(?P<target>[^`]+)` \| `(?P<engine>[^`]+)` \| `(?P<story>[^`]+)` \| "
    r"(?P<ends>.*) \|$"
)
HEAD = (
    "| a call left out | target | engine | story | and without it |",
    "|---|---|---|---|---|",
)


@frozen
class Catch:
    """The story that ends otherwise without a call, where it is told, and how it ends."""

    target: str
    engine: str
    story: str
    ends: str

    def told(self, target: Target) -> Told:
        """Tell it."""
        return tell(BY_NAME[self.story], target, engine_of(self.engine)).told


BY_NAME = {story.name: story for story in ALL_STORIES}


def engine_of(name: str) -> EngineProfile:
    """Return a profile; what follows a plus are knobs that are turned on."""
    first, *knobs = name.split("+")
    return evolve(profile(first), **dict.fromkeys(knobs, True))


def noted(page: str) -> dict[str, Catch]:
    """Return what a page says of each call."""
    found = (ROW.match(line) for line in page.splitlines())
    return {
        one["site"]: Catch(one["target"], one["engine"], one["story"], one["ends"])
        for one in found
        if one
    }


def row(site: Site, catch: Catch) -> str:
    """Return the line of a call."""
    return f"| `{site}` | `{catch.target}` | `{catch.engine}` | `{catch.story}` | {catch.ends} |"


def excuses() -> list[str]:
    """Return the table of the calls that no story misses."""
    rows = (f"| `{site}` | `{one.test}` | {one.why} |" for site, one in EXCUSES.items())
    return ["| call | held by | and no story misses it, because |", "|---|---|---|", *rows]


def _tellings() -> Iterator[tuple[Target, str, Story]]:
    """Yield every telling that is clean with all calls."""
    for engine in ENGINES:
        for target in (one for name in TARGETS for one in installed() if one.id == name):
            for story in stories_of(target):
                yield target, engine, story


def observed(act: Callable[[], Told]) -> tuple[Told, set[CodeType]]:
    """Return how something ends, and the code that runs meanwhile."""
    run: set[CodeType] = set()
    sys.setprofile(lambda frame, *_: run.add(frame.f_code))
    try:
        return act(), run
    finally:
        sys.setprofile(None)


def catches(wanted: Iterable[Site]) -> dict[str, Catch]:
    """Look for a story that misses each of some calls, rather for the worse than for the time."""
    left, found = dict.fromkeys(wanted), dict[str, Catch]()
    for target, engine, story in _tellings():
        told, run = observed(lambda: tell(story, target, engine_of(engine)).told)  # noqa: B023
        for site in tuple(left) if told.clean else ():
            if live(site).__code__ not in run:
                continue
            with dropped(site):
                told = tell(story, target, engine_of(engine)).told
            if told.clean or (told.ending is Ending.SECOND_FAULT and str(site) in found):
                continue
            found[str(site)] = Catch(target.id, engine, story.name, told.ending.value)
            if told.ending is not Ending.SECOND_FAULT:
                del left[site]
    return found


def main(*options: str) -> None:
    """Print the page, or write it."""
    page = PAGE.read_text(encoding="utf-8")
    known = [site for site in sites() if str(site) not in EXCUSES]
    found = catches(known)
    rows = [row(site, found[str(site)]) for site in known if str(site) in found]
    page = replaced(page, MISSED, [*HEAD, *rows])
    page = replaced(page, EXCUSED, excuses())
    if "--write" in options:
        PAGE.write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)
    for site in known:
        if str(site) not in found:
            sys.stderr.write(f"nobody misses {site}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
