from __future__ import annotations

import pytest
import toy
from swapping import target as swapping

from archcore.vectors.meta import contradictions

TARGET = toy.module().TARGET
FITTING = {
    "variant": "toy-32",
    "kernel": "Linux without a number",
    "page_size": 4096,
    "levels": 3,
    "va_bits": 42,
    "pa_bits": 32,
}


def test_a_file_that_fits_is_not_spoken_of(vectors):
    """Nor one that says nothing about itself."""
    assert list(contradictions(TARGET, vectors(meta=FITTING))) == []
    assert list(contradictions(TARGET, vectors())) == []


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("page_size", 65536, "page_size is 65536 in the file and 4096 in the target"),
        ("levels", 4, "levels is 4 in the file and 3 in the target"),
        ("va_bits", 48, "va_bits is 48"),
        ("pa_bits", 52, "pa_bits is 52"),
        ("variant", "riscv64-6.1", "of variant riscv64-6.1, the target of architecture toy"),
        ("mmu", "hash", "ran with mmu hash"),
        ("kernel", "linux-source-6.1 6.1.192-2", "is Linux 6.1, the target's era v1"),
    ],
)
def test_a_contradiction_is_one_sentence(vectors, key, value, told):
    """With both values."""
    (sentence,) = contradictions(TARGET, vectors(meta=FITTING | {key: value}))

    assert told in sentence


def test_a_geometry_told_in_words_is_not_compared(vectors):
    """A number of levels may come with an explanation."""
    assert not list(contradictions(TARGET, vectors(meta={"levels": "5-level kernel, 4 in use"})))


def test_swap_types_are_compared_by_name(vectors):
    """A type the target lacks and the kernel has is a contradiction too."""
    constants = {"SWP_MIGRATION_READ": 26, "SWP_HWPOISON": 24, "SWP_DEVICE_READ": 23}
    told = list(contradictions(swapping(), vectors(constants=constants)))

    assert told == [
        "SWP_HWPOISON is 24 in the file and 25 in the target",
        "SWP_DEVICE_READ is 23 in the file and None in the target",
    ]
