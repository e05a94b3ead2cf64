from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.report.document import dumps, hexnumber, hexword


def test_a_document_begins_with_its_schema_version():
    """Scripts can refuse a shape they do not know before they read on."""
    text = dumps({"b": 1, "a": 2})

    assert list(json.loads(text)) == ["schema_version", "b", "a"]
    assert json.loads(text)["schema_version"] == 1


@given(st.sampled_from([32, 64]), st.data())
def test_words_have_all_of_their_digits(width, data):
    """A word of a width always has the same length and reads back as the same number."""
    word = data.draw(st.integers(0, 2**width - 1))

    assert len(hexword(word, width)) == 2 + width // 4
    assert int(hexword(word, width), 16) == word


@pytest.mark.parametrize(("number", "written"), [(None, None), (0, "0x0"), (0x12345, "0x12345")])
def test_frames_and_addresses_have_no_leading_zeros(number, written):
    """What is not there stays null."""
    assert hexnumber(number) == written
