from __future__ import annotations

import pytest
import toy
from hypothesis import given
from hypothesis import strategies as st

from archcore.conformance.made import choices, made
from archcore.conformance.subject import subject

TARGET = toy.module().TARGET
CHOICES = choices(TARGET.geometry.width)


@pytest.fixture(scope="module")
def on():
    """Return the toy at its lowest level."""
    return subject(TARGET, "pte")


def writable(on):
    """Return the private VMA that may be written."""
    return next(one for one in on.mappings if one.perms == "rw-p")


@given(st.integers(0, (1 << 20) - 1), st.frozensets(st.sampled_from(sorted(CHOICES.masks))))
def test_an_entry_says_what_was_chosen(frame, names):
    """Young, dirty and write are what the choices and the hardware left."""
    on = subject(TARGET, "pte")
    entry = made(on, writable(on), frame, CHOICES.mask(*names).value)
    own = on.own
    assert own.pfn(entry) == frame
    granted = "writable" in names and "protected" not in names
    assert own.write(entry) is granted
    assert own.dirty(entry) is ("dirty" in names or ("stored-to" in names and granted))
    used = {"young", "used"} & names or ("stored-to" in names and granted)
    assert own.young(entry) is bool(used)


def test_no_store_goes_through_where_none_is_allowed(on):
    """The hardware marks nothing written that may not be written."""
    entry = made(on, writable(on), 1, CHOICES["stored-to"].value)
    assert not on.own.dirty(entry)


def test_a_mapping_that_may_only_be_read_has_no_writable_entry(on):
    """Whatever is chosen."""
    read_only = next(one for one in on.kinds if one.perms == "r--p")
    every = CHOICES.mask(*CHOICES.masks).value
    assert not on.own.write(made(on, read_only, 1, every))
