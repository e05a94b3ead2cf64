from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import UsageError
from archcore.races.schedule import schedule_id, schedule_of


@given(st.lists(st.integers(0, 3), min_size=1))
def test_a_schedule_has_one_name_and_a_name_one_schedule(schedule):
    """Whatever the order of the steps."""
    assert list(schedule_of(schedule_id(schedule), 4)) == schedule


@pytest.mark.parametrize("name", ["", "A", "12", "a3", "A3 B2", "C1"])
def test_what_is_no_name_is_refused_and_a_name_is_shown(name):
    """With two actors; C would be a third one."""
    with pytest.raises(UsageError, match=r"interleaving|actor"):
        schedule_of(name, 2)
