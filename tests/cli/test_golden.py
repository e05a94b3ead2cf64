"""Words of real encodings, as users ask for them; each needs its architecture installed.

The words are the kernels' own bits for frame 0x12345 of 4K pages (0x1234 of 64K pages), written and
used, as arch/*/include/asm/pgtable*.h of the named versions give them.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

UNDECIDED = "hint or genuine none (needs the VMA)"
# target, level, word, state, frame, kernel predicates among the flags
GOLDEN = [
    ("x86-v6.1", "pte", "0x8000000012345067", "mapped", "0x12345", "write dirty young"),
    ("x86-v6.1", "pte", "0x000fffffedcba160", "inaccessible", "0x12345", "dirty young protnone"),
    ("x86-v6.1", "pte", "0x000fffffedcba162", "inaccessible", "0x12345", "write dirty young"),
    ("x86-v6.1", "pmd", "0x80000000400000e7", "mapped", "0x40000", "write dirty young"),
    ("x86-v6.1", "pmd", "0x000fffffbfe001e0", "inaccessible", "0x40000", "dirty young protnone"),
    ("x86-v6.1", "pte", "0x0ffffffffdb97400", "swap", None, ""),
    ("x86-v3.8", "pte", "0x8000000012345166", "hint", "0x12345", "write dirty young"),
    ("x86-v3.8", "pte", "0x0000000012345160", "inaccessible", "0x12345", "dirty young"),
    ("x86-v3.8", "pte", "0x0000000002468a02", "swap", None, ""),
    ("x86-2012-10", "pte", "0x0000000012345160", "inaccessible", "0x12345", "dirty young"),
    ("arm64-4k-v6.1", "pte", "0x00e8000012345f43", "mapped", "0x12345", "write dirty young"),
    ("arm64-4k-v6.1", "pte", "0x04e0000012345f82", "inaccessible", "0x12345", "dirty young"),
    ("arm64-4k-v6.1", "pte", "0x04e8000012345f02", "inaccessible", "0x12345", "write dirty young"),
    ("arm64-4k-v6.1", "pmd", "0x04e0000040000f80", "inaccessible", "0x40000", "dirty young"),
    ("arm64-4k-v6.1", "pte", "0x0000000001234508", "swap", None, ""),
    ("arm64-4k-v6.12", "pte", "0x00e0000012345f82", "inaccessible", "0x12345", "dirty young"),
    ("arm64-4k-v6.12", "pte", "0x0000000012345040", "swap", None, ""),
    ("powerpc-radix-64k-v6.1", "pte", "0xc000000012340186", "mapped", "0x1234", "write dirty"),
    ("powerpc-radix-64k-v6.1", "pte", "0xc000000012340188", "inaccessible", "0x1234", "dirty"),
    ("powerpc-radix-64k-v6.1", "pte", "0xc000000012340180", "inaccessible", "0x1234", "write"),
    ("powerpc-hash-64k-v3.14", "pte", "0x0000048d00000383", "mapped", "0x1234", "write dirty"),
    ("powerpc-hash-64k-v3.14", "pte", "0x0000048d00000392", "hint", "0x1234", "write dirty young"),
    ("powerpc-hash-64k-v3.14", "pte", "0x0000048d00000181", "genuine-none", "0x1234", "dirty"),
]


def needs(target):
    """Skip the test unless the architecture of a target is installed."""
    pytest.importorskip(f"archcore_{target.partition('-')[0]}")


def explained(call, *arguments):
    """Return what explain says as a document."""
    answer = call("explain", *arguments, "--format", "json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


@pytest.mark.parametrize(("target", "level", "word", "state", "pfn", "flags"), GOLDEN)
def test_a_word_is_what_the_kernel_takes_it_for(call, target, level, word, state, pfn, flags):
    """State, frame and the kernel's predicates."""
    needs(target)
    found = explained(call, target, word, "--level", level)

    assert (found["word"], found["state"], found["pfn"]) == (word, state, pfn)
    assert set(flags.split()) <= set(found["flags"])


@pytest.mark.parametrize(
    ("target", "level", "word"), [row[:3] for row in GOLDEN if row[3] in ("hint", "inaccessible")]
)
def test_a_hint_faults_on_every_access_and_the_vma_decides(call, target, level, word):
    """Hardware refuses; rights of the VMA make a hint of what was undecided."""
    needs(target)
    found = explained(call, target, word, "--level", level, "--vma", "rw-")

    assert found["hardware"] == dict.fromkeys(("read", "write", "execute"), "faults")
    assert found["state"] == "hint"


@pytest.mark.parametrize(
    ("target", "level", "word"), [row[:3] for row in GOLDEN if row[3] == "inaccessible"]
)
def test_a_vma_without_rights_makes_it_a_genuine_none(call, target, level, word):
    """The same word, the other answer."""
    needs(target)

    assert (
        explained(call, target, word, "--level", level, "--vma", "---")["state"] == "genuine-none"
    )


def test_the_words_of_the_readme_are_all_there(call):
    """One word of Linux 6.1: undecided, its frame uninverted, dirty, young; hardware faults."""
    needs("x86")
    answer = call("explain", "x86-v6.1", "0x000fffffedcba160")

    assert answer.code == 0
    assert f"state     {UNDECIDED}" in answer.out
    assert "frame     0x12345, physical address 0x12345000" in answer.out
    assert "flags     dirty, young" in answer.out
    assert "hardware  faults on read, write, execute" in answer.out
    assert "memory    60 a1 cb ed ff ff 0f 00" in answer.out


def test_a_big_endian_word_lies_the_other_way_round(call):
    """On powerpc the highest byte comes first, whatever the kernel's own byte order."""
    needs("powerpc")

    found = explained(call, "powerpc-radix-64k-v6.1", "0xc000000012340188")
    assert found["bytes"] == "c0 00 00 00 12 34 01 88"


def test_every_target_can_be_shown_at_each_of_its_levels(call):
    """Text, document and picture, for all that is installed."""
    targets = json.loads(call("targets", "--json").out)["targets"]
    if not targets:
        pytest.skip("no architecture is installed")
    for target in targets:
        geometry = json.loads(call("show", target["id"], "--json").out)["geometry"]
        for level in (*(level["name"] for level in geometry["levels"]), "swap"):
            for form in ("text", "json", "svg"):
                answer = call("show", target["id"], "--level", level, "--format", form)
                assert (answer.code, answer.err) == (0, "")


@pytest.mark.parametrize("command", ["show x86-v6.1", "explain x86-v6.1 1 2 3"])
def test_the_reader_of_a_pipe_may_leave_early(command):
    """``head`` takes a line; archcore ends without a word."""
    needs("x86")
    line = f"{sys.executable} -m archcore {command} | head -n 1"
    done = subprocess.run(  # noqa: S602 - a pipe is the shell's
        line, shell=True, capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
