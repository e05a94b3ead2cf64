"""Properties of encodings are found by trying; broken encodings are found out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import toy
from attrs import evolve, frozen

from archcore.entry import AtLevel
from archcore.report.properties import properties
from archcore.words import clear, has_all, has_none, put

if TYPE_CHECKING:
    from archcore.words.types import Truth, Word

ENTRY = toy.module().ENTRY


@frozen
class Hint:
    """A hint that trades V for HINT and drops ``lost`` on the way."""

    lost: tuple[str, ...] = ()
    lowered: tuple[str, ...] = ("V",)

    def mknuma(self, entry: Word) -> Word:
        """Arm."""
        kept = clear(entry, ENTRY.mask(*self.lost)) if self.lost else entry
        return put(clear(kept, ENTRY.mask(*self.lowered)) if self.lowered else kept, ENTRY["HINT"])

    def mknonnuma(self, entry: Word) -> Word:
        """Disarm."""
        return put(clear(entry, ENTRY["HINT"]), ENTRY.mask("V", "A"))

    def numa(self, entry: Word) -> Truth:
        """Recognise."""
        return has_all(entry, ENTRY["HINT"]) if not self.lowered else has_none(entry, ENTRY["V"])


def with_hint(hint):
    """Return the toy target with another encoding."""
    return evolve(toy.module().TARGET, encoding=AtLevel("pte", hint))


def test_the_toy_is_described_from_its_bits():
    """What arming does is read off the helper: V goes, HINT comes, the rest stays."""
    found = properties(toy.module().TARGET)

    assert found.encoding == "clears V; sets HINT"
    assert found.software_bits == 1
    assert found.swap_offset_bits == 24
    assert found.gives_up_present
    assert not found.hides_frame
    assert all(one.holds for name, one in found.findings().items() if name != "tells_from_none")


@pytest.mark.parametrize(
    ("hint", "broken"),
    [
        (Hint(lost=("W",)), "keeps_write"),
        (Hint(lost=("D",)), "keeps_dirty"),
        (Hint(lost=("PFN",)), "keeps_frame"),
        (Hint(lowered=()), "hardware_faults"),
    ],
)
def test_a_broken_encoding_is_found_out_with_an_entry(hint, broken):
    """Each planted fault fails its own property and shows a live entry."""
    found = properties(with_hint(hint)).findings()

    assert not found[broken].holds
    assert has_all(found[broken].counterexample, ENTRY["V"])


def test_a_lost_write_is_shown_on_a_writable_entry():
    """The counterexample is one a person can check: it has the bit that is lost."""
    found = properties(with_hint(Hint(lost=("W",)))).keeps_write

    assert has_all(found.counterexample, ENTRY["W"])
