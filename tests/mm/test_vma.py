"""VMAs: found by address, never overlapping."""

from __future__ import annotations

import pytest
from bench_machine import BASE, PAGE, machine

from archcore.errors import MachineError
from archcore.vmflags import VM_NONE, VM_READ


def test_a_vma_is_found_by_any_address_inside_it_and_by_none_outside():
    """The end is not part of a VMA."""
    mm = machine().mm()
    vma = mm.mmap(BASE, BASE + PAGE, VM_READ)

    found = [mm.vmas.find(address) for address in (BASE - 1, BASE, BASE + PAGE - 1, BASE + PAGE)]

    assert found == [None, vma, vma, None]


@pytest.mark.parametrize(("start", "end"), [(0, 2), (1, 3), (2, 5), (-1, 9)])
def test_overlapping_vmas_are_refused(start, end):
    """An address belongs to one VMA at most."""
    mm = machine().mm()
    mm.mmap(BASE + PAGE, BASE + 3 * PAGE, VM_READ)

    with pytest.raises(MachineError, match="overlaps"):
        mm.mmap(BASE + start * PAGE, BASE + end * PAGE, VM_READ)


def test_a_vma_without_rights_is_not_accessible():
    """Accessibility is what tells a hint from a genuine PROT_NONE."""
    mm = machine().mm()

    assert not mm.mmap(BASE, BASE + PAGE, VM_NONE).accessible
    assert mm.mmap(BASE + PAGE, BASE + 2 * PAGE, VM_READ).accessible
