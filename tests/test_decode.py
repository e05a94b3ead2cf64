from __future__ import annotations

import pytest
import toy
from attrs import evolve

from archcore.binding import bind
from archcore.decode import Answer, State, decode, tells_hint_from_none
from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, helper, layer
from archcore.errors import LayoutError
from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Mmu
from archcore.specimens import live_entries, none_entries, vma_kinds, vma_view
from archcore.vmflags import VM_ACCESS_FLAGS, VM_NONE, VM_READ, VM_WRITE
from archcore.words import bits, both, has_all, has_any, negate, put, same

TOY = toy.module()
ENTRY, SWAP, TARGET = TOY.ENTRY, TOY.SWAP, TOY.TARGET
FRAME = 5


class Closed:
    """The toy's word for an entry with the none protection."""

    @hookimpl
    def pte_protnone(self, pte):
        """Ask for HINT without V."""
        return both(has_all(pte, ENTRY["HINT"]), negate(has_all(pte, ENTRY["V"])))


class Software:
    """Flags of use that the kernel keeps: an unused page of SPECIAL is there and not valid."""

    @hookimpl
    def pte_present(self, pte):
        """Count a page that hardware is not to see yet."""
        return has_any(pte, ENTRY.mask("V", "HINT", "SPECIAL"))

    @hookimpl
    def pte_mkyoung(self, pte):
        """Set A, and let hardware in."""
        return put(pte, ENTRY.mask("A", "V"))


class Elsewhere:
    """A none protection that leaves HINT alone: SPECIAL without V."""

    @hookimpl
    def pte_present(self, pte):
        """Count both kinds of closed entries."""
        return has_any(pte, ENTRY.mask("V", "HINT", "SPECIAL"))

    @hookimpl
    def vm_get_page_prot(self, vm_flags):
        """Change the protection of VMAs without rights."""
        return TOY.vm_get_page_prot(vm_flags) if vm_flags & VM_ACCESS_FLAGS else self.page_none()

    @hookimpl
    def page_none(self):
        """Return SPECIAL."""
        return ENTRY["SPECIAL"].value


class Kernel:
    """The toy's hardware, were every page the kernel's own."""

    def __getattr__(self, name):
        """Read everything else as the toy does."""
        return getattr(TARGET.mmu.format, name)

    def allows(self, _level, _entry, _access):
        """Refuse user mode."""
        return False


class HugePages:
    """Huge pages made of entries that are valid whatever their protection."""

    @hookimpl
    def pte_mkhuge(self, pte):
        """Change nothing."""
        return pte

    @helper("arch_make_huge_pte")
    def make_huge(self, entry, _shift):
        """Set V."""
        return put(entry, ENTRY["V"])


class Transient:
    """A toy that counts SPECIAL alone as present."""

    @hookimpl
    def pte_present(self, pte):
        """Read SPECIAL."""
        return has_all(pte, ENTRY["SPECIAL"])


class Huge:
    """Presence and frame at the level above, and nothing else."""

    @hookimpl
    def pmd_none(self, pmd):
        """Compare with zero."""
        return same(pmd, 0)

    @hookimpl
    def pmd_present(self, pmd):
        """Read SPECIAL."""
        return has_all(pmd, ENTRY["SPECIAL"])

    @hookimpl
    def pmd_pfn(self, pmd):
        """Read the frame."""
        return bits(pmd, ENTRY["PFN"])


RELATIVE = evolve(
    TARGET,
    id="toy-32bit-protnone",
    encoding=layer(AtLevel("pte", Protnone(Write.LOST)), Closed()),
)


def word(*names, target=TARGET, pfn=FRAME):
    """Return an entry of the toy with those bits."""
    return bind(target).pfn_pte(pfn, ENTRY.mask(*names).value)


def state(value, target=TARGET, level="pte", vma=None):
    """Return the state of a word."""
    return decode(target, bind(target), value, level, vma).state


def vma(flags, target=TARGET):
    """Return a VMA of the target."""
    return vma_view(bind(target), flags)


