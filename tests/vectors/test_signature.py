from __future__ import annotations

import pytest

from archcore.vectors.signature import Signature, assumed


def test_a_signature_is_result_and_arguments():
    """One letter each."""
    assert Signature.parse("p:pg") == Signature("p", "pg")
    assert Signature.parse("n:") == Signature("n", "")


@pytest.mark.parametrize("written", ["", "p", "pp:p", ":p", "p:x", "p:p:p", None, 7])
def test_anything_else_is_none(written):
    """Unknown letters, no result, two results, no text."""
    assert Signature.parse(written) is None


@pytest.mark.parametrize(
    ("helper", "count", "letters"),
    [
        ("pmd_accessible", 2, "mf"),
        ("pmd_accessible", 1, "m"),
        ("pud_young", 1, "u"),
        ("pfn_pte", 2, "nn"),
        ("page_none", 0, ""),
    ],
)
def test_a_signature_nobody_wrote_is_assumed(helper, count, letters):
    """From the helper's name and the number of its arguments."""
    assert assumed(helper, count).arguments == letters
