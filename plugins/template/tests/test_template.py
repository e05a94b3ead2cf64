"""What the template makes: nothing by accident before it is filled in, every law after."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import variants
from attrs import frozen

from archcore.conformance.law import Law
from archcore.conformance.laws import kinship
from archcore.conformance.suite import hold
from archcore.conformance.verdict import Status
from archcore.registry import Registry

ROOT = Path(__file__).parents[3]
HELD = (Status.PROVED, Status.SAMPLED)
BLANK = re.compile(r'Blank\("(\w+)", ("[^"]*")\)')
KINDS = {
    "as it comes": {},
    "32 bits": {"width": 32},
    "a hint of its own": {"hint": "own", "levels": 3},
    "huge pages in their own format": {"huge": "own", "hint": "own", "levels": 5},
    "no huge pages": {"huge": "none", "levels": 2},
    "a software TLB": {"refill": "software", "byteorder": "big", "page_shift": 13},
    "a proposal": {"proposal": True, "era": "next", "geometry": "sv39-4k"},
}
each_kind = pytest.mark.parametrize("answers", KINDS.values(), ids=KINDS)


@frozen
class Places:
    """Where a filled-in distribution has its fields: made up, but for what must not collide."""

    width: int
    page_shift: int
    pa_bits: int

    def field(self, name, note):
        """Return the text of the field in the place of a blank."""
        top = min(self.width, self.pa_bits) - 1
        runs = {
            "PFN": (self.page_shift, top),
            "FRAME": (self.page_shift, top),
            "TYPE": (1, 5),
            "OFFSET": (9, self.width - 1),
        }
        if name in runs:
            return f'Bits("{name}", {runs[name][0]}, {runs[name][1]}, {note})'
        kernels = (
            "PRESENT",
            "WRITE",
            "EXEC",
            "ACCESSED",
            "DIRTY",
            "HUGE",
            "NONE",
            "HINT",
            "SPECIAL",
        )
        manuals = ("V", "W", "X", "A", "D", "LEAF")
        places = dict(zip(kernels, range(9), strict=True)) | dict(
            zip(manuals, range(6), strict=True)
        )
        return f'Bit("{name}", {places[name]}, {note})'


def fill(directory):
    """Give every blank of a distribution a place, and name its sources."""
    (package,) = (directory / "src").iterdir()
    layout = (package / "layout.py").read_text(encoding="utf-8")
    width = int(re.search(r"^WIDTH = (\d+)", layout, re.MULTILINE)[1])
    page_shift, pa_bits = re.search(
        r"^PAGE_SHIFT, PA_BITS = (\d+), (\d+)", layout, re.MULTILINE
    ).groups()
    places = Places(width, int(page_shift), int(pa_bits))
    for path in (package / "layout.py", package / "hardware.py"):
        text = path.read_text(encoding="utf-8")
        text = BLANK.sub(lambda found: places.field(found[1], found[2]), text)
        text = text.replace("import Bits, Blank", "import Bit, Bits")
        text = text.replace("import Blank", "import Bit, Bits")
        text = re.sub(r'^(SOURCE|MANUAL) = "".*$', r'\1 = "made up"', text, flags=re.MULTILINE)
        path.write_text(text, encoding="utf-8")
    return directory


def held(directory):
    """Return how the target of a distribution stands with every law."""
    (package,) = (directory / "src").iterdir()
    with variants.loaded(directory / "src", package.name) as module:
        Registry().register(sys.modules[package.name])
        return list(hold(module.TARGET))


@each_kind
def test_before_it_is_filled_in_every_law_says_which_bit_is_missing(made, answers):
    """It registers; each failure names a field, what it is for and the file; no hint law holds.

    What holds is that a word is the same as itself, and that no helper was forgotten.
    """
    results = held(made(**answers))
    lack = r"LayoutError: demo .*: '\w+' has no bit yet \(.+\)"
    said = rf"{lack}; give it one in src/archcore_demo/\w+\.py"

    about_helpers = {law.name for law in vars(kinship).values() if isinstance(law, Law)}
    for one in results:
        if one.law not in {"same-is-reflexive", *about_helpers}:
            assert one.status is Status.REFUTED
            assert re.fullmatch(said, one.reason)
    assert not [one for one in results if one.status in HELD and "hint" in one.law]


@each_kind
def test_filled_in_every_law_holds(made, answers):
    """The helpers of the template keep every promise, whatever was asked for."""
    results = held(fill(made(**answers)))

    assert {one.status for one in results} == set(HELD)
    assert {"hint-is-hint", "swap-is-no-hint", "frames-agree"} <= {one.law for one in results}


def test_beside_others_it_stops_nobody(made, call, monkeypatch):
    """Who compares all targets gets the filled-in one, and one line on the other."""
    (package,) = (fill(made("full")) / "src").iterdir()
    known = Registry()
    with (
        variants.loaded(package.parent, package.name) as full,
        variants.loaded(made() / "src", "archcore_demo") as demo,
    ):
        known.register(full.TARGET)
        known.register(demo.TARGET)
        monkeypatch.setattr("archcore.registry._installed", [known])
        answer, named = call("compare"), call("compare", "demo-64bit-v6.1")

    assert answer.code == 0
    assert "full-64bit-v6.1" in answer.out
    (line,) = answer.err.splitlines()
    assert line.startswith("archcore: target demo-64bit-v6.1 is left out: demo entry: 'PRESENT'")
    assert (named.code, named.out) == (4, "")


def test_a_field_that_is_still_blank_breaks_the_laws_that_need_it(made):
    """Nothing is green before its time: without NONE's bit no law of hints or of rights holds."""
    directory = fill(made())
    page = directory / "src" / "archcore_demo" / "layout.py"
    text = page.read_text(encoding="utf-8").replace('Bit("NONE", 6,', 'Blank("NONE",')
    page.write_text(text.replace("import Bit,", "import Bit, Blank,"), encoding="utf-8")
    results = held(directory)

    assert not [one for one in results if "hint" in one.law and one.status in HELD]
    (reason,) = {one.reason for one in results if one.law == "none-is-shut"}
    assert reason.startswith("LayoutError: demo entry: 'NONE' has no bit yet")