class TestState:
    def test_an_empty_entry_is_none(self):
        """Nothing is mapped there, and hardware faults."""
        decoded = decode(TARGET, bind(TARGET), 0)

        assert decoded.state is State.NONE
        assert decoded.pfn is None
        assert decoded.flags == ()

    def test_an_entry_that_hardware_lets_user_mode_use_is_mapped(self):
        """Its frame and physical address are read off."""
        decoded = decode(TARGET, bind(TARGET), word("V", "W", "A", "D"))

        assert decoded.state is State.MAPPED
        assert decoded.pfn == FRAME
        assert decoded.address == FRAME * TARGET.geometry.page_size

    def test_what_is_neither_present_nor_none_is_a_swap_entry(self):
        """Area and offset come from the target's codec."""
        hooks = bind(TARGET)
        stored = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(3, 0x1234))
        decoded = decode(TARGET, hooks, stored)

        assert decoded.state is State.SWAP
        assert decoded.swap == (3, 0x1234)
        assert decoded.layout is SWAP

    def test_a_valid_entry_of_an_upper_level_that_is_no_leaf_is_a_table(self):
        """It has the address of a table and no frame."""
        entry = bind(TARGET).pxd_populate("pmd", 0x7000)
        decoded = decode(TARGET, bind(TARGET), entry, "pmd")

        assert decoded.state is State.TABLE
        assert decoded.address == 0x7000
        assert decoded.pfn is None

    def test_a_level_without_helpers_is_read_as_hardware_reads_it(self):
        """Empty is none, other invalid words are unknown."""
        assert state(0, level="pgd") is State.NONE
        assert state(ENTRY["D"].value, level="pgd") is State.OTHER

    def test_a_level_that_the_target_lacks_is_refused(self):
        """The levels that exist are named."""
        with pytest.raises(LayoutError, match="pte, pmd, pgd"):
            state(0, level="p4d")

    def test_present_but_closed_for_a_moment_is_invalid(self):
        """What is present, unusable to hardware and no protnone is a transient."""
        target = evolve(TARGET, encoding=layer(TARGET.encoding, Transient()))

        assert state(word("SPECIAL"), target) is State.INVALID

    def test_a_level_without_hint_helpers_is_decoded_all_the_same(self):
        """What is not known of it is left out, and nothing fails."""
        target = evolve(TARGET, encoding=layer(TARGET.encoding, Huge()))
        decoded = decode(target, bind(target), word("SPECIAL"), "pmd")

        assert decoded.state is State.INVALID
        assert decoded.pfn == FRAME


class TestHint:
    def test_an_encoding_that_needs_the_vma_leaves_the_entry_undecided(self):
        """The same word is a hint in an accessible VMA and a genuine none in the others."""
        value = word("HINT", "A", "D", target=RELATIVE)

        assert state(value, RELATIVE) is State.INACCESSIBLE
        assert state(value, RELATIVE, vma=vma(VM_READ, RELATIVE)) is State.HINT
        assert state(value, RELATIVE, vma=vma(VM_NONE, RELATIVE)) is State.GENUINE_NONE

    def test_every_armed_entry_is_a_hint_in_its_vma(self):
        """Whatever its flags and its kind of VMA, under both encodings."""
        for target in (TARGET, RELATIVE):
            hooks = bind(target)
            for kind in vma_kinds(hooks):
                for live in live_entries(hooks, kind) if kind.accessible else ():
                    assert state(hooks.pte_mknuma(kind, live), target, vma=kind) is State.HINT

    def test_every_genuine_none_is_one_in_a_vma_without_rights(self):
        """Whatever it was before mprotect took the rights away."""
        for target in (TARGET, RELATIVE):
            for none in none_entries(bind(target)):
                seen = state(none, target, vma=vma(VM_NONE, target))
                assert seen is State.GENUINE_NONE

    def test_a_hint_bit_shared_with_the_none_protection_does_not_decide(self):
        """``pte_numa`` needs no VMA and says yes, but mprotect writes the very same word."""
        assert state(word("HINT", "A", "D")) is State.INACCESSIBLE

    def test_bits_that_mprotect_drops_give_a_hint_away(self):
        """Arming keeps W; taking all rights away does not, so no genuine none has it."""
        assert state(word("HINT", "W", "A")) is State.HINT

    def test_a_hint_bit_of_its_own_decides_without_the_vma(self):
        """With another bit for the none protection, a hint is a hint and a none is a none."""
        target = evolve(TARGET, encoding=layer(TARGET.encoding, Elsewhere()))

        assert tells_hint_from_none(target, bind(target)) is None
        assert state(word("HINT", "A"), target) is State.HINT
        assert state(word("SPECIAL", "A"), target) is State.GENUINE_NONE

    def test_a_genuine_none_taken_for_a_hint_is_found(self):
        """The counterexample is a none entry that ``pte_numa`` says yes to."""
        for target in (TARGET, RELATIVE):
            hooks = bind(target)
            found = tells_hint_from_none(target, hooks)

            assert found in set(none_entries(hooks))
            assert hooks.pte_numa(vma(VM_READ, target), found)


