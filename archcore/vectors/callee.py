"""The implementation behind a kernel helper's name, called as the vector file calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.hookspecs import HOOKS, arguments
from archcore.specimens import vma_view
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.binding import Hooks

UNDERSCORES, ARCH = "__", "arch_"
IN_MEMORY = frozenset(("mm", "addr", "start", "ptep"))
VMA = "vma"


def callee(hooks: Hooks, name: str) -> Callable[..., Any] | None:
    """Return what the target has under the kernel's name; None if that is nothing.

    Hooks that load, store or flush are passed over: vectors hold helpers that take a pointer as
    functions of the entry. A hook that wants a VMA gets an ordinary writable one, because the
    kernel of the vectors may have asked for none.
    """
    helper = hooks.helpers.get(name)
    if helper is not None:
        return helper
    hook = ARCH + name.removeprefix(UNDERSCORES) if name.startswith(UNDERSCORES) else name
    if hook not in HOOKS or not hooks.has(hook) or IN_MEMORY.intersection(arguments(hook)):
        return None
    function: Callable[..., Any] = getattr(hooks, hook)
    return _with_vma(function, hooks, arguments(hook))


def _with_vma(
    function: Callable[..., Any], hooks: Hooks, names: tuple[str, ...]
) -> Callable[..., Any]:
    if VMA not in names:
        return function
    at, vma = names.index(VMA), vma_view(hooks, VM_READ | VM_WRITE)
    return lambda *given: function(*given[:at], vma, *given[at:])
