"""``archcore vectors`` as users call it, over the toy architecture."""

from __future__ import annotations

import gzip
import json

import pytest

TOY = "toy-32bit-v1"
META = {
    "meta": {
        "variant": "toy-32",
        "page_size": 4096,
        "signatures": {"pte_young": "b:p", "pte_mkdirty": "p:p", "pte_tagged": "b:p"},
    }
}
YOUNG = {"helper": "pte_young", "args": ["0x8"], "result": "0x1"}
DIRTY = {"helper": "pte_mkdirty", "args": ["0x5021"], "result": "0x5031"}
WRONG = {"helper": "pte_mkdirty", "args": ["0x5021"], "result": "0x5021"}
ABSENT = {"helper": "pte_tagged", "args": ["0x1"], "result": "0x0"}
TRAP = {"helper": "mk_pmd", "args": ["0x1", "0x1"], "result": "trap"}
CONSTANT = {"helper": "const", "args": ["PAGE_SHIFT"], "result": "0xc"}


def lines(*records, meta=META):
    """Return a vector file."""
    return "".join(json.dumps(one) + "\n" for one in (meta, *records)).encode()


@pytest.fixture
def check(call, installed, tmp_path):
    """Check the toy against records in a file."""

    def run(*records, options=(), meta=META):
        path = tmp_path / "toy.jsonl"
        path.write_bytes(lines(*records, meta=meta))
        return call("vectors", str(path), "--target", TOY, *options)

    return run


def test_agreement_ends_with_0(check):
    """And says how much was compared."""
    answer = check(YOUNG, DIRTY, CONSTANT)

    assert (answer.code, answer.err) == (0, "")
    assert "passed        2\n" in answer.out
    assert "failed        0\n" in answer.out
    assert "constants     1, never counted" in answer.out


def test_a_difference_ends_with_1_and_is_decoded(check):
    """Both words, what they mean, and where they differ."""
    answer = check(YOUNG, WRONG)

    assert answer.code == 1
    assert "pte_mkdirty  1       0" in answer.out
    assert "pte_mkdirty, line 3" in answer.out
    assert "expected    0x5021  mapped  frame 0x5  V, LEAF" in answer.out
    assert "got         0x5031  mapped  frame 0x5  dirty, V, D, LEAF" in answer.out
    assert "differs in  D" in answer.out


def test_the_document_has_the_promised_keys_in_front(check):
    """Words are hex strings, counts are numbers."""
    answer = check(YOUNG, WRONG, ABSENT, TRAP, CONSTANT, options=("--format", "json"))
    found = json.loads(answer.out)
    promised = ["schema_version", "target", "passed", "failed", "not_modelled", "failures"]

    assert list(found)[: len(promised)] == promised
    assert (found["target"], found["passed"], found["failed"]) == (TOY, 1, 1)
    assert found["not_modelled"] == {"pte_tagged": 1}
    assert found["traps"] == {"mk_pmd": 1}
    assert found["constants"] == 1


def test_a_failure_in_the_document_can_be_reproduced(check):
    """Helper, arguments, both results, their meaning, and the line."""
    (failure,) = json.loads(check(YOUNG, WRONG, options=("--json",)).out)["failures"]
    (argument,) = failure["decoded"]["args"]

    assert (failure["helper"], failure["args"]) == ("pte_mkdirty", ["0x5021"])
    assert (failure["expected"], failure["got"]) == ("0x5021", "0x5031")
    assert (argument["state"], argument["pfn"]) == ("mapped", "0x5")
    assert "D" in failure["decoded"]["got"]["flags"]
    assert (failure["differs"], failure["line"]) == (["D"], 3)


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 1)])
def test_a_missing_helper_is_listed_and_fails_only_if_asked(check, options, code):
    """``--strict`` is for those who want everything modelled."""
    answer = check(YOUNG, ABSENT, options=options)

    assert answer.code == code
    assert "not modelled  1 of 1 helper" in answer.out
    assert "pte_tagged    1        no such helper" in answer.out


def test_strict_passes_when_nothing_is_missing(check):
    """A trap is no helper to be missed."""
    assert check(YOUNG, TRAP, options=("--strict",)).code == 0


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_only_so_many_failures_are_shown(check, limit):
    """All are counted."""
    options = ("--limit", str(limit), "--json")
    found = json.loads(check(WRONG, WRONG, WRONG, options=options).out)

    assert (found["failed"], len(found["failures"])) == (3, limit)


def test_one_helper_can_be_asked_for(check):
    """What differs elsewhere is then no matter."""
    assert check(YOUNG, WRONG, options=("--helper", "pte_young")).code == 0


def test_a_helper_the_file_lacks_is_a_usage_error(check):
    """With the nearest one there is."""
    answer = check(YOUNG, options=("--helper", "pte_yuong"))

    assert answer.code == 2
    assert "did you mean pte_young" in answer.err


def test_nothing_compared_is_no_agreement(check):
    """A file of constants and strange helpers leaves the question open."""
    answer = check(ABSENT, CONSTANT)

    assert answer.code == 5
    assert "nothing was compared" in answer.err


def test_a_bad_line_ends_with_3_and_its_place(check, tmp_path):
    """Nothing is said of the rest of the file."""
    answer = check(YOUNG, {"helper": "pte_young", "args": ["8"], "result": "0x1"})

    assert (answer.code, answer.out) == (3, "")
    assert f"{tmp_path / 'toy.jsonl'}:3: expected an object such as" in answer.err


def test_a_missing_file_ends_with_3(call, installed):
    """With the system's reason."""
    answer = call("vectors", "absent.jsonl", "--target", TOY)

    assert answer.code == 3
    assert "absent.jsonl: expected a readable file" in answer.err


def test_an_unknown_target_is_a_usage_error(call, installed):
    """With the nearest one there is."""
    answer = call("vectors", "-", "--target", "toy-32bit-v2")

    assert answer.code == 2
    assert TOY in answer.err


def test_gzip_comes_through_a_pipe(call, installed):
    """``-`` is standard input."""
    stdin = gzip.compress(lines(YOUNG, DIRTY))
    answer = call("vectors", "-", "--target", TOY, stdin=stdin)

    assert answer.code == 0
    assert "passed        2" in answer.out


@pytest.mark.parametrize(("record", "code"), [(YOUNG, 3), (WRONG, 1)])
def test_a_cut_off_file_is_reported_after_what_it_held(call, installed, record, code):
    """A difference that was found weighs more than what was not seen."""
    stdin = gzip.compress(lines(*[record] * 4000))[:-12]
    answer = call("vectors", "-", "--target", TOY, "--limit", "0", stdin=stdin)

    assert answer.code == code
    assert "gzip stream ends early" in answer.err
    assert "<stdin>, toy-32" in answer.out


def test_a_file_of_another_kernel_is_warned_of(check):
    """On stderr, so that scripts read results alone."""
    meta = {"meta": META["meta"] | {"page_size": 65536, "variant": "other-6.1"}}
    answer = check(YOUNG, meta=meta)

    assert answer.code == 0
    assert "page_size is 65536 in the file and 4096 in the target" in answer.err
    assert "variant other-6.1" in answer.err


def test_the_same_file_gives_the_same_output(check):
    """Byte for byte."""
    records = (YOUNG, WRONG, ABSENT, TRAP, CONSTANT)

    assert check(*records, options=("--json",)).out == check(*records, options=("--json",)).out
