from __future__ import annotations

import json

import pytest

TOY = "toy-32bit-v1"
FEW = ("permission-relative", "bit-7", "bit-0", "bit-8", "bit-9", "bit-10")


@pytest.fixture
def few(installed, monkeypatch):
    """Search a handful of the toy's encodings, so that each call is quick."""
    from archcore.conformance.proposals import search

    every = search.catalogue
    monkeypatch.setattr(search, "catalogue", lambda forge: {one: every(forge)[one] for one in FEW})
    return installed


def searched(call, *options):
    """Search the toy in this process."""
    return call("propose", TOY, "--jobs", "1", *options)


def test_what_is_legal_stands_first_and_what_is_not_by_its_law(call, few):
    """Bits that die of the same law share a line; the command ends well, for one is legal."""
    answer = searched(call)
    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[0] == "toy-32bit-v1 at pte: 1 of 6 encodings are legal"
    legal = lines[lines.index("Legal, the cheapest first") + 2]
    assert legal.startswith("bit-7 (HINT), as shipped  clears V; sets HINT")
    dead = [one.split("  ") for one in lines[lines.index("Dead, by the law that says most") + 2 :]]
    assert [one[0] for one in dead] == [
        *("hint-is-shut", "hint-keeps-special", "hint-keeps-write", "swap-is-no-hint"),
    ]
    assert "  9..10 unnamed  " in lines[-1]


def test_what_would_live_is_told_with_its_condition(call, few):
    """Swap entries would have to spare the bit."""
    lines = searched(call).out.splitlines()
    told = lines[lines.index("Dead, but would live") + 2]
    assert told.split("  ")[0] == "9..10 unnamed"
    assert told.endswith("swap entries gave it up (23 of 24 offset bits left)")


def test_scripts_get_every_candidate_with_costs_and_laws(call, few):
    """Legal ones first, words as hex strings."""
    found = json.loads(searched(call, "--format", "json").out)
    assert (found["schema_version"], found["target"], found["levels"]) == (1, TOY, ["pte"])
    assert found["summary"] == {"candidates": 6, "legal": 1, "dead": 5, "undecided": 0}
    first, *rest = found["candidates"]
    assert (first["name"], first["bit"], first["shipped"]) == ("bit-7", 7, True)
    assert first["arming"] == {"pte": "clears V; sets HINT"}
    assert (first["costs"]["keeps_write"], first["costs"]["needs_vma"]) == (True, True)
    eight = next(one for one in rest if one["bit"] == 8)
    assert (eight["standing"], eight["fields"]) == (
        "dead",
        {"pte": ["SPECIAL"], "swap": ["OFFSET"]},
    )
    assert eight["killer"]["law"] == "hint-keeps-special"
    assert eight["kills"] == len(eight["levels"]["pte"]["breaks"]) > 1
    assert all(word.startswith("0x") for word in eight["killer"]["words"].values())
    nine = next(one for one in rest if one["bit"] == 9)
    assert nine["would_live"]["costs"]["swap_bits"] == 1


def test_markdown_has_a_table_a_section(call, few):
    """Headings, and every row with as many cells as its head."""
    text = searched(call, "--format", "markdown").out
    rows = [one for one in text.splitlines() if one.startswith("|")]
    assert text.count("## ") == 3
    assert {one.count("|") for one in rows if "---" in one} == {4, 7, 12}
    assert "| bit-7 (HINT), as shipped | clears V; sets HINT |" in text


def test_a_dead_candidate_is_retold(call, few):
    """With the names of its bit, every law it breaks, and the calls that show the first."""
    answer = call("propose", TOY, "--explain", "8")
    assert answer.code == 1
    assert answer.out.startswith("toy-32bit-v1: bit-8 (SPECIAL) is dead\n")
    assert "bit 8 in swap      OFFSET" in answer.out
    assert "hint-keeps-special at pte: A special mapping stays special" in answer.out
    assert "pte_mkspecial(0x00000021) = 0x00000121" in answer.out


def test_a_legal_candidate_is_explained_with_its_costs(call, few):
    """It ends well."""
    answer = call("propose", TOY, "--explain", "bit-7")
    assert answer.code == 0
    assert "is legal, as the target ships it" in answer.out
    assert "write permission    kept" in answer.out


def test_an_explanation_is_a_document_too(call, few):
    """Each broken law with words, case and steps."""
    found = json.loads(call("propose", TOY, "--explain", "8", "--format", "json").out)
    assert (found["name"], found["standing"]) == ("bit-8", "dead")
    told = found["refuted"][0]
    assert (told["law"], told["level"]) == ("hint-keeps-special", "pte")
    assert told["counterexample"]["steps"][0]["call"] == "made"
    assert call("propose", TOY, "--explain", "8", "--format", "markdown").out.startswith("```text")


def test_it_ends_with_one_where_nothing_is_legal(call, installed, monkeypatch):
    """A target whose every bit is taken would get that answer."""
    from archcore.conformance.proposals import search

    every = search.catalogue
    monkeypatch.setattr(search, "catalogue", lambda forge: {"bit-0": every(forge)["bit-0"]})
    answer = searched(call)
    assert answer.code == 1
    assert "0 of 1 encodings are legal" in answer.out


def test_it_ends_with_five_where_a_candidate_is_not_decided(call, few, monkeypatch):
    """No solver was done in time with one law, so that the answer may be another."""
    from archcore.conformance import judge
    from archcore.conformance.verdict import Result, Status

    hold = judge.Court.hold

    def late(court, law):
        found = hold(court, law)
        if law.name != "hint-keeps-frame":
            return found
        return Result(found.law, found.target, found.level, Status.UNDECIDED, "z3")

    monkeypatch.setattr(judge.Court, "hold", late)
    answer = searched(call)
    assert answer.code == 5
    assert answer.out.splitlines()[0].endswith("0 of 6 encodings are legal, 1 undecided")
    assert "bit-7 (HINT)  hint-keeps-frame" in answer.out
    assert call("propose", TOY, "--explain", "7").code == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["propose", "toy-32bit-v2"], "did you mean toy-32bit-v1?"),
        (["propose", TOY, "--level", "pmd"], "levels that do: pte"),
        (["propose", TOY, "--explain", "bit-99"], "no candidate is called 'bit-99'"),
        (["propose", TOY, "--timeout", "0"], "0.001"),
        (["propose"], "TARGET"),
    ],
)
def test_what_cannot_be_searched_is_wrong_usage(call, few, arguments, said):
    """The message says what there is."""
    answer = call(*arguments)
    assert answer.code == 2
    assert said in answer.err


def test_the_help_shows_what_to_type(call):
    """With the exit codes."""
    text = call("propose", "--help").out
    assert "archcore propose TARGET --explain 9" in text
    assert "5 if one was not" in " ".join(text.split())