class TestFlags:
    def test_predicates_come_in_lower_case_before_the_bits_of_the_layout(self):
        """The kernel's words and the manual's names do not mix."""
        decoded = decode(TARGET, bind(TARGET), word("V", "W", "D", "SPECIAL"))

        assert decoded.flags == ("write", "dirty", "special", "V", "W", "D", "LEAF", "SPECIAL")

    def test_a_name_that_holds_for_invalid_entries_only_stays_out_of_valid_ones(self):
        """The same position has no such meaning there."""
        assert "HINT" not in decode(TARGET, bind(TARGET), word("V", "HINT")).flags
        assert "HINT" in decode(TARGET, bind(TARGET), word("HINT")).flags


class TestHardware:
    def test_answers_differ_by_access(self):
        """A page without W refuses stores; one without X refuses fetches."""
        decoded = decode(TARGET, bind(TARGET), word("V", "A"))

        assert decoded.hardware == {
            "read": Answer.ALLOWS,
            "write": Answer.NO_RIGHT,
            "execute": Answer.NO_RIGHT,
        }
        assert [answer.verdict for answer in decoded.hardware.values()] == [
            "allows",
            "faults",
            "faults",
        ]

    def test_an_invalid_entry_faults_on_everything(self):
        """Nothing else of the entry is read."""
        decoded = decode(TARGET, bind(TARGET), word("HINT", "W", "X"))

        assert set(decoded.hardware.values()) == {Answer.NOT_VALID}

    def test_a_reserved_bit_faults_before_rights_are_looked_at(self):
        """The toy reserves pages without LEAF."""
        decoded = decode(TARGET, bind(TARGET), ENTRY.mask("V", "W", "X", "A").value)

        assert set(decoded.hardware.values()) == {Answer.RESERVED}

    def test_hardware_that_leaves_accessed_to_software_faults_without_it(self):
        """The page is mapped all the same; only the flag is owed."""
        target = evolve(TARGET, mmu=Mmu(TARGET.mmu.format, sets_accessed=False))
        old = decode(target, bind(target), word("V", "X"))
        young = decode(target, bind(target), word("V", "X", "A"))

        assert old.state is State.MAPPED
        assert old.hardware["read"] is Answer.NOT_ACCESSED
        assert young.hardware["read"] is Answer.ALLOWS

    def test_a_page_that_is_shut_to_learn_of_its_use_is_mapped(self):
        """Marking it used opens it; one that is marked and still shut is closed for a moment."""
        target = evolve(TARGET, encoding=layer(TARGET.encoding, Software()))

        assert state(word("SPECIAL", "X"), target) is State.MAPPED
        assert state(word("SPECIAL", "X", "A"), target) is State.INVALID

    def test_a_page_without_user_rights_outside_such_a_vma_is_mapped(self):
        """A page of the kernel is no hint; in a VMA without rights the same word is a none."""
        target = evolve(TARGET, mmu=Mmu(Kernel()))

        assert state(word("V", "W"), target) is State.MAPPED
        assert state(word("V", "W"), target, vma=vma(VM_READ | VM_WRITE)) is State.MAPPED
        assert state(word("V", "W"), target, vma=vma(VM_NONE)) is State.GENUINE_NONE

    def test_a_none_made_valid_for_a_huge_page_is_undecided_without_the_vma(self):
        """The word that mprotect and then arch_make_huge_pte leave is no page of the kernel."""
        encoding = layer(TARGET.encoding, HugePages())
        target = evolve(TARGET, mmu=Mmu(Kernel()), encoding=encoding)
        none = word("V", "HINT", "A")

        assert state(none, target) is State.INACCESSIBLE
        assert state(none, target, vma=vma(VM_NONE)) is State.GENUINE_NONE
        assert state(word("V", "W", "A"), target) is State.MAPPED
