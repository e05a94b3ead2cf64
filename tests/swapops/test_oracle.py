from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from swapping import configured

from archcore.binding import bind
from archcore.swaptypes import SwapTypes
from archcore.vectors.check import check
from archcore.vectors.meta import SWAP_TYPES, contradictions
from archcore.vectors.read import read

DATA = Path(__file__).parent / "data"
FILES = sorted(DATA.glob("*.jsonl.gz"))


def types_of(constants):
    """Return the swap types that a kernel's own constants tell."""
    own = {attribute: constants.get(name) for name, attribute in SWAP_TYPES.items()}
    return SwapTypes(**own, migration_ad=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".jsonl")[0])
def test_the_swap_operations_are_those_of_the_kernel(path):
    """With a configuration's numbers, each helper gives what that kernel's compiled code gave."""
    vectors = read(path)
    target = configured(types_of(vectors.constants))

    verdict = check(target, bind(target), vectors)

    assert verdict.failures == ()
    assert verdict.not_modelled == {}
    assert verdict.passed > 400


@pytest.mark.parametrize(
    "name",
    [
        "hwpoison",
        "migration_read",
        "migration_read_exclusive",
        "migration_write",
        "pfn_bits",
        "type_bits",
    ],
)
def test_every_number_matters(name):
    """A configuration with one number changed differs from the kernel it claims to be."""
    vectors = read(DATA / "x86_64-6.1.jsonl.gz")
    types = types_of(vectors.constants)
    target = configured(evolve(types, **{name: getattr(types, name) - 1}))

    assert check(target, bind(target), vectors).failed > 0


@pytest.mark.parametrize("name", ["max_swapfiles", "pte_marker", "swapin_error"])
def test_a_number_no_record_shows_is_compared_as_a_constant(name):
    """The file's constants tell what the target has wrong."""
    vectors = read(DATA / "x86_64-6.1.jsonl.gz")
    types = types_of(vectors.constants)
    right, wrong = getattr(types, name), getattr(types, name) - 1
    told = "\n".join(contradictions(configured(evolve(types, **{name: wrong})), vectors))

    assert f"is {right} in the file and {wrong} in the target" in told
