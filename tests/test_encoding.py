from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from strategies import words

from archcore.encoding import NumaBit, Protnone, VmaRelative, Write
from archcore.layout import Bit, Bits, EntryLayout
from archcore.vmflags import VM_ACCESS_FLAGS, VM_NONE, VM_READ, VM_SHARED, VM_WRITE
from archcore.words import Mask, both, clear, has_all, has_none, put, where

ENTRY = EntryLayout(
    "sample entry",
    (
        Bit("P", 0),
        Bit("W", 1),
        Bit("A", 5),
        Bit("D", 6),
        Bit("NONE", 8),
        Bit("SAVED", 9),
        Bits("PFN", 12, 51),
    ),
)
NONE, READ = ENTRY["NONE"].value, ENTRY["P"].value
PAGE = ENTRY.mask("A", "D", "PFN")


@frozen
class Own:
    """A format that saves write permission in a bit of its own."""

    def modify(self, entry, newprot):
        """Keep what belongs to the page."""
        return put(clear(entry, ~PAGE), newprot)

    def page_none(self):
        """Return the none protection."""
        return NONE

    def vm_get_page_prot(self, vm_flags):
        """Never permit writing at first."""
        return READ if vm_flags & VM_ACCESS_FLAGS else NONE

    def pgprot_modify(self, _oldprot, newprot):
        """Take the new protection."""
        return newprot

    def write(self, entry):
        """Read W."""
        return has_all(entry, ENTRY["W"])

    def mkwrite(self, entry, _vma):
        """Set W."""
        return put(entry, ENTRY["W"])

    def mkyoung(self, entry):
        """Set A."""
        return put(entry, ENTRY["A"])

    def protnone(self, entry):
        """Ask for NONE without P."""
        return both(has_all(entry, ENTRY["NONE"]), has_none(entry, ENTRY["P"]))

    def savedwrite(self, entry):
        """Read SAVED."""
        return has_all(entry, ENTRY["SAVED"])

    def mk_savedwrite(self, entry):
        """Set SAVED."""
        return put(entry, ENTRY["SAVED"])


OWN = Own()
NUMA_BIT = NumaBit(ENTRY["NONE"], ENTRY["P"], ENTRY["A"])


def vma(vm_flags):
    """Return a VMA of these flags."""
    prot, accessible = OWN.vm_get_page_prot(vm_flags), bool(vm_flags & VM_ACCESS_FLAGS)
    return SimpleNamespace(vm_flags=vm_flags, vm_page_prot=prot, accessible=accessible)


OPEN, CLOSED = vma(VM_READ | VM_WRITE), vma(VM_NONE)
pages = words().map(lambda word: word & PAGE.value)
live = st.builds(
    lambda page, write: page | READ | write, pages, st.sampled_from((0, ENTRY["W"].value))
)


class TestNumaBit:
    @given(words())
    def test_only_the_two_bits_change(self, entry):
        """A hint keeps every other bit where it is."""
        hinted = NUMA_BIT.mknuma(entry)
        assert (hinted ^ entry) & ~(NONE | READ) == 0
        assert hinted & (NONE | READ) == NONE

    @given(live)
    def test_disarming_gives_the_entry_back_as_used(self, entry):
        """Whatever the page had, it has again, and counts as used."""
        assert NUMA_BIT.mknonnuma(NUMA_BIT.mknuma(entry)) == OWN.mkyoung(entry)

    @given(live)
    def test_an_ordinary_entry_is_no_hint_and_an_armed_one_is(self, entry):
        """The question is answered by the entry alone."""
        assert NUMA_BIT.numa(entry) is False
        assert NUMA_BIT.numa(NUMA_BIT.mknuma(entry)) is True

    def test_a_third_bit_may_tell_a_hint_from_a_genuine_none(self):
        """With ``absent`` an entry that has that bit is none of ours."""
        careful = NumaBit(ENTRY["SAVED"], ENTRY["P"], ENTRY["A"], absent=ENTRY["NONE"])
        hinted = careful.mknuma(READ)
        assert careful.numa(hinted) is True
        assert careful.numa(hinted | NONE) is False


