"""``archcore walk`` as users call it, over a small image of the toy architecture."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from images import BASE, ENTRY, HOOKS, PAGE, Draft, page

TOY = "toy-32bit-v1"
HINT = ENTRY["HINT"].value
MAPS = "0-4000 rw-p 00000000 00:00 0\n400000-404000 ---p 00000000 00:00 0\n"
CAPTURES = Path(__file__).parents[1] / "data" / "captures"


def draft():
    """Return an image with a page, a hint, a swap entry, and a none in another table."""
    made = Draft()
    made.link(0, 0, 1)
    made.link(1, 0, 2)
    made.link(1, 1, 3)
    made.put(2, 0, page(0x11, "A", "W"))
    made.put(2, 1, HINT | 0x12000)
    made.put(2, 2, HOOKS.arch_swp_entry(1, 0x55))
    made.put(3, 3, HINT | 0x13000)
    return made


@pytest.fixture
def walk(call, installed, tmp_path):
    """Walk an image of the toy, which is written to a file first."""

    def run(*options, made=None, root=None, maps=MAPS):
        path = tmp_path / "memory.raw"
        path.write_bytes((made or draft()).data)
        (tmp_path / "maps").write_text(maps)
        place = ["--root", hex(BASE) if root is None else root, "--base", hex(BASE)]
        vmas = ["--vmas", str(tmp_path / "maps")] if maps else []
        return call("walk", str(path), "--target", TOY, *place, *vmas, *options)

    return run


def objects(answer):
    """Return the objects of an answer in ndjson."""
    return [json.loads(line) for line in answer.out.splitlines()]


def test_each_leaf_is_a_line(walk):
    """Address, size, level, state, physical address, entry and flags."""
    answer = walk()
    assert (answer.code, answer.err) == (0, "")
    head, *lines = answer.out.splitlines()
    assert head.split() == ["ADDRESS", "SIZE", "LEVEL", "STATE", "PHYSICAL", "ENTRY", "FLAGS"]
    assert [line.split() for line in lines] == [
        [
            *("0x0000000000000000", "4K", "pte", "mapped", "0x00011000", "0x0001102b"),
            "write,young,V,W,A,LEAF",
        ],
        ["0x0000000000001000", "4K", "pte", "hint", "0x00012000", "0x00012080", "HINT"],
        ["0x0000000000002000", "4K", "pte", "swap", "-", "0x00005502", "-"],
        ["0x0000000000403000", "4K", "pte", "genuine-none", "0x00013000", "0x00013080", "HINT"],
    ]
    assert len({line.index(line.split()[3]) for line in lines}) == 1


def test_each_leaf_is_an_object_in_ndjson(walk):
    """With the keys that scripts rely on; numbers of bits in hex, sizes as numbers."""
    answer = walk("--format", "ndjson")
    assert objects(answer)[:2] == [
        {
            "va": "0x0",
            "size": 4096,
            "level": "pte",
            "state": "mapped",
            "pa": "0x11000",
            "pfn": "0x11",
            "flags": ["write", "young", "V", "W", "A", "LEAF"],
            "raw": "0x0001102b",
        },
        {
            "va": "0x1000",
            "size": 4096,
            "level": "pte",
            "state": "hint",
            "pa": "0x12000",
            "pfn": "0x12",
            "flags": ["HINT"],
            "raw": "0x00012080",
        },
    ]
    assert objects(answer)[2]["pa"] is objects(answer)[2]["pfn"] is None


def test_json_is_one_document_with_the_same_leaves(walk):
    """It is written as the walk goes on, and valid all the same."""
    document = json.loads(walk("--format", "json").out)
    assert list(document) == ["schema_version", "target", "image", "root", "leaves", "problems"]
    assert (document["target"], document["root"], document["problems"]) == (TOY, hex(BASE), [])
    assert document["leaves"] == objects(walk("--format", "ndjson"))


def test_json_without_leaves_is_valid_too(walk):
    """An empty root is an empty list."""
    document = json.loads(walk("--format", "json", made=Draft()).out)
    assert document["leaves"] == []


def test_states_filter(walk):
    """Several may be named; the others are left out."""
    answer = walk("--format", "ndjson", "--state", "hint", "--state", "swap")
    assert [one["state"] for one in objects(answer)] == ["hint", "swap"]
    document = json.loads(walk("--format", "json", "--state", "migration").out)
    assert document["leaves"] == []


def test_a_range_filters(walk):
    """In the form of /proc/PID/maps."""
    answer = walk("--format", "ndjson", "--range", "1000-400001")
    assert [one["va"] for one in objects(answer)] == ["0x1000", "0x2000"]


def test_a_summary_adds_up(walk):
    """Leaves and bytes, by level and state, in every format."""
    assert [line.split() for line in walk("--summary").out.splitlines()] == [
        ["LEVEL", "STATE", "LEAVES", "BYTES"],
        ["pte", "mapped", "1", "4K"],
        ["pte", "hint", "1", "4K"],
        ["pte", "genuine-none", "1", "4K"],
        ["pte", "swap", "1", "4K"],
    ]
    rows = objects(walk("--summary", "--format", "ndjson"))
    assert rows[0] == {"level": "pte", "state": "mapped", "leaves": 1, "bytes": 4096}
    assert json.loads(walk("--summary", "--format", "json").out)["summary"] == rows


def test_without_vmas_the_entry_alone_decides(walk):
    """In the toy the hint bit makes a hint of a none, unless mprotect leaves it as it is."""
    hints = [one["state"] for one in objects(walk("--format", "ndjson", maps=""))]
    assert hints == ["mapped", "inaccessible", "swap", "inaccessible"] or "genuine-none" in hints


def test_broken_entries_are_told_and_the_rest_is_printed(walk):
    """Each on stderr with address, level and place; the command ends with 3."""
    made = draft()
    made.put(1, 2, HOOKS.pxd_populate(None, 0x9000))
    made.link(1, 3, 0)
    answer = walk("--format", "ndjson", made=made)
    assert answer.code == 3
    assert len(objects(answer)) == 4
    outside, loop = answer.err.splitlines()
    assert outside.startswith("archcore: 0x800000: pmd entry 0x9007 at 0x40001008: ")
    assert outside.endswith("at 0x9000, is not in the image")
    assert loop.startswith("archcore: 0xc00000: pmd entry ")
    problems = json.loads(walk("--format", "json", made=made).out)["problems"]
    assert problems[0] == {
        "va": "0x800000",
        "level": "pmd",
        "entry_address": "0x40001008",
        "raw": "0x9007",
        "problem": "the table it points to, at 0x9000, is not in the image",
    }


def test_a_bit_of_the_root_that_is_no_address_is_told(walk):
    """Registers hold more than the address; what was taken is said."""
    answer = walk(root=hex(BASE | 0x801))
    assert answer.code == 0
    assert answer.err == (
        "archcore: root 0x40000801: the table is at 0x40000000; the other bits are no address\n"
    )


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--root", "0x1000"], 3, "expected the root table at 0x1000"),
        (["--root", "5z"], 2, "'5z' is not a word"),
        (["--range", "5-4"], 2, "no range of addresses"),
        (["--state", "none"], 2, "'none' is not one of"),
        (["--vmas", "absent"], 3, "absent: No such file or directory"),
        (["--target", "toy-64bit-v1"], 2, "did you mean toy-32bit-v1"),
    ],
)
def test_what_cannot_be_walked_is_said(walk, options, code, message):
    """Usage ends with 2, unreadable input with 3."""
    answer = walk(*options)
    assert answer.code == code
    assert message in answer.err
    assert answer.out == ""


def test_a_bad_line_of_maps_is_named(walk, tmp_path):
    """File and line, and what was expected."""
    answer = walk(maps=MAPS + "what is this\n")
    assert answer.code == 3
    assert f"{tmp_path}/maps:3: expected a line of /proc/PID/maps" in answer.err


def test_an_image_that_is_none_is_refused(call, installed, tmp_path):
    """Absent, empty, and a folder that is no capture."""
    for name, message in (("absent", "No such file"), ("", "expected.json: No such file")):
        answer = call("walk", str(tmp_path / name), "--target", TOY, "--root", "0x0")
        assert answer.code == 3
        assert message in answer.err
    (tmp_path / "empty").touch()
    answer = call("walk", str(tmp_path / "empty"), "--target", TOY, "--root", "0x0")
    assert (answer.code, "an empty file" in answer.err) == (3, True)


def test_a_raw_image_needs_a_root(call, installed, tmp_path):
    """The message says what to name."""
    (tmp_path / "memory").write_bytes(bytes(PAGE))
    answer = call("walk", str(tmp_path / "memory"), "--target", TOY)
    assert answer.code == 2
    assert "name it with --root ADDRESS" in answer.err


def test_a_core_that_was_cut_off_ends_with_3(call, installed, tmp_path):
    """What is there is walked, what is missing is told."""
    head, size = 64, 56
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", 4, 62, 1, 0, head, 0, 0, head, size, 1, 0, 0, 0)
    length = len(draft().data)
    load = struct.pack("<IIQQQQQQ", 1, 0, head + size, 0, BASE, length + 100, length + 100, 0)
    (tmp_path / "core").write_bytes(header + load + bytes(draft().data))
    answer = call(
        *("walk", str(tmp_path / "core"), "--target", TOY, "--root", hex(BASE)),
        "--format",
        "ndjson",
    )
    assert answer.code == 3
    assert len(objects(answer)) == 4
    assert "ends 100 bytes early; the file is cut off" in answer.err


def test_a_capture_needs_neither_root_nor_vmas():
    """As a process of its own, on page tables of a running kernel."""
    pytest.importorskip("archcore_x86")
    answer = archcore(str(CAPTURES / "x86_64-4level-6.1"), "--summary", capture_output=True)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert ["pte", "hint", "371"] in [line.split()[:3] for line in answer.stdout.splitlines()]


def test_a_capture_of_another_shape_is_refused():
    """Its levels stand at other bits than the target's."""
    pytest.importorskip("archcore_x86")
    answer = archcore(str(CAPTURES / "ppc64le-hash-64k-6.1"), capture_output=True)
    assert answer.returncode == 2
    assert "name another target" in answer.stderr


def test_a_closed_pipe_ends_quietly():
    """Whoever read has seen enough."""
    pytest.importorskip("archcore_x86")
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        answer = archcore(str(CAPTURES / "x86_64-4level-6.1"), stdout=pipe, stderr=subprocess.PIPE)
    assert (answer.returncode, answer.stderr) == (0, "")


def archcore(folder, *options, **given):
    """Walk a capture in a process of its own."""
    line = [sys.executable, "-m", "archcore", "walk", folder, "--target", "x86-v6.1", *options]
    return subprocess.run(line, text=True, check=False, **given)
