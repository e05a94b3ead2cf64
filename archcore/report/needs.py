"""What targets need of maintenance, as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.profile import profile
from archcore.mm.reason import Reason
from archcore.needs import needs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcore.needs import Call, Needs
    from archcore.target import Target

NATIVE = "native"


def needed_by(target: Target, engine: str) -> Needs:
    """Return what a target needs under a profile; raises UnknownNameError for an unknown one."""
    return needs(target, profile(target.engine if engine == NATIVE else engine))


def reason_of(call: Call) -> str:
    """Return the reason of a call in words."""
    return Reason[call.reason].value if call.reason else ""


def cost_of(shown: Needs, call: Call) -> str:
    """Return what there is more of without a call that nothing is lost without, and how much."""
    more = shown.saves(call)
    return f"{shown.target.mmu.walks}: {more} more" if more else ""


def needs_document(found: Iterable[Needs]) -> dict[str, object]:
    """Return what targets need as a document."""
    return {"targets": [_document(one) for one in found]}


def _document(shown: Needs) -> dict[str, object]:
    return {
        "target": shown.target.id,
        "engine": shown.engine,
        "walks": shown.target.mmu.walks,
        "stories": [
            {
                "story": story.name,
                "sentence": story.sentence,
                "ending": told.ending.name,
                "detail": told.detail,
            }
            for story, told in shown.whole.items()
        ],
        "calls": [
            {
                "call": call.hook,
                "reason": reason_of(call),
                "needed": bool(stories),
                "walks_saved": shown.saves(call),
                "without": [
                    {"story": story.name, "ending": told.ending.name, "detail": told.detail}
                    for story, told in stories.items()
                ],
            }
            for call, stories in shown.without.items()
        ],
    }
