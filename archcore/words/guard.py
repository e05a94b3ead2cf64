"""Words and truths that refuse every operator outside the vocabulary.

Python's operators silently differ between number systems (a signed shift, a structural ``==``, a
truthy ``~False``), so each of them is an immediate PortabilityError here.
"""

from __future__ import annotations

from typing import ClassVar, NoReturn

from archcore.errors import PortabilityError

BINARY = "add sub mul matmul floordiv truediv mod divmod pow lshift rshift and or xor"
OTHERS = (
    "neg pos invert abs round trunc floor ceil eq ne lt le gt ge bool int index float complex "
    "contains iter len getitem hash"
)
REFUSED = (*BINARY.split(), *(f"r{name}" for name in BINARY.split()), *OTHERS.split())


class Guarded:
    """The base of all words and truths that are not plain Python or numpy values."""

    system: ClassVar[str]
    is_truth: ClassVar[bool] = False
    __slots__ = ()
    __array_ufunc__ = None  # numpy must not wrap these into object arrays


def _refuse(operator: str) -> object:
    def refuse(self: Guarded, *_: object) -> NoReturn:
        raise PortabilityError(
            f"{operator} on a {type(self).__name__} does not mean the same in every number "
            "system; use the functions of archcore.words"
        )

    return refuse


for _name in REFUSED:
    setattr(Guarded, f"__{_name}__", _refuse(f"__{_name}__"))
