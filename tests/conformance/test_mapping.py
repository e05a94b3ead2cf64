from __future__ import annotations

import pytest
import toy

from archcore.binding import bind
from archcore.conformance.mapping import kinds, mappings
from archcore.vmflags import VM_READ, VM_SHARED, VM_WRITE


@pytest.fixture(scope="module")
def found():
    """Return the VMAs that laws try on the toy."""
    return mappings(bind(toy.module().TARGET))


def test_every_protection_and_every_right_is_tried(found):
    """No protection that a kind of VMA has is left out, with rights and without."""
    hooks = bind(toy.module().TARGET)
    wanted = {(one.vm_page_prot, one.accessible) for one in kinds(hooks)}
    assert wanted == {(one.vm_page_prot, one.accessible) for one in found}


def test_of_two_vmas_alike_the_one_with_more_rights_stands_for_both(found):
    """A private mapping that may be written has the entries of one that may be read, and more."""
    private = [one for one in found if one.accessible and not one.vm_flags & VM_SHARED]
    assert all(one.writable for one in private)


def test_a_shared_mapping_may_notify_of_first_writes(found):
    """Then a fresh entry is not writable, and the mapping is like a private one."""
    shared = VM_READ | VM_WRITE | VM_SHARED
    (granting,) = [one for one in found if one.vm_flags == shared]
    assert granting.grants_write
    assert not granting.notify
