"""``archcore check`` as users call it, over the toy architecture."""

from __future__ import annotations

import json
from xml.etree.ElementTree import fromstring

import pytest
import toy
from attrs import evolve

from archcore.encoding import NumaBit

pytest.importorskip("z3")
TOY = "toy-32bit-v1"
KNOWN = """
[[claim]]
law = "swap-is-not-special"
targets = ["toy-*"]
kind = "unsupported"
reason = "SPECIAL is a bit of the offset."
"""


@pytest.fixture
def broken(installed):
    """Register a toy whose hint forgets to clear the valid bit."""
    entry = toy.module().ENTRY
    hint = NumaBit(numa_bit=entry["HINT"], present=entry["SPECIAL"], accessed=entry["A"])
    from archcore.entry import AtLevel

    installed.register(
        evolve(toy.module().TARGET, id="toy-broken-v1", encoding=AtLevel("pte", hint))
    )


def test_laws_that_hold_end_with_0(call, installed):
    """And say how many were proved."""
    answer = call("check", TOY, "--law", "hint-is-shut", "--law", "hint-keeps-frame")
    assert answer.code == 0
    assert "toy-32bit-v1  2     2" in answer.out
    assert answer.out.endswith("suite 1.0: 2 proved, 0 failed\n")


def test_a_law_that_fails_ends_with_1_and_one_word(call, broken):
    """The word, the calls, and a line that makes them again."""
    answer = call("check", "toy-broken-v1", "--law", "hint-is-shut")
    assert answer.code == 1
    said = answer.out
    assert "hint-is-shut[toy-broken-v1-pte] is refuted: The hardware refuses every access" in said
    assert "made = 0x00000021" in said
    assert "pte_mknuma(rw-p, 0x00000021) = 0x000000a1  mapped" in said
    assert "try it: python -c" in said


def test_the_document_has_the_shape_that_scripts_read(call, broken):
    """Each result with law, target, level, status, method and counterexample; and a summary."""
    answer = call("check", "toy-broken-v1", "--law", "hint-is-shut", "--format", "json")
    said = json.loads(answer.out)
    (result,) = said["results"]
    wanted = {"law": "hint-is-shut", "target": "toy-broken-v1", "level": "pte", "method": "z3"}
    assert wanted.items() <= result.items()
    assert result["status"] == "refuted"
    assert result["counterexample"]["word"] == "0x21"
    assert result["counterexample"]["case"] == {"vma": "rw-p"}
    assert (said["summary"]["refuted"], said["summary"]["failed"]) == (1, 1)
    assert said["schema_version"] == 1


def test_only_what_fails_is_listed_when_asked(call, broken):
    """The summary counts all the same."""
    asked = ("--law", "hint-is-shut", "--law", "hint-keeps-frame", "--only", "failing")
    said = json.loads(call("check", *asked, "--format", "json").out)
    assert [(one["law"], one["target"]) for one in said["results"]] == [
        ("hint-is-shut", "toy-broken-v1")
    ]
    assert said["summary"]["proved"] == 3
    assert "toy-32bit-v1" not in call("check", *asked).out


def test_a_server_reads_failures_as_tests(call, broken):
    """One suite a target, one case a law and level."""
    answer = call("check", "--law", "hint-is-shut", "--format", "junit")
    suites = {one.get("name"): one for one in fromstring(answer.out)}  # noqa: S314 - our own
    assert suites["toy-32bit-v1"].get("failures") == "0"
    (case,) = suites["toy-broken-v1"].iter("testcase")
    assert case.get("name") == "hint-is-shut[toy-broken-v1-pte]"
    assert "0x000000a1" in case.find("failure").text


def test_claims_excuse_what_is_known(call, installed, tmp_path):
    """With their reason; without them the same law fails."""
    path = tmp_path / "claims.toml"
    path.write_text(KNOWN, encoding="utf-8")
    asked = ("check", TOY, "--law", "swap-is-not-special")
    excused = call(*asked, "--claims", str(path))
    assert excused.code == 0
    assert "swap-is-not-special (unsupported): toy-32bit-v1 pte" in excused.out
    assert "SPECIAL is a bit of the offset." in excused.out
    assert call(*asked).code == 1
    assert call(*asked, "--claims", str(path), "--no-claims").code == 1


def test_a_claim_about_what_holds_ends_with_1(call, installed, tmp_path):
    """It is time to take it out."""
    path = tmp_path / "claims.toml"
    path.write_text(KNOWN.replace("swap-is-not-special", "hint-is-shut"), encoding="utf-8")
    answer = call("check", TOY, "--law", "hint-is-shut", "--claims", str(path))
    assert answer.code == 1
    assert "claims hint-is-shut at pte to fail (unsupported), and it holds" in answer.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (KNOWN.replace("swap-is-not-special", "swap-is-not-speciale"), "did you mean swap-is-not-"),
        (KNOWN.replace("toy-*", "boy-*"), "no target is called 'boy-*'"),
        ("[[claim]]\n", "claim 1: expected 'law', which every claim has"),
    ],
)
def test_claims_that_name_nothing_end_with_3(call, installed, tmp_path, text, said):
    """File and claim are named."""
    path = tmp_path / "claims.toml"
    path.write_text(text, encoding="utf-8")
    answer = call("check", TOY, "--claims", str(path))
    assert answer.code == 3
    assert said in answer.err


def test_an_absent_claims_file_ends_with_3(call, installed):
    """Before anything is proved."""
    answer = call("check", TOY, "--claims", "nowhere.toml")
    assert (answer.code, "expected a claims file, found none" in answer.err) == (3, True)


def test_time_that_runs_out_ends_with_5(call, installed, monkeypatch):
    """Undecided is not refuted, and not held."""
    from archcore.conformance import judge
    from archcore.conformance.solve import Answer, Truth

    monkeypatch.setattr(judge, "ask_of", lambda *_: Answer(Truth.UNKNOWN))
    answer = call("check", TOY, "--law", "hint-is-shut", "--jobs", "1")
    assert answer.code == 5
    assert "z3 was not done after 10 seconds" in answer.out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("nope",), "no target is called 'nope'"),
        ((TOY, "--law", "nope"), "no law is called 'nope'"),
        ((TOY, "--level", "p4d"), "no level is called 'p4d'"),
        ((TOY, "--suite", "7"), "no suite has version '7'"),
        ((TOY, "--law", "huge-is-leaf"), "none of these laws is asked of these targets"),
    ],
)
def test_what_cannot_be_asked_ends_with_2(call, installed, asked, said):
    """And names what there is."""
    answer = call("check", *asked)
    assert (answer.code, said in answer.err) == (2, True)


def test_the_laws_are_listed_with_their_sentences(call, installed):
    """As text and as JSON, without checking anything."""
    listed = call("check", "--list")
    assert "A hint names the frame that the entry named." in listed.out
    said = json.loads(call("check", "--list", "--law", "hint-is-shut", "--format", "json").out)
    assert [one["law"] for one in said["laws"]] == ["hint-is-shut"]


def test_a_second_opinion_is_asked_and_named(call, installed):
    """Bitwuzla reads the same text."""
    pytest.importorskip("bitwuzla")
    asked = ("check", TOY, "--law", "hint-is-shut", "--second-opinion", "--format", "json")
    (result,) = json.loads(call(*asked).out)["results"]
    assert (result["status"], result["method"]) == ("proved", "z3, bitwuzla")