class TestProtnone:
    @pytest.mark.parametrize("write", Write)
    @given(live)
    def test_an_armed_entry_is_a_hint_where_the_vma_is_accessible(self, write, entry):
        """The same word is a hint in one VMA and a genuine none in another."""
        encoding = Protnone(write)
        hinted = encoding.mknuma(OWN, OPEN, entry)
        assert encoding.numa(OWN, OPEN, hinted) is True
        assert encoding.numa(OWN, CLOSED, hinted) is False
        assert encoding.numa(OWN, OPEN, entry) is False

    @pytest.mark.parametrize("write", Write)
    @given(live)
    def test_disarming_gives_back_the_page_and_what_was_remembered(self, write, entry):
        """Frame and dirtiness return in every era; write permission unless it was lost."""
        encoding = Protnone(write)
        back = encoding.mknonnuma(OWN, OPEN, encoding.mknuma(OWN, OPEN, entry))
        lost = ENTRY["W"] if write is Write.LOST else Mask(0)
        assert back == OWN.mkyoung(clear(entry, lost))

    @pytest.mark.parametrize(
        ("write", "remembered"),
        [(Write.LOST, ()), (Write.KEPT, ("W",)), (Write.STASHED, ("SAVED",))],
    )
    def test_write_permission_is_remembered_in_its_place(self, write, remembered):
        """Lost leaves no trace, kept stays in the write bit, stashed goes where savedwrite is."""
        hinted = Protnone(write).mknuma(OWN, OPEN, READ | ENTRY["W"].value)
        assert hinted == ENTRY.mask("NONE", *remembered).value
        assert Protnone(write).mknuma(OWN, OPEN, READ) == NONE


class TestVmaRelative:
    @given(pages)
    def test_a_hint_equals_itself_under_the_none_protection(self, page):
        """What has the VMA's none protection is a hint, what has its own is not."""
        entry = page | READ
        hinted = VmaRelative().mknuma(OWN, OPEN, entry)
        assert VmaRelative().numa(OWN, OPEN, hinted) is True
        assert VmaRelative().numa(OWN, OPEN, entry) is False

    @given(pages)
    def test_nothing_is_a_hint_where_the_vma_gives_no_right(self, page):
        """Where the ordinary protection is the none protection, no entry can be told apart."""
        assert VmaRelative().numa(OWN, CLOSED, page | NONE) is False

    @given(live)
    def test_write_permission_of_a_private_page_is_lost(self, entry):
        """The VMA's protection comes back, which permits no writing."""
        hinted = VmaRelative().mknuma(OWN, OPEN, entry)
        assert VmaRelative().mknonnuma(OWN, OPEN, hinted) == clear(entry, ENTRY["W"])

    def test_the_none_protection_keeps_what_pgprot_modify_keeps(self):
        """It is derived from the VMA's own protection, which may carry a memory type."""

        class Typed(Own):
            def pgprot_modify(self, oldprot, newprot):
                return put(newprot, where(has_all(oldprot, ENTRY["SAVED"]), ENTRY["SAVED"], 0))

        typed = SimpleNamespace(
            vm_flags=VM_READ | VM_SHARED, vm_page_prot=READ | ENTRY["SAVED"].value
        )
        hinted = VmaRelative().mknuma(Typed(), typed, READ)
        assert hinted == ENTRY.mask("NONE", "SAVED").value


@pytest.mark.parametrize(
    "calls",
    [
        (NUMA_BIT.mknuma, NUMA_BIT.mknonnuma, NUMA_BIT.numa),
        *(
            tuple(
                lambda entry, call=call: call(OWN, OPEN, entry)
                for call in (encoding.mknuma, encoding.mknonnuma, encoding.numa)
            )
            for encoding in (*map(Protnone, Write), VmaRelative())
        ),
    ],
)
@given(st.lists(words(), min_size=1, max_size=8))
def test_a_whole_table_is_armed_as_its_entries_are(calls, entries):
    """Each strategy gives an array what it gives each entry."""
    for call in calls:
        assert call(np.array(entries, np.uint64)).tolist() == [call(entry) for entry in entries]
