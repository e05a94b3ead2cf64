from __future__ import annotations

import pytest
import toy
from attrs import evolve

from archcore.binding import bind
from archcore.decode import decode
from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, helper, layer
from archcore.hookspecs import hookimpl
from archcore.layout import Bit, Bits, EntryLayout
from archcore.predicates import of_present, protection_key, set_bits
from archcore.words import both, has_all, has_none

TOY = toy.module()
ENTRY, TARGET = TOY.ENTRY, TOY.TARGET
HINT = ENTRY.mask("HINT", "W", "A", "LEAF").value


class Closed:
    """The toy's word for an entry with the none protection, and its run of entries."""

    @hookimpl
    def pte_protnone(self, pte):
        """Ask for HINT without V."""
        return both(has_all(pte, ENTRY["HINT"]), has_none(pte, ENTRY["V"]))

    @helper("pte_cont")
    def cont(self, entry):
        """Read SPECIAL."""
        return has_all(entry, ENTRY["SPECIAL"])


class Overlooking:
    """A toy whose hardware may set A in an empty entry."""

    @hookimpl
    def pte_none(self, pte):
        """Overlook A."""
        return has_none(pte, ~ENTRY["A"])


def target(*parts):
    """Return the toy with other layers on top of its encoding."""
    return evolve(TARGET, encoding=layer(*parts))


def flags(word, *parts):
    """Return what holds for a word, in words."""
    return list(of_present(bind(target(*parts)), "pte", word))


@pytest.mark.parametrize(("write", "said"), [(Write.KEPT, True), (Write.LOST, False)])
def test_savedwrite_is_what_disarming_brings_back(write, said):
    """The same word, in an era that reads the bit and in one that does not."""
    parts = AtLevel("pte", Protnone(write)), Closed()

    assert ("savedwrite" in flags(HINT, *parts)) == said
    assert "savedwrite" not in flags(HINT & ~ENTRY["W"].value, *parts)


def test_a_live_entry_saves_nothing():
    """Its write permission is the ordinary one."""
    live = ENTRY.mask("V", "W", "A", "LEAF").value

    assert flags(live, AtLevel("pte", Protnone(Write.KEPT)), Closed()) == ["write", "young"]


def test_a_run_of_entries_is_told_where_the_kernel_has_a_helper_for_it():
    """Under the helper's name; without the helper nothing is claimed."""
    word = ENTRY.mask("V", "SPECIAL", "LEAF").value

    assert "cont" in flags(word, AtLevel("pte", Protnone(Write.KEPT)), Closed())
    assert "cont" not in list(of_present(bind(TARGET), "pte", word))


def test_an_empty_entry_with_bits_that_are_overlooked_shows_them():
    """It is none to the kernel, and its bits are not passed over."""
    toy_with = target(TARGET.encoding, Overlooking())
    seen = decode(toy_with, bind(toy_with), ENTRY["A"].value)

    assert (seen.state, seen.flags) == ("none", ("A",))


def test_a_key_is_found_by_its_note_not_by_its_name():
    """Architectures call the field what their manuals do."""
    keyed = EntryLayout("keyed", (Bit("V", 0), Bits("POI", 1, 3, "the protection key")), width=32)

    assert protection_key(keyed, 0b1010, valid=True) == ("POI", 5)
    assert protection_key(ENTRY, 0, valid=True) is None


def test_only_single_bits_that_are_set_are_named():
    """A wide field has a value, which is no flag."""
    assert list(set_bits(ENTRY, ENTRY.mask("V", "PFN").value, valid=True)) == ["V"]
