from __future__ import annotations

import json

import toy
from attrs import evolve

from archcore.entry import layer
from archcore.hookspecs import hookimpl
from archcore.layout import Blank, EntryLayout
from archcore.registry import Rejection

SOUR = Rejection("sour", "archcore-sour 1.0", "it speaks version 2", "install matching versions")


def test_each_target_has_a_line(call, installed):
    """Its id, page size, levels, what arming does and where it comes from."""
    answer = call("targets")
    line = answer.out.splitlines()[1]

    assert answer.code == 0
    assert line.split()[:5] == ["toy-32bit-v1", "toy", "v1", "4K", "3"]
    assert "clears V; sets HINT" in line
    assert line.endswith("archcore-toy 0.1.0")


def test_the_document_lists_targets_and_rejected_plugins(call, installed):
    """Sizes and counts are numbers."""
    installed.rejected.append(SOUR)
    found = json.loads(call("targets", "--format", "json").out)

    assert found["schema_version"] == 1
    assert found["targets"][0]["id"] == "toy-32bit-v1"
    assert (found["targets"][0]["page_size"], found["targets"][0]["levels"]) == (4096, 3)
    assert found["targets"][0]["origin"] == "archcore-toy 0.1.0"
    assert found["rejected"] == [
        {
            "plugin": "sour",
            "origin": "archcore-sour 1.0",
            "reason": "it speaks version 2",
            "remedy": "install matching versions",
        }
    ]


def test_a_rejected_plugin_does_not_hide_the_others(call, installed):
    """It is named on stderr with a remedy; the list stands and the code is 0."""
    installed.rejected.append(SOUR)
    answer = call("targets")

    assert answer.code == 0
    assert "toy-32bit-v1" in answer.out
    assert "'sour' of archcore-sour 1.0 is not used: it speaks version 2; install" in answer.err


def test_a_target_that_lacks_bits_is_listed(call, installed):
    """An architecture that is being written has a line, which says what it needs next."""
    layout = EntryLayout("toy entry", (Blank("V"),), width=32)

    class Unwritten:
        @hookimpl
        def vm_get_page_prot(self):
            return layout["V"].value

    target = toy.module().TARGET
    installed.register(
        evolve(target, id="toy-new-v1", encoding=layer(target.encoding, Unwritten()))
    )
    answer = call("targets")

    assert answer.code == 0
    assert "unknown: toy entry: 'V' has no bit yet" in answer.out
    assert "clears V; sets HINT" in answer.out


def test_without_any_target_the_remedy_is_told(call, installed):
    """An empty list is no riddle."""
    installed.targets.clear()
    answer = call("targets")

    assert answer.code == 0
    assert answer.out == ""
    assert "install an architecture" in answer.err


def test_json_is_an_alias_of_the_format(call, installed):
    """Both print the same document."""
    assert call("targets", "--json").out == call("targets", "--format", "json").out
