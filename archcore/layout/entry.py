"""All fields of one kind of entry, checked against each other when they are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from attrs import field, frozen

from archcore.errors import LayoutError
from archcore.layout.fields import Blank, Field, When
from archcore.words.mask import WIDTHS, Mask

if TYPE_CHECKING:
    from collections.abc import Iterator


def _may_share(a: Field, b: Field) -> bool:
    apart = {a.when, b.when} == {"valid", "invalid"}
    return apart or a.name in b.overlays or b.name in a.overlays


@frozen
class EntryLayout:
    """The fields of one kind of entry, ``width`` bits wide, with the document they come from.

    ``layout["NAME"]`` is the mask of a field. ``file`` is where the fields are written down, for
    those who have one to add. Raises LayoutError for a field out of the width, two fields of one
    name, an unknown name in ``overlays`` or an overlap that nobody declared.
    """

    name: str
    fields: tuple[Field, ...] = field(converter=tuple[Field, ...])
    width: int = 64
    source: str = ""
    file: str = ""
    masks: dict[str, Mask] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Check the fields against the width and each other."""
        if self.width not in WIDTHS:
            raise LayoutError(f"{self.name}: entries are 32 or 64 bits wide, not {self.width}")
        placed = [one for one in self.fields if not isinstance(one, Blank)]
        for one in placed:
            self._check_alone(one)
        self._check_names()
        for at, one in enumerate(placed):
            for other in placed[at + 1 :]:
                self._check_overlap(one, other)
        masks = {one.name: Mask(one.value, self.width) for one in placed}
        object.__setattr__(self, "masks", masks)

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """The fields that have no position yet."""
        return tuple(one for one in self.fields if isinstance(one, Blank))

    def _check_alone(self, one: Field) -> None:
        if one.when not in get_args(When):
            choices = " or ".join(repr(choice) for choice in get_args(When))
            raise LayoutError(
                f"{self.name}: field {one.name!r} has when={one.when!r}; say {choices}"
            )
        if one.low > one.high:
            raise LayoutError(
                f"{self.name}: field {one.name!r} ends at {one.high}, below its low {one.low}"
            )
        if not 0 <= one.low <= one.high < self.width:
            span = one.low if one.low == one.high else f"{one.low}..{one.high}"
            raise LayoutError(
                f"{self.name}: field {one.name!r} has bit {span}, outside 0..{self.width - 1}"
            )

    def _check_names(self) -> None:
        names = [one.name for one in self.fields]
        for name in names:
            if names.count(name) > 1:
                raise LayoutError(f"{self.name}: two fields are called {name!r}; rename one")
        for one in self.fields:
            for name in one.overlays:
                if name not in names:
                    raise LayoutError(
                        f"{self.name}: {one.name!r} overlays {name!r}, which is no field"
                    )

    def _check_overlap(self, one: Field, other: Field) -> None:
        shared = one.value & other.value
        if shared and not _may_share(one, other):
            at = (shared & -shared).bit_length() - 1
            raise LayoutError(
                f"{self.name}: fields {one.name!r} and {other.name!r} overlap at bit {at}; move "
                "one, or declare it with overlays=(...) or when="
            )

    def __getitem__(self, name: str) -> Mask:
        """Return the mask of a field; raise LayoutError for an unknown name."""
        try:
            return self.masks[name]
        except KeyError:
            raise LayoutError(self._lack(name)) from None

    def _lack(self, name: str) -> str:
        """Return what is missing for a name, and in which file to add it."""
        for one in self.blanks:
            if one.name == name:
                remedy = f"; give it one in {self.file}" if self.file else ""
                return f"{self.name}: {one.lack}{remedy}"
        remedy = f"; name it in {self.file}" if self.file else ""
        return f"{self.name} has no field {name!r} (fields: {', '.join(self.masks)}){remedy}"

    def mask(self, *names: str) -> Mask:
        """Return the union of several fields; raise LayoutError for an unknown name."""
        union = Mask(0, self.width)
        for name in names:
            union |= self[name]
        return union

    def named(self, word: int, *, valid: bool) -> Iterator[tuple[Field, int]]:
        """Yield each field that holds for such an entry, with its value in ``word``."""
        hidden = "invalid" if valid else "valid"
        for one in self.fields:
            if one.when != hidden:
                yield one, (word & one.value) >> one.low
