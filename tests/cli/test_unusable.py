"""A target that cannot be used is left out with one word, and fatal only to who names it."""

from __future__ import annotations

import json

import pytest
import toy
from attrs import evolve

from archcore.entry import layer
from archcore.hookspecs import hookimpl
from archcore.layout import Blank, EntryLayout
from archcore.registry import Rejection

LACK = "toy entry: 'V' has no bit yet"
LEFT_OUT = "archcore: target toy-new-v1 is left out: "
LAYOUT = EntryLayout("toy entry", (Blank("V"),), width=32)
LINES = b"".join(b" S %08x,8\n" % (0x100000 + 0x1000 * (n % 8)) for n in range(400))


class Unwritten:
    """A helper that reads a bit without a place."""

    @hookimpl
    def vm_get_page_prot(self):
        """Ask for a blank."""
        return LAYOUT["V"].value


class Wrong:
    """A helper with a mistake of Python."""

    @hookimpl
    def vm_get_page_prot(self, vm_flags):
        """Add nothing to a number."""
        return vm_flags + None


@pytest.fixture
def trace(tmp_path):
    """Return a small trace of eight pages."""
    path = tmp_path / "small.lackey"
    path.write_bytes(LINES)
    return str(path)


@pytest.fixture(params=[(Unwritten(), LACK), (Wrong(), "TypeError: unsupported operand")])
def why(request, installed):
    """Register a target with one broken helper beside the toy; return what is said of it."""
    helper, said = request.param
    target = toy.module().TARGET
    encoding = layer(target.encoding, helper)
    installed.register(evolve(target, id="toy-new-v1", arch="new", encoding=encoding))
    return said


@pytest.fixture
def commands(trace):
    """Return the calls that speak of all targets or choose some, by name."""
    return {
        "compare": ("compare", "--trace", trace),
        "needs": ("needs",),
        "races": ("races", "S3", "--engine", "v3.8"),
        "review": ("review", "M6"),
    }


@pytest.mark.parametrize("name", ["compare", "needs", "races", "review"])
def test_it_is_left_out_and_the_others_are_reported(call, installed, why, commands, name):
    """Stdout is what it would be without it, and so is the code; stderr says it in one line."""
    answer = call(*commands[name])
    del installed.targets["toy-new-v1"]
    alone = call(*commands[name])

    assert (answer.code, answer.out) == (alone.code, alone.out)
    assert "toy-32bit-v1" in answer.out
    (line,) = [one for one in answer.err.splitlines() if "toy-new-v1" in one]
    assert line.startswith(LEFT_OUT + why)


def test_many_processes_leave_it_out_as_one_does(call, installed, why, trace):
    """So many targets are compared by workers, who cannot hand an error over."""
    target = toy.module().TARGET
    for at in range(4):
        installed.register(evolve(target, id=f"toy-{at}-v1"))
    spread, alone = (call("compare", "--trace", trace, "--jobs", jobs) for jobs in ("2", "1"))

    assert (spread.code, spread.out, spread.err) == (alone.code, alone.out, alone.err)
    assert spread.err.startswith(LEFT_OUT + why)


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "toy-32bit-v1", "toy-new-v1", "--trace"),
        ("run", "--target", "toy-new-v1"),
    ],
)
def test_who_names_it_gets_the_error(call, why, trace, arguments):
    """Nothing is printed, and the code is that of a plugin or of a defect."""
    answer = call(*arguments, trace)

    assert answer.code == (4 if why == LACK else 70)
    assert answer.out == ""
    assert why in answer.err


@pytest.mark.parametrize("name", ["compare", "needs", "races", "review"])
def test_alone_it_is_an_error(call, installed, why, commands, name):
    """There is nothing to report; the code is 4, and the reason is said."""
    del installed.targets["toy-32bit-v1"]
    answer = call(*commands[name])

    assert (answer.code, answer.out) == (4, "")
    assert LEFT_OUT + why in answer.err
    assert "no registered target can be used" in answer.err


@pytest.mark.parametrize("name", ["compare", "needs", "races", "review"])
def test_a_rejected_plugin_is_said_and_without_targets_it_is_an_error(
    call, installed, commands, name
):
    """Whoever speaks of all says who is missing; the code of a missing plugin is 4."""
    installed.targets.clear()
    installed.rejected.append(Rejection("sour", "sour 1.0", "it broke", "mend the plugin"))
    answer = call(*commands[name])

    assert (answer.code, answer.out) == (4, "")
    assert "plugin sour is left out: it broke; mend the plugin" in answer.err
    assert "no target is registered" in answer.err


def test_the_doctor_says_it(call, why):
    """In words, with the reason; the code is 4, and the document has it by target."""
    answer = call("doctor")
    found = json.loads(call("doctor", "--format", "json").out)
    line = next(line for line in answer.out.splitlines() if "toy-new-v1" in line)

    assert answer.code == 4
    assert "UNUSABLE" in line
    assert why in line
    unusable = [one["unusable"] for one in found["plugins"] if one["unusable"]]
    assert [list(one) for one in unusable] == [["toy-new-v1"]]
    assert unusable[0]["toy-new-v1"].startswith(why)


def test_check_asks_it_all_the_same(call, why):
    """The suite is what says which bit is missing where; the others are held to it, too."""
    answer = call("check", "--law", "hint-keeps-dirty", "--jobs", "1")

    assert answer.code == 1
    assert "toy-new-v1" in answer.out
    assert "toy-32bit-v1" in answer.out
