"""Bugs of the engine planted into profiles, and the scenario that has to catch each.

``python tests/support/race_mutants.py`` prints the table of docs/races.md.
"""

from __future__ import annotations

import hugetoy
from attrs import evolve, frozen
from huge_machine import LOSES_WRITE

from archcore.mm.knobs import AfterHint, FlushPending, Rebuild, TakeOut
from archcore.mm.profile import PROFILES
from archcore.mm.reason import Reason
from archcore.races import SCENARIOS, Trouble, explore

SOUND_38 = evolve(
    PROFILES["v3.8"],
    name="v3.8, mended",
    notifies_migration=True,
    reads_emptied=False,
    huge_take_out=TakeOut.CLOSE,
)
V61, BOTH = PROFILES["v6.1"], PROFILES["seed+both"]


@frozen
class Mutant:
    """A bug, the profile it is planted in, the knobs that plant it, and who catches it how."""

    bug: str
    base: object
    knobs: dict
    scenario: str
    trouble: Trouble
    target: object = hugetoy.TARGET

    def caught(self, *, planted):
        """Return the unexpected troubles of the scenario with or without the bug."""
        engine = evolve(self.base, **self.knobs) if planted else self.base
        return explore(SCENARIOS[self.scenario], self.target, engine, limit=2000).unexpected


MUTANTS = (
    Mutant(
        "the look for a split under way is lost (M9)",
        BOTH,
        {"rechecks_splitting": False},
        "S1",
        Trouble.SPLIT_WRITTEN,
        LOSES_WRITE,
    ),
    Mutant(
        "a fault goes on with an entry read before (M9)",
        V61,
        {"after_hint": AfterHint.FALL_ON},
        "S0",
        Trouble.STALE_SNAPSHOT,
    ),
    Mutant(
        "update_mmu_cache_pmd gets the entry (B01)",
        V61,
        {"passes_value": True},
        "S0",
        Trouble.VALUE_PASSED,
    ),
    Mutant(
        "no flush between hint and migration (B04)",
        V61,
        {"honours_pending": False},
        "S7",
        Trouble.LOST_STORE,
    ),
    Mutant(
        "nobody says that a flush is to come (B04)",
        V61,
        {"flush_pending": FlushPending.ABSENT},
        "S7",
        Trouble.LOST_STORE,
    ),
    Mutant(
        "the first of two flushers takes the flush for done (B05)",
        V61,
        {"flush_pending": FlushPending.FLAG},
        "S7c",
        Trouble.LOST_STORE,
    ),
    Mutant(
        "the slot is empty for a moment while it is armed (B07, B09)",
        V61,
        {"huge_take_out": TakeOut.EMPTY},
        "S5",
        Trouble.LEFT_MAPPED,
    ),
    Mutant(
        "page and hint are looked for in the emptied slot (B08)",
        SOUND_38,
        {"huge_take_out": TakeOut.EMPTY, "reads_emptied": True},
        "S10",
        Trouble.NOT_ARMED,
    ),
    Mutant(
        "no notifier while a huge page moves (B15)",
        SOUND_38,
        {"notifies_migration": False},
        "S2",
        Trouble.NO_NOTIFIER,
    ),
    Mutant(
        "the fast walk takes hints and does not compare again (B12)",
        V61,
        {"gup_fast_follows": True, "gup_rechecks": False},
        "S8",
        Trouble.WRONG_FRAME,
    ),
    Mutant(
        "the fast walk does not compare again",
        V61,
        {"gup_rechecks": False},
        "S8b",
        Trouble.WRONG_FRAME,
    ),
    Mutant(
        "a page without rights is taken for a hint (B42)",
        V61,
        {"asks_vma": False},
        "S8c",
        Trouble.RIGHTS_IGNORED,
    ),
    Mutant(
        "the hints of a large folio are settled beyond its table (B47)",
        PROFILES["v7.0"],
        {"rebuild": Rebuild.FOLIO},
        "S11",
        Trouble.OUTSIDE_TABLE,
    ),
    Mutant(
        "no notifier while a huge page moves",
        V61,
        {"notifies_migration": False},
        "S2",
        Trouble.NO_NOTIFIER,
    ),
    Mutant(
        "a child gets the page that a device has pinned",
        V61,
        {"fork_copies_pinned": False},
        "S8d",
        Trouble.WRONG_FRAME,
    ),
    Mutant(
        "a cache is flushed for no reason (M6)",
        V61,
        {"disarm_flush_cache": Reason.UNSTATED},
        "S4",
        Trouble.NO_REASON,
    ),
)


def table():
    """Return the bugs and what catches each, from runs, as Markdown."""
    rows = ["| bug | planted in | caught by | as |", "|---|---|---|---|"]
    for one in MUTANTS:
        found = sorted(each.name for each in one.caught(planted=True))
        rows.append(f"| {one.bug} | {one.base.name} | {one.scenario} | {', '.join(found)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())  # noqa: T201 - what it is for
