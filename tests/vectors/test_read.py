from __future__ import annotations

import gzip
import json

import pytest

from archcore.errors import InputError, TraceError
from archcore.vectors.read import read
from archcore.vectors.signature import Signature

META = {"variant": "toy", "signatures": {"pte_young": "b:p", "pte_modify": "p:pg"}}
YOUNG = {"helper": "pte_young", "args": ["0x8"], "result": "0x1"}
MODIFY = {"helper": "pte_modify", "args": ["0x5001", "0x3"], "result": "0x5003"}
TOO_WIDE = "0x1" + "0" * 16


@pytest.fixture
def written(tmp_path):
    """Write records, or lines as they are, to a file."""

    def write(*lines, meta=META):
        path = tmp_path / "some.jsonl"
        first = [] if meta is None else [{"meta": meta}]
        texts = [one if isinstance(one, str) else json.dumps(one) for one in (*first, *lines)]
        path.write_text("".join(f"{text}\n" for text in texts))
        return path

    return write


def test_records_are_gathered_by_helper(written):
    """In columns, with the line each stood on."""
    found = read(written(YOUNG, MODIFY, {**YOUNG, "args": ["0x0"], "result": "0x0"}))
    young, modify = found.groups["pte_young"], found.groups["pte_modify"]

    assert young.words.tolist() == [[8], [0]]
    assert young.results.tolist() == [1, 0]
    assert young.lines.tolist() == [2, 4]
    assert modify.words.tolist() == [[0x5001, 3]]
    assert modify.signature == Signature("p", "pg")


def test_words_of_64_bits_keep_every_bit(written):
    """No number passes through a float on the way."""
    full = "0xffffffffffffffff"
    found = read(written({**MODIFY, "args": [full, "0x0"], "result": "0x8000000000000001"}))
    group = found.groups["pte_modify"]

    assert group.words.tolist() == [[(1 << 64) - 1, 0]]
    assert group.results.tolist() == [1 << 63 | 1]


def test_gzip_is_undone(written):
    """It is told by the content, not by the name."""
    path = written(YOUNG)
    path.write_bytes(gzip.compress(path.read_bytes()))

    assert len(read(path).groups["pte_young"]) == 1


def test_a_shortened_gzip_file_gives_what_can_be_read(written):
    """And says that it ends early."""
    path = written(*[YOUNG] * 5000)
    path.write_bytes(gzip.compress(path.read_bytes())[:-20])
    found = read(path)

    assert 0 < len(found.groups["pte_young"]) <= 5000
    assert "gzip stream ends early" in found.truncated


def test_constants_are_kept_apart(written):
    """A macro's value is no record of a helper."""
    found = read(written({"helper": "const", "args": ["PAGE_SHIFT"], "result": "0xc"}))

    assert found.constants == {"PAGE_SHIFT": 12}
    assert found.groups == {}


def test_traps_are_counted_and_left_out(written):
    """A kernel that executed BUG() gave no value."""
    found = read(written({**YOUNG, "result": "trap"}, YOUNG)).groups["pte_young"]

    assert (len(found), found.traps) == (1, 1)


def test_what_a_record_says_besides_is_passed_over(written):
    """Steps of a walk are ordinary records."""
    assert len(read(written({**YOUNG, "walk": 3, "step": 0})).groups["pte_young"]) == 1


def test_empty_lines_say_nothing(written):
    """They count as lines all the same."""
    assert read(written("", YOUNG, " ")).groups["pte_young"].lines.tolist() == [3]


def test_a_file_without_meta_is_read(written):
    """What is a truth among the arguments is then known of common helpers only."""
    permitted = {"helper": "pte_access_permitted", "args": ["0x1", "0x1"], "result": "0x0"}
    found = read(written(permitted, MODIFY, meta=None))

    assert found.groups["pte_access_permitted"].signature == Signature("b", "pf")
    assert found.groups["pte_modify"].signature.arguments[0] == "p"


