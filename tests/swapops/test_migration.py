from __future__ import annotations

import pytest
from swapping import bound

FRAME = 0x12345
MAKERS = {
    "make_readable_migration_entry": "is_readable_migration_entry",
    "make_readable_exclusive_migration_entry": "is_readable_exclusive_migration_entry",
    "make_writable_migration_entry": "is_writable_migration_entry",
}
MARKS = ("young", "dirty")


@pytest.mark.parametrize(("make", "recognise"), MAKERS.items(), ids=MAKERS)
def test_an_entry_made_for_a_frame_is_recognised_and_gives_the_frame_back(make, recognise):
    """Each maker has its own question, and only that one holds."""
    own = bound().helpers
    entry = own[make](FRAME)

    assert [name for name in MAKERS.values() if own[name](entry)] == [recognise]
    assert own["swp_offset_pfn"](entry) == FRAME


@pytest.mark.parametrize("mark", MARKS)
def test_marks_stand_beside_the_frame_and_beside_each_other(mark):
    """A marked entry is of the same frame and type, and carries that mark only."""
    own = bound().helpers
    plain = own["make_readable_migration_entry"](FRAME)
    marked = own[f"make_migration_entry_{mark}"](plain)

    assert [name for name in MARKS if own[f"is_migration_entry_{name}"](marked)] == [mark]
    assert own["swp_offset_pfn"](marked) == FRAME
    assert own["is_readable_migration_entry"](marked)


@pytest.mark.parametrize("mark", MARKS)
def test_without_room_nothing_is_marked(mark):
    """The kernel then forgets both, and so does the target."""
    own = bound(migration_ad=False).helpers
    plain = own["make_readable_migration_entry"](FRAME)

    assert own[f"make_migration_entry_{mark}"](plain) == plain
    assert not own[f"is_migration_entry_{mark}"](own["swp_entry"](26, 0xFFFFFF))


@pytest.mark.parametrize("mark", MARKS)
def test_room_can_be_said_with_the_call(mark):
    """As a kernel does that finds out when it starts."""
    own = bound(migration_ad=False).helpers
    plain = own["make_readable_migration_entry"](FRAME)
    marked = own[f"make_migration_entry_{mark}"](plain, True)

    assert own[f"is_migration_entry_{mark}"](marked, True)
    assert not own[f"is_migration_entry_{mark}"](marked, False)


def test_kernels_before_exclusive_pages_have_no_such_entry():
    """Nothing makes one where the type is unknown."""
    assert (
        "make_readable_exclusive_migration_entry"
        not in bound(migration_read_exclusive=None).helpers
    )
