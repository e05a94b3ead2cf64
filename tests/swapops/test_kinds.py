from __future__ import annotations

import pytest
from swapping import bound

KINDS = {
    "is_hwpoison_entry": {25},
    "is_readable_migration_entry": {26},
    "is_readable_exclusive_migration_entry": {27},
    "is_writable_migration_entry": {28},
    "is_migration_entry": {26, 27, 28},
    "is_pte_marker_entry": {29},
    "is_swapin_error_entry": {30},
    "is_device_private_entry": {31},
    "is_device_exclusive_entry": set(),
    "is_pfn_swap_entry": {25, 26, 27, 28, 31},
}


@pytest.mark.parametrize(("name", "numbers"), KINDS.items(), ids=KINDS)
def test_a_kind_is_told_by_its_numbers_alone(name, numbers):
    """Over all types a page table of the toy can hold; an offset makes no difference."""
    own = bound().helpers
    found = {
        number
        for number in range(32)
        for offset in (0, 0xFFFFFF)
        if own[name](own["swp_entry"](number, offset))
    }

    assert found == numbers


def test_a_type_the_configuration_lacks_is_never_met():
    """Without memory failure handling, type 25 is a number like any other."""
    own = bound(hwpoison=None).helpers

    assert not any(own["is_hwpoison_entry"](own["swp_entry"](number, 1)) for number in range(64))