@pytest.mark.parametrize(
    "line",
    [
        '{"helper":"pte_young","args":["0x8"],"result":"0x1"',
        '["pte_young", ["0x8"], "0x1"]',
        '{"helper":"pte_young","args":["0x8"]}',
        '{"helper":"pte_young","result":"0x1"}',
        '{"args":["0x8"],"result":"0x1"}',
        '{"helper":7,"args":["0x8"],"result":"0x1"}',
        '{"helper":"pte_young","args":"0x8","result":"0x1"}',
        '{"helper":"pte_young","args":{"0x8":0},"result":"0x1"}',
        '{"helper":"pte_young","args":["8"],"result":"0x1"}',
        '{"helper":"pte_young","args":[8],"result":"0x1"}',
        '{"helper":"pte_young","args":["0x8"],"result":true}',
        '{"helper":"pte_young","args":["0x8"],"result":[]}',
        '{"helper":"pte_young","args":["-0x8"],"result":"0x1"}',
        '{"helper":"pte_young","args":["0x_8"],"result":"0x1"}',
        '{"helper":"pte_young","args":["0x8 "],"result":"0x1"}',
        '{"helper":"pte_young","args":["' + TOO_WIDE + '"],"result":"0x1"}',
        '{"helper":"const","args":[],"result":"0x1"}',
        '{"helper":"const","args":[["PAGE_SHIFT"]],"result":"0x1"}',
        "nonsense",
        "\x00",
        "[" * 100_000,
    ],
    ids=lambda line: line[:60],
)
def test_a_line_that_is_no_record_is_refused_with_its_place(written, line):
    """File, line, and what was expected."""
    path = written(YOUNG, line)

    with pytest.raises(InputError, match="expected an object such as") as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}:3: ")


def test_bytes_that_are_no_text_are_refused(written):
    """Whatever they were meant to be."""
    path = written(YOUNG)
    path.write_bytes(path.read_bytes() + b"\xff\xfe\n")

    with pytest.raises(InputError, match=":3: expected an object"):
        read(path)


def test_every_record_of_a_helper_has_the_same_arguments(written):
    """The signature says how many."""
    with pytest.raises(InputError, match=":2: expected 2 arguments of pte_modify, found 1"):
        read(written({**MODIFY, "args": ["0x5001"]}))


def test_a_truth_is_0_or_1(written):
    """Vectors hold truths, whatever bit the kernel's own function returned."""
    with pytest.raises(InputError, match=":3: expected a truth, 0x0 or 0x1, found 0x40"):
        read(written(YOUNG, {**YOUNG, "result": "0x40"}))


def test_meta_stands_first(written):
    """Two files joined into one are refused, for their signatures may differ."""
    with pytest.raises(InputError, match=":3: expected a record, meta stands on the first line"):
        read(written(YOUNG, {"meta": META}))


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        (7, "meta to be an object"),
        ({"signatures": []}, "meta.signatures to be an object"),
        ({"signatures": {"pte_young": "b"}}, "the signature of pte_young"),
        ({"signatures": {"pte_young": "b:?"}}, "the signature of pte_young"),
        ({"signatures": {"pte_young": 7}}, "the signature of pte_young"),
    ],
)
def test_a_malformed_meta_is_refused(written, meta, expected):
    """With what was expected in its place."""
    with pytest.raises(InputError, match=f":1: expected {expected}"):
        read(written(YOUNG, meta=meta))


def test_an_empty_file_is_refused(tmp_path):
    """It would pass every check."""
    path = tmp_path / "empty.jsonl"
    path.touch()

    with pytest.raises(InputError, match="expected at least one record, found none"):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    """With the system's reason."""
    with pytest.raises(TraceError, match="No such file"):
        read(tmp_path / "absent.jsonl")


@pytest.mark.parametrize("stored", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_progress_is_told_in_bytes_of_the_file(written, stored):
    """They add up to its size, compressed or not."""
    path = written(*[{**YOUNG, "args": [hex(word)]} for word in range(40_000)])
    path.write_bytes(stored(path.read_bytes()))
    told = []
    read(path, told.append)

    assert len(told) > 1
    assert sum(told) == path.stat().st_size
