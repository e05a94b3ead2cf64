from __future__ import annotations

import json
import platform

from archcore.registry import Rejection


def test_a_sound_installation_is_described(call, installed):
    """Versions, plugins with their targets, optional parts, the terminal; the code is 0."""
    answer = call("doctor")

    assert answer.code == 0
    assert platform.python_version() in answer.out
    assert "toy-32bit-v1" in answer.out
    assert "not a terminal" in answer.out


def test_a_rejected_plugin_is_a_plugin_error(call, installed):
    """It is named with the reason and the remedy, and in words, not in colour alone."""
    installed.rejected.append(Rejection("sour", "sour 1.0", "it broke", "mend the plugin"))
    answer = call("doctor")

    assert answer.code == 4
    line = next(line for line in answer.out.splitlines() if line.startswith("sour"))
    assert "REJECTED" in line
    assert line.endswith("it broke; mend the plugin")


def test_the_document_has_everything(call, installed):
    """Rejected plugins with reason and remedy, the others without."""
    installed.rejected.append(Rejection("sour", "sour 1.0", "it broke", "mend the plugin"))
    answer = call("doctor", "--format", "json")
    found = json.loads(answer.out)
    reasons = {one["name"]: one["reason"] for one in found["plugins"]}

    assert answer.code == 4
    assert found["schema_version"] == 1
    assert reasons["sour"] == "it broke"
    assert found["versions"]["python"] == platform.python_version()
    assert {"z3-solver", "bitwuzla", "rich"} <= set(found["optional"])


def test_without_any_plugin_the_remedy_is_told(call, monkeypatch, installed):
    """The core alone is sound; what to add is said."""
    installed.targets.clear()
    installed.origins.clear()
    monkeypatch.setattr("archcore.report.installation.entry_points", lambda **_: [])
    answer = call("doctor")

    assert answer.code == 0
    assert "install an architecture" in answer.out
