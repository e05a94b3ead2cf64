"""``archcore compare`` and ``archcore run`` as users call them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys

import pytest

pytest.importorskip("archcore_x86")

LINES = "".join(f" S {0x100000 + 0x1000 * (n % 8):08x},8\n" for n in range(4000))


def archcore(*arguments, **given):
    """Run the command in a process of its own."""
    call = [sys.executable, "-m", "archcore", *arguments]
    return subprocess.run(call, capture_output=True, text=True, check=False, timeout=120, **given)


@pytest.fixture
def trace(tmp_path):
    """Return a small trace of eight pages."""
    path = tmp_path / "small.lackey"
    path.write_text(LINES)
    return path


def test_compare_answers_for_the_targets_that_are_named(trace):
    """A row a target, in text, with the counters of the replay."""
    done = archcore("compare", "x86-v6.1", "x86-v3.8", "--trace", str(trace))

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("x86-v6.1") >= 3
    assert "clears PRESENT; sets PROTNONE" in done.stdout


def test_compare_as_json_has_properties_and_replay(trace):
    """Scripts get ids, properties and replays under a schema version."""
    done = archcore("compare", "x86-v6.1", "--trace", str(trace), "--format", "json")
    document = json.loads(done.stdout)

    assert document["schema_version"] == 1
    assert [target["id"] for target in document["targets"]] == ["x86-v6.1"]
    assert document["targets"][0]["replay"]["references"] == 4000


def test_walks_have_the_name_of_the_architecture(trace):
    """Hardware walks at each miss on radix; on hash a page fault takes one hash fault."""
    pytest.importorskip("archcore_powerpc")
    targets = ("powerpc-radix-4k-v6.1", "powerpc-hash-4k-v6.1")
    done = archcore("compare", *targets, "--trace", str(trace), "--format", "json")
    radix, hashed = (target["replay"] for target in json.loads(done.stdout)["targets"])
    run = archcore("run", str(trace), "--target", targets[1]).stdout

    assert (radix["walks"], hashed["walks"]) == ("table walks", "hash faults")
    assert radix["tlb"]["walks"] == radix["tlb"]["misses"]
    assert hashed["tlb"]["walks"] == hashed["counters"]["pgfault"] < hashed["tlb"]["misses"]
    assert f"{hashed['tlb']['walks']} hash faults" in run


def test_the_same_input_gives_the_same_output(trace):
    """Nothing depends on time, order of dictionaries or addresses."""
    call = ("compare", "x86-v6.1", "--trace", str(trace), "--json")
    outputs = {archcore(*call).stdout for _ in range(2)}

    assert len(outputs) == 1


def test_run_reads_a_trace_from_standard_input():
    """``-`` is standard input, as pipes want it."""
    done = archcore("run", "-", "--target", "x86-v6.1", input=LINES)

    assert done.returncode == 0, done.stderr
    assert "numa_pages_migrated 8" in done.stdout


def test_a_bad_line_is_named_with_file_and_line(tmp_path):
    """The message says where, and what was expected; the exit code is 3."""
    path = tmp_path / "bad.lackey"
    path.write_text(" S 00100000,8\n Q 00100000,8\n")

    done = archcore("run", str(path), "--target", "x86-v6.1")

    assert done.returncode == 3
    assert f"{path}:2: expected" in done.stderr
    assert done.stdout == ""


def test_bad_lines_can_be_tolerated_and_are_told(tmp_path):
    """``--skip-bad`` goes on and says how many lines it passed over."""
    path = tmp_path / "bad.lackey"
    path.write_text(" S 00100000,8\n Q 00100000,8\n S 00100000,8\n")

    done = archcore("run", str(path), "--target", "x86-v6.1", "--skip-bad", "1")

    assert done.returncode == 0
    assert "skipped 1 bad lines (line 2" in done.stderr


def test_a_truncated_gzip_is_used_as_far_as_it_goes_and_reported(tmp_path):
    """What was read before the end is replayed, the loss is said, the exit code is 3."""
    path = tmp_path / "cut.lackey.gz"
    path.write_bytes(gzip.compress(LINES.encode())[:-40])

    done = archcore("run", str(path), "--target", "x86-v6.1", "--format", "json")

    assert done.returncode == 3
    assert json.loads(done.stdout)["references"] > 0
    assert "references before that were used" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("compare", "x86-v6.2"), 2, "did you mean"),
        (("run", "packaged", "--target", "x86-v6.1", "--engine", "v9"), 2, "engine profile"),
        (("run", "packaged", "--target", "x86-v6.1", "--schedule", "7:100%"), 2, "beyond the 2"),
        (("run", "packaged", "--target", "x86-v6.1", "--scan-size", "big"), 2, "256K"),
        (("run", "/no/such/file", "--target", "x86-v6.1"), 3, "/no/such/file"),
    ],
)
def test_wrong_calls_end_with_a_reason_and_their_code(arguments, code, said):
    """Usage errors are 2, unreadable inputs 3; each says what was wrong."""
    done = archcore(*arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_run_maps_huge_pages_and_leaves_pages_where_they_are(trace):
    """--thp, --policy and a newer --engine, with what was wasted and who paid."""
    options = ("--target", "x86-v6.1", "--engine", "v7.0", "--thp", "--policy", "stay")
    done = archcore("run", str(trace), *options, "--format", "json")

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["engine"] == "v7.0"
    assert found["counters"]["numa_pages_migrated"] == 0
    assert set(found["discarded"]) == {"huge_pages", "pages", "bytes_copied", "bytes_cleared"}
    assert (found["spurious_faults"], found["raced_faults"]) == (0, 0)


def test_an_unknown_policy_is_a_usage_error(trace):
    """The message has the near names; nothing is replayed."""
    done = archcore("run", str(trace), "--target", "x86-v6.1", "--policy", "sty")

    assert done.returncode == 2
    assert "stay" in done.stderr
    assert done.stdout == ""
