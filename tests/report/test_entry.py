from __future__ import annotations

import swapping
import toy
from attrs import evolve

from archcore.binding import bind
from archcore.decode import State, decode
from archcore.layout import Bits, EntryLayout
from archcore.report.entry import KINDS, STATES, document, stored, text
from archcore.swapkinds import MIGRATION, SwapKind

TOY = toy.module()
ENTRY, TARGET = TOY.ENTRY, TOY.TARGET


def decoded(word, target=TARGET, level="pte"):
    """Return a word of the toy taken apart."""
    return decode(target, bind(target), word, level)


def live(*names):
    """Return a mapped entry of the toy."""
    return bind(TARGET).pfn_pte(5, ENTRY.mask("V", *names).value)


def test_every_state_has_its_words():
    """No state is printed as a bare name, and no two read the same."""
    assert set(STATES) == set(State)
    assert len(set(STATES.values())) == len(State)


def test_the_undecided_state_says_what_would_decide():
    """The reader is told to look at the VMA."""
    assert STATES[State.INACCESSIBLE] == "hint or genuine none (needs the VMA)"


def test_the_document_has_the_promised_keys_in_hex():
    """Words and frames are hex strings, answers are words."""
    made = document(TARGET, decoded(live("W")))

    assert made["target"] == "toy-32bit-v1"
    assert (made["level"], made["state"]) == ("pte", "mapped")
    assert (made["word"], made["pfn"]) == ("0x00005023", "0x5")
    assert made["hardware"] == {"read": "allows", "write": "allows", "execute": "faults"}
    assert made["flags"] == ["write", "V", "W", "LEAF"]


def test_what_does_not_apply_is_null():
    """An empty entry has no frame, no address and no swap value."""
    made = document(TARGET, decoded(0))

    assert (made["pfn"], made["address"], made["swap"]) == (None, None, None)


def test_a_swap_entry_shows_its_area_and_offset():
    """In the text and in the document."""
    hooks = bind(TARGET)
    seen = decoded(hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(3, 0x1234)))

    assert "type 3, offset 0x1234" in text(TARGET, seen)
    assert document(TARGET, seen)["swap"] == {"type": 3, "offset": "0x1234"}


def test_a_table_shows_where_it_is():
    """The address is the table's, and no bit gets a page's name."""
    said = text(TARGET, decoded(bind(TARGET).pxd_populate("pmd", 0x7000), level="pmd"))

    assert "physical address 0x7000" in said
    assert "SPECIAL" not in said


def test_bytes_stand_in_memory_order():
    """The byte at the lowest address comes first, whichever end of the word it is."""
    big = evolve(TARGET, geometry=evolve(TARGET.geometry, byteorder="big"))
    word = 0x12345023

    assert stored(TARGET, decoded(word)) == "23 50 34 12"
    assert stored(big, decoded(word, big)) == "12 34 50 23"


def test_each_field_has_a_line_from_the_highest_bit_down():
    """Names, values and notes of all that holds for such an entry."""
    lines = text(TARGET, decoded(live("A"))).splitlines()
    named = [line.split()[1] for line in lines[lines.index("") + 2 :]]

    assert named == ["PFN", "SPECIAL", "LEAF", "D", "A", "X", "W", "V"]


def test_set_bits_without_a_name_are_not_passed_over():
    """A stray bit is told, in the text and in the document."""
    seen = decoded(live() | 1 << 10)

    assert "(unnamed)" in text(TARGET, seen)
    assert document(TARGET, seen)["unnamed"] == "0x00000400"


def test_a_fault_says_why():
    """The reader learns which check of the hardware refused."""
    assert "faults on write, execute (no permission)" in text(TARGET, decoded(live()))
    assert "faults on read, write, execute (not valid)" in text(TARGET, decoded(0))


def test_a_swap_entry_that_is_no_swap_says_what_it_is():
    """A poisoned page is not called swapped out, and its frame is told."""
    target = swapping.target()
    hooks = bind(target)
    number = swapping.TYPES.hwpoison
    seen = decoded(hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(number, 5)), target)
    said = text(target, seen)

    assert "state     swap: used for a page lost to a memory error" in said
    assert f"swap      type {number} (hwpoison), offset 0x5" in said
    assert "frame     0x5, physical address 0x5000" in said
    assert document(target, seen)["kind"] == "hwpoison"


def test_every_kind_that_is_no_swap_area_has_its_words():
    """Only swapped pages are said not to be in memory."""
    assert set(KINDS) | set(MIGRATION) | {SwapKind.AREA} == set(SwapKind)


def test_a_key_that_is_not_the_usual_one_is_told():
    """By number and field in the text; the document always has it where there is such a field."""
    keyed = EntryLayout("keyed", (*ENTRY.fields, Bits("KEY", 9, 11, "protection key")), width=32)
    lowest, *upper = TARGET.geometry.levels
    geometry = evolve(TARGET.geometry, levels=(evolve(lowest, layout=keyed), *upper))
    target = evolve(TARGET, geometry=geometry)
    usual, other = (decoded(live() | key << 9, target) for key in (0, 5))

    assert "key       5 in KEY" in text(target, other)
    assert "key  " not in text(target, usual)
    assert document(target, usual)["pkey"] == {"field": "KEY", "number": 0}
    assert document(TARGET, decoded(live()))["pkey"] is None
