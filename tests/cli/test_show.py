from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

TOY = "toy-32bit-v1"


def test_the_picture_and_the_tables_are_shown(call, installed):
    """Fields, arming, geometry, protections and sources, one after another."""
    answer = call("show", TOY)
    titles = ["Fields", "Arming a live entry (rw-p)", "Geometry", "Protections", "Sources"]

    assert answer.code == 0
    assert [line for line in answer.out.splitlines() if line in titles] == titles
    assert "| LEAF |" in answer.out


def test_the_document_says_what_arming_does_in_masks(call, installed):
    """Scripts get each kind of change as a word."""
    found = json.loads(call("show", TOY, "--format", "json").out)

    assert (found["schema_version"], found["target"], found["level"]) == (1, TOY, "pte")
    assert found["arming"]["armed"]["set"] == "0x00000080"
    assert found["arming"]["summary"] == "clears V; sets HINT"


def test_the_picture_is_a_file_of_its_own(call, installed):
    """As SVG on stdout, titled with the target and the level."""
    text = call("show", TOY, "--level", "swap", "--format", "svg").out
    root = ET.fromstring(text)  # noqa: S314 - made in this process

    assert root.find("{http://www.w3.org/2000/svg}title").text == f"{TOY} swap: toy swap entry"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "toy-32bit-v2"], "did you mean toy-32bit-v1?"),
        (["show", TOY, "--level", "pmf"], "did you mean pmd"),
        (["show", TOY, "--level", "xyz"], "known: pte, pmd, pgd, swap"),
    ],
)
def test_a_mistyped_name_gets_the_nearest(call, installed, arguments, said):
    """Targets and levels alike; it is a usage error."""
    answer = call(*arguments)

    assert answer.code == 2
    assert said in answer.err


def test_a_target_of_a_rejected_plugin_says_why(call, installed):
    """Asking for it by name fails with the reason, as a plugin error."""
    from archcore.registry import Rejection

    installed.rejected.append(Rejection("sour", "sour 1.0", "it broke", "mend the plugin"))
    answer = call("show", "sour-64bit-v1")

    assert answer.code == 4
    assert "it broke; mend the plugin" in answer.err


def test_the_same_question_has_the_same_answer(call, installed):
    """Two runs print the same bytes."""
    for form in ("text", "json", "svg"):
        assert call("show", TOY, "--format", form) == call("show", TOY, "--format", form)
