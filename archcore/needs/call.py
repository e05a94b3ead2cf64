"""Maintenance calls as things that can be heard, left out and waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.hookspecs import MAINTENANCE
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.binding import Hooks

SWITCH = "switch_mm"
CALLS = (*MAINTENANCE, "flush_dcache_page", SWITCH)
"""The hooks that are left out in turn; of ``switch_mm`` only what it does besides switching."""


@frozen(order=True)
class Call:
    """A hook, with the reason it is given; ``reason`` is empty for the hook whatever the reason."""

    hook: str
    reason: str = ""

    def covers(self, other: Call) -> bool:
        """Say whether leaving this out leaves the other out, too."""
        return self.hook == other.hook and self.reason in {"", other.reason}

    def __str__(self) -> str:
        """Say it as a report does."""
        return self.hook + (f" ({Reason[self.reason].value})" if self.reason else "")


def listen(hooks: Hooks, heard: dict[Call, int], left_out: Call | None = None) -> None:
    """Count the maintenance calls made through hooks from now on, and leave one of them out."""
    for name in CALLS:
        setattr(hooks, name, _listening(name, getattr(hooks, name), heard, left_out))


def _listening(
    name: str, hook: Callable[..., Any], heard: dict[Call, int], left_out: Call | None
) -> Callable[..., Any]:
    def listened(*given: Any) -> Any:  # noqa: ANN401 - any hook
        call = Call(name, given[-1].name if name != SWITCH else "")
        heard[call] = heard.get(call, 0) + 1
        if left_out is None or not left_out.covers(call):
            return hook(*given)
        return _only_switch(*given) if name == SWITCH else None

    return listened


def _only_switch(_before: object, after: Any, task: Any) -> None:  # noqa: ANN401 - an mm, a task
    task.cpu.root = after.tables.root


def before(hooks: Hooks, name: str, action: Callable[[], object]) -> None:
    """Let something happen once, right before a hook is called next, whether that is left out."""
    hook, waiting = getattr(hooks, name), [action]

    def waited(*given: Any) -> Any:  # noqa: ANN401 - any hook
        if waiting:
            waiting.pop()()
        return hook(*given)

    setattr(hooks, name, waited)
