"""Which maintenance a target needs: every story with each of its calls left out in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.binding import bind
from archcore.mm.generic import GENERIC
from archcore.needs.call import Call
from archcore.needs.device_stories import DEVICE_STORIES
from archcore.needs.huge_stories import HUGE_STORIES
from archcore.needs.parted_stories import PARTED_STORIES
from archcore.needs.stories import STORIES
from archcore.needs.story import Story, tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archcore.mm.profile import EngineProfile
    from archcore.needs.ending import Told
    from archcore.target import Target

ALL_STORIES: tuple[Story, ...] = (
    *STORIES,
    *PARTED_STORIES,
    *HUGE_STORIES,
    *DEVICE_STORIES,
)


@frozen
class Needs:
    """What became of a target's stories.

    ``whole`` is how each ends with all calls made; ``without`` has for every call that was made, by
    hook and reason, the clean stories that end otherwise when it is left out, with how they end.
    ``dearer`` has the calls without which stories stay clean but take more walks of the tables, and
    how many more.
    """

    target: Target = field(repr=False)
    engine: str
    whole: Mapping[Story, Told]
    without: Mapping[Call, Mapping[Story, Told]]
    dearer: Mapping[Call, Mapping[Story, int]] = field(factory=dict)

    @property
    def enough(self) -> bool:
        """Whether every story is clean as long as all calls are made."""
        return all(told.clean for told in self.whole.values())

    def saves(self, call: Call) -> int:
        """Return how many walks of the tables a call saves in all stories; 0 if it is needed."""
        return 0 if self.without.get(call) else sum(self.dearer.get(call, {}).values())

    def needed(self, hook: str) -> bool:
        """Say whether anything goes wrong without a hook, for whatever reason it is called."""
        return any(call.hook == hook and stories for call, stories in self.without.items())


def stories_of(target: Target) -> tuple[Story, ...]:
    """Return the stories that can be told on a target."""
    hooks = bind(target, GENERIC)
    return tuple(story for story in ALL_STORIES if story.fits(hooks, target.geometry))


def needs(
    target: Target,
    engine: str | EngineProfile = "v6.1",
    stories: Iterable[Story] | None = None,
    *,
    by_reason: bool = True,
) -> Needs:
    """Tell each story whole, and once without each call that was made in it.

    Calls of one hook for different reasons are left out one by one, unless ``by_reason`` is False.
    """
    whole: dict[Story, Told] = {}
    without: dict[Call, dict[Story, Told]] = {}
    dearer: dict[Call, dict[Story, int]] = {}
    for story in stories_of(target) if stories is None else stories:
        telling = tell(story, target, engine)
        whole[story] = telling.told
        if not telling.told.clean:
            continue
        for call in dict.fromkeys(
            one if by_reason else Call(one.hook) for one in sorted(telling.heard)
        ):
            ended = without.setdefault(call, {})
            other = tell(story, target, engine, call)
            if not other.told.clean:
                ended[story] = other.told
            elif other.walks > telling.walks:
                dearer.setdefault(call, {})[story] = other.walks - telling.walks
    name = engine if isinstance(engine, str) else engine.name
    return Needs(target, name, whole, dict(sorted(without.items())), dearer)