def test_the_target_is_what_was_asked_for(made):
    """Each option reaches the target."""
    answers = {
        "width": 32,
        "levels": 3,
        "page_shift": 13,
        "pa_bits": 36,
        "byteorder": "big",
        "geometry": "8k",
        "era": "v6.12",
        "refill": "software",
        "proposal": True,
    }
    with variants.loaded(fill(made(**answers)) / "src", "archcore_demo") as module:
        target = module.TARGET

    assert (target.id, target.arch, target.era, target.proposal) == (
        *("demo-8k-v6.12", "demo", "v6.12", True),
    )
    geometry = target.geometry
    assert [level.name for level in geometry.levels] == ["pte", "pmd", "pgd"]
    assert (geometry.width, geometry.page_shift, geometry.pa_bits) == (32, 13, 36)
    assert (geometry.byteorder, geometry.va_bits) == ("big", 13 + 3 * 11)
    assert target.mmu.refill == "software"
    assert not target.mmu.sets_accessed
    assert not target.mmu.sets_dirty


@pytest.mark.parametrize("levels", [2, 3, 4, 5])
def test_levels_have_the_names_that_hooks_go_by(made, levels):
    """The second one can hold huge pages, whatever is above it."""
    with variants.loaded(made(levels=levels) / "src", "archcore_demo") as module:
        found = module.TARGET.geometry.levels

    assert len(found) == levels
    assert [level.name for level in found if level.leaf] == ["pte", "pmd"]


@pytest.mark.slow
@each_kind
@pytest.mark.parametrize("filled", [False, True], ids=["blank", "filled"])
def test_the_code_has_the_style_of_archcore(made, answers, filled):
    """Ruff and mypy find nothing in it, with archcore's own settings."""
    directory = made("sixteenlongnames", **answers)
    if filled:
        fill(directory)
    first = "lint.isort.known-first-party=['archcore', 'archcore_sixteenlongnames']"
    config = ("--config", str(ROOT / "pyproject.toml"))
    calls = (
        ("ruff", "check", *config, "--config", first, "."),
        ("ruff", "format", "--check", *config, "."),
        ("mypy", "--config-file", str(ROOT / "pyproject.toml"), "src/archcore_sixteenlongnames"),
    )
    for call in calls:
        done = subprocess.run(
            [sys.executable, "-m", *call],
            cwd=directory,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("filled", [False, True], ids=["blank", "filled"])
def test_its_own_tests_say_the_same(made, filled):
    """They fail with the names that lack a bit, and pass once all have one."""
    directory = fill(made()) if filled else made()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"],
        cwd=directory,
        env={"PYTHONPATH": str(directory / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == (not filled)
    blanks = "demo swap entry, in src/archcore_demo/layout.py: PRESENT, NONE, SPECIAL, TYPE, OFFSET"
    assert (blanks in done.stdout) is not filled
    assert ("failed" in done.stdout.splitlines()[-1]) is not filled
