from __future__ import annotations

import json

import pytest
import toy
from attrs import evolve

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


def test_all_eras_of_one_word_are_one_object(call, installed):
    """With the word, the level, the architecture and what the word means to whom."""
    installed.register(evolve(toy.module().TARGET, id="toy-32bit-v2"))
    found = json.loads(call("explain", TOY, MAPPED, "--all-eras", "--json").out)

    assert list(found)[:5] == ["schema_version", "word", "level", "arch", "meanings"]
    (only,) = found["meanings"]
    assert only["targets"] == [TOY, "toy-32bit-v2"]
    assert (only["state"], only["pfn"]) == ("mapped", "0x5")
    assert only["hardware"] == {"read": "allows", "write": "allows", "execute": "faults"}


def test_all_eras_of_several_words_are_a_list(call, installed):
    """The architecture and the level stand once in front."""
    found = json.loads(call("explain", TOY, "-", "--all-eras", "--json", stdin=b"0\n0x502b\n").out)

    assert (found["arch"], found["level"]) == ("toy", "pte")
    assert [one["meanings"][0]["state"] for one in found["words"]] == ["none", "mapped"]


def test_all_eras_in_text_is_a_table_for_each_word(call, installed):
    """Its head counts meanings and targets."""
    answer = call("explain", TOY, MAPPED, EMPTY, "--all-eras")

    assert answer.code == 0
    assert answer.out.count("one meaning in 1 target\n") == 2
    assert answer.out.count("STATE") == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere", EMPTY), 2, "no target is called 'nowhere'"),
        ((TOY, "nonsense"), 2, "is not a word of 32 bits"),
        ((TOY, EMPTY, "--level", "pud"), 2, "no level is called 'pud'"),
        ((TOY, EMPTY, "--vma", "x"), 2, "/proc/PID/maps"),
    ],
)
def test_all_eras_refuses_what_explain_refuses(call, installed, arguments, code, said):
    """With the same code and the same words."""
    answer = call("explain", *arguments, "--all-eras")

    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
