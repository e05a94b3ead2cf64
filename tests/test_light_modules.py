from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "z3", "bitwuzla", "rich", "jinja2", "hypothesis")
LIGHT = (
    "archcore",
    "archcore.binding",
    "archcore.encoding",
    "archcore.entry",
    "archcore.hookspecs",
    "archcore.layout",
    "archcore.registry",
    "archcore.target",
    "archcore.words",
    "archcore.words.record",
    "archcore.words.strict",
)


@pytest.mark.parametrize("module", LIGHT)
def test_what_every_command_needs_loads_nothing_heavy(module):
    """Describing and binding an architecture loads no library that only computing needs."""
    script = f"import sys, {module}; print(*(sys.modules.keys() & set({HEAVY!r})))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert loaded.split() == []


def test_a_whole_helper_runs_on_ints_without_numpy():
    """Computing on plain integers never asks for another number system."""
    script = (
        "import sys; from archcore.words import *; m = Mask(0xF0); "
        "print(where(has_any(put(5, m), m), with_bits(5, m, 3), m)); "
        "print(*(sys.modules.keys() & {'numpy', 'z3'}))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert shown.split() == ["53"]
