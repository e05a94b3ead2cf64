from __future__ import annotations

import json

import pytest

TOY = "toy-32bit-v1"
MAPPED, HINTED, EMPTY = "0x0000502b", "0x000050aa", "0"


def test_a_word_is_told_apart(call, installed):
    """State, frame, flags, hardware and bytes in memory order."""
    answer = call("explain", TOY, MAPPED)

    assert answer.code == 0
    assert "state     mapped" in answer.out
    assert "frame     0x5, physical address 0x5000" in answer.out
    assert "flags     write, young" in answer.out
    assert "hardware  allows read, write; faults on execute (no permission)" in answer.out
    assert "memory    2b 50 00 00" in answer.out


def test_one_word_gives_one_object(call, installed):
    """With the promised keys, in this order."""
    found = json.loads(call("explain", TOY, MAPPED, "--format", "json").out)
    promised = ["schema_version", "target", "level", "word", "state", "pfn", "flags", "hardware"]

    assert list(found)[: len(promised)] == promised
    assert (found["word"], found["state"], found["pfn"]) == (MAPPED, "mapped", "0x5")


def test_several_words_give_a_list(call, installed):
    """In the order they were given."""
    found = json.loads(call("explain", TOY, MAPPED, EMPTY, "--json").out)

    assert [one["state"] for one in found["words"]] == ["mapped", "none"]


@pytest.mark.parametrize(("lines", "count"), [(b"", 0), (b"0x502b\n", 1), (b"1\n2\n3", 3)])
def test_words_from_stdin_are_a_list_however_many(call, installed, lines, count):
    """A script need not ask how many lines there were."""
    found = json.loads(call("explain", TOY, "-", "--json", stdin=lines).out)

    assert len(found["words"]) == count


def test_a_bad_line_ends_with_its_place(call, installed):
    """What came before it is answered; the code says that the input is malformed."""
    answer = call("explain", TOY, "-", stdin=b"0x502b\nnonsense\n")

    assert answer.code == 3
    assert "state     mapped" in answer.out
    assert "<stdin>:2: expected a word of 32 bits" in answer.err


@pytest.mark.parametrize("word", ["0x100000000", "nonsense", "-1"])
def test_a_word_that_is_none_is_a_usage_error(call, installed, word):
    """Too wide, or not a number at all."""
    answer = call("explain", TOY, "--", word)

    assert answer.code == 2
    assert "is not a word of 32 bits" in answer.err


@pytest.mark.parametrize(
    ("vma", "said"), [((), "hint"), (("--vma", "r--"), "hint"), (("--vma", "rw-p"), "hint")]
)
def test_a_hint_is_told(call, installed, vma, said):
    """The toy keeps W in a hint, which no genuine none has."""
    assert f"state     {said}" in call("explain", TOY, HINTED, *vma).out


def test_a_vma_is_written_as_in_proc_maps(call, installed):
    """Anything else is a usage error that shows how."""
    answer = call("explain", TOY, HINTED, "--vma", "rx")

    assert answer.code == 2
    assert "/proc/PID/maps" in answer.err


def test_an_unknown_level_is_a_usage_error(call, installed):
    """The nearest of the target's levels is named."""
    answer = call("explain", TOY, EMPTY, "--level", "ptf")

    assert answer.code == 2
    assert "did you mean pte" in answer.err
