"""One declaration of an entry helper becomes the hook of each level."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any

from archcore.hookspecs.marks import ask

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = ("pte", "pmd", "pud")


def twin(declaration: FunctionType, level: str) -> Callable[..., Any]:
    """Return the hook of a level: the declared call with ``pte`` renamed throughout."""
    # pluggy reads argument names from the code object, so the code itself is renamed.
    code = declaration.__code__
    name = declaration.__name__.replace("pte", level)
    renamed = code.replace(
        co_varnames=tuple(argument.replace("pte", level) for argument in code.co_varnames),
        co_name=name,
        co_qualname=name,
    )
    hook = FunctionType(renamed, declaration.__globals__, name)
    hook.__module__, hook.__doc__ = declaration.__module__, declaration.__doc__
    kinds = declaration.__annotations__.items()
    hook.__annotations__ = {argument.replace("pte", level): kind for argument, kind in kinds}
    return ask(hook)
