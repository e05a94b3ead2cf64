"""A story: what happens to pages, told on a target under a profile, with or without a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.errors import EndlessFaultError, MachineError
from archcore.mm.hugepages import huge_level
from archcore.needs.call import Call, listen
from archcore.needs.ending import Departure, Ending, Told
from archcore.needs.room import Room
from archcore.needs.within import listen_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.binding import Hooks
    from archcore.layout import Geometry
    from archcore.mm.profile import EngineProfile
    from archcore.target import Target

FAULTS = "pte_numa"  # which every fault on a present entry asks for
HINTS = ("pte_mknuma", "pte_mknonnuma", "pte_numa")
HUGE_HINTS = ("pmd_mknuma", "pmd_mknonnuma", "pmd_numa")
SWAPS = ("arch_swp_entry_to_pte", "arch_pte_to_swp_entry")
MIGRATES = SWAPS


@frozen
class Story:
    """``tell`` is what happens; ``needs`` are hooks without which it cannot be told.

    ``huge`` stories are about a huge page and need targets that have such, ``device`` ones about
    what a secondary MMU holds.
    """

    name: str
    sentence: str
    tell: Callable[[Room], None] = field(eq=False, repr=False)
    needs: tuple[str, ...] = ()
    huge: bool = False
    device: bool = False

    def fits(self, hooks: Hooks, geometry: Geometry) -> bool:
        """Say whether a target has what the story needs."""
        small = all(map(hooks.has, (FAULTS, *self.needs)))
        return small and (not self.huge or huge_level(hooks, geometry) is not None)


@frozen
class Telling:
    """How a story went, the calls made in it, each with how often, and how many walks it took.

    ``walks`` counts those of the CPUs (Cpu.walks), and is 0 for a story that did not begin.
    """

    told: Told
    heard: dict[Call, int] = field(eq=False, repr=False)
    walks: int = 0


def tell(
    story: Story, target: Target, engine: str | EngineProfile = "v6.1", left_out: Call | None = None
) -> Telling:
    """Tell a story; of the maintenance calls one may be left out throughout."""
    heard: dict[Call, int] = {}
    try:
        room = Room(target, engine, huge=story.huge)
    except MachineError as error:
        return Telling(Told(Ending.BROKEN, str(error)), heard)
    listen(room.hooks, heard, left_out)
    listen_within(room.hooks, room.machine.cpus, heard, left_out)
    told = _ended(story, room)
    return Telling(told, heard, sum(cpu.walks for cpu in room.machine.cpus))


def _ended(story: Story, room: Room) -> Told:
    try:
        story.tell(room)
        room.close()
    except Departure as departure:
        return departure.told
    except EndlessFaultError as error:
        return Told(Ending.ENDLESS_FAULT, str(error))
    except MachineError as error:
        return Told(Ending.BROKEN, str(error))
    return Told(Ending.CLEAN)
