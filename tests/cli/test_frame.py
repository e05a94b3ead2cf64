"""The command line as such: help, exit codes, streams, colours; no architecture is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from archcore import __version__
from archcore.cli import ending, group
from archcore.cli.options import look_of
from archcore.cli.pages import BROUGHT, COMMANDS, EXITS
from archcore.errors import ExitCode, PluginError, TraceError, UsageError

COMMAND = [sys.executable, "-m", "archcore"]
HEAVY = {"numpy", "z3", "bitwuzla", "rich", "attrs", "pluggy", "click", "importlib.metadata"}


def archcore(*arguments, **given):
    """Run the command in a process of its own."""
    settings = {"capture_output": True, "text": True, "timeout": 60} | given
    return subprocess.run([*COMMAND, *arguments], check=False, **settings)


def raising(error):
    """Return a command that raises."""

    @click.command()
    def command():
        raise error

    return command


class TestHelp:
    def test_the_command_alone_shows_three_examples(self):
        """A newcomer has something to type at once, and it is no error."""
        done = archcore()

        assert done.returncode == 0
        assert done.stdout.count("\n  archcore ") == 3
        assert "archcore --help" in done.stdout

    @pytest.mark.parametrize("option", ["--help", "-h"])
    def test_help_names_each_command_and_exit_code(self, option):
        """All of them, on stdout."""
        done = archcore(option)

        assert done.returncode == 0
        for name in (*COMMANDS, *(code for code, _ in EXITS)):
            assert f"\n  {name} " in done.stdout

    def test_help_is_the_same_through_click(self, call):
        """The page that needs no click and the one click prints do not differ."""
        assert call("--debug", "--help").out == archcore("--help").stdout

    def test_the_exit_codes_in_the_help_are_those_of_the_program(self):
        """The page is plain text; it must not drift from the enumeration."""
        assert {int(code) for code, _ in EXITS} == set(ExitCode)

    @pytest.mark.parametrize("name", [name for name in COMMANDS if name not in BROUGHT])
    def test_every_command_has_help_with_examples(self, call, name):
        """The examples call the command they explain."""
        answer = call(name, "--help")

        assert answer.code == 0
        assert "Examples:" in answer.out
        assert answer.out.split("Examples:")[1].count(f"archcore {name}") >= 1

    def test_the_version_is_one_line(self, call):
        """The same with and without loading click."""
        assert archcore("--version").stdout == f"archcore {__version__}\n"
        assert call("--debug", "--version").out == f"archcore {__version__}\n"

    @pytest.mark.parametrize("arguments", [["--help"], ["--version"], []])
    def test_nothing_heavy_is_loaded_to_say_so(self, arguments):
        """Neither numpy nor a solver, nor a plugin, nor even click."""
        code = (
            f"import sys; sys.argv = ['archcore', *{arguments!r}]\n"
            "from archcore.cli import main\n"
            "try: main()\n"
            "finally: print(*sys.modules, sep='\\n', file=sys.stderr)"
        )
        call = [sys.executable, "-c", code]
        done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=60)
        loaded = set(done.stderr.split())

        assert "archcore.cli.pages" in loaded
        assert not loaded & HEAVY
        assert not [name for name in loaded if name.startswith("archcore_")]


class TestUsage:
    def test_a_mistyped_command_gets_the_nearest(self, call):
        """The message says what to type instead."""
        answer = call("explian")

        assert answer.code == ExitCode.USAGE
        assert "did you mean explain?" in answer.err
        assert answer.out == ""

    @pytest.mark.parametrize(
        "arguments", [("targets", "--no-such-option"), ("show",), ("targets", "--format", "yaml")]
    )
    def test_wrong_options_and_arguments_are_usage_errors(self, call, arguments):
        """One line on stderr that names the page to read."""
        answer = call(*arguments)

        assert answer.code == ExitCode.USAGE
        assert answer.err.startswith("archcore: ")
        assert answer.err.count("\n") == 1
        assert f"`archcore {arguments[0]} --help`" in answer.err

    def test_a_command_of_a_plugin_is_found_by_name(self, call, monkeypatch):
        """Entry points are asked when the name is none of archcore's."""
        hello = click.Command("hello", callback=lambda: click.echo("hello"))
        monkeypatch.setattr(group, "_of_plugin", {"hello": hello}.get)

        assert call("hello").out == "hello\n"

    @pytest.mark.parametrize("name", BROUGHT)
    def test_a_command_that_is_not_installed_says_how_to_get_it(self, call, monkeypatch, name):
        """It is listed all the same, so that people learn of it; one line, code 4."""
        monkeypatch.setattr(group, "_of_plugin", {}.get)
        answer = call(name, "toy")

        assert answer.code == ExitCode.PLUGIN
        assert answer.err.count("\n") == 1
        assert f"{name} comes with archcore-template, which is not installed" in answer.err
        assert "pip install --no-deps ./plugins/template" in answer.err

    def test_a_command_that_is_not_installed_does_not_disturb_completion(self, monkeypatch):
        """The shell is offered what can be run."""
        monkeypatch.setattr(group, "_of_plugin", {}.get)
        ctx = click.Context(group.archcore)

        offered = [one.value for one in group.archcore.shell_complete(ctx, "")]

        assert "explain" in offered
        assert "new-arch" not in offered

    def test_a_plugin_that_brings_no_command_is_named(self, monkeypatch):
        """What it brought, from where, and what to do."""

        class Point:
            name, value, dist = "sour", "sour:thing", None

            def load(self):
                return "no command"

        monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [Point()])

        with pytest.raises(PluginError, match="sour:thing is no click command; reinstall"):
            group._of_plugin("sour")

    def test_a_plugin_command_that_does_not_load_is_named(self, monkeypatch):
        """The reason is the exception's own."""

        class Point:
            name, value, dist = "sour", "sour:thing", None

            def load(self):
                raise ImportError("no module named milk")

        monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [Point()])

        with pytest.raises(PluginError, match="no module named milk"):
            group._of_plugin("sour")


class TestEnding:
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (UsageError("a; b; c"), 2),
            (TraceError(source="x", line=3, expected="y"), 3),
            (PluginError("a; b; c"), 4),
            (FileNotFoundError(2, "No such file or directory", "x"), 3),
            (IsADirectoryError(21, "Is a directory", "x"), 3),
            (KeyboardInterrupt(), 130),
        ],
    )
    def test_each_kind_of_error_has_its_code_and_one_line(self, call, monkeypatch, error, code):
        """No traceback, nothing on stdout."""
        monkeypatch.setattr(group, "_of_plugin", {"fails": raising(error)}.get)
        answer = call("fails")

        assert answer.code == code
        assert answer.err.startswith("archcore: ")
        assert answer.err.count("\n") == 1
        assert answer.out == ""

    def test_a_defect_is_no_verdict(self, call, monkeypatch):
        """A crash has none of the codes that mean something, and asks for --debug."""
        monkeypatch.setattr(group, "_of_plugin", {"fails": raising(ZeroDivisionError("x"))}.get)
        answer = call("fails")

        assert answer.code not in set(ExitCode)
        assert "ZeroDivisionError: x" in answer.err
        assert "--debug" in answer.err
        assert "Traceback" not in answer.err

    @pytest.mark.parametrize("error", [UsageError("a; b; c"), ZeroDivisionError("x")])
    def test_debug_shows_the_traceback_before_the_message(self, call, monkeypatch, error):
        """The code stays the same."""
        monkeypatch.setattr(group, "_of_plugin", {"fails": raising(error)}.get)
        plain, debug = call("fails"), call("--debug", "fails")

        assert debug.code == plain.code
        assert debug.err.startswith("Traceback")
        assert debug.err.endswith(plain.err)

    def test_the_code_of_a_command_is_the_programs(self, call, monkeypatch):
        """A verdict reaches the shell."""
        verdict = click.Command("fails", callback=lambda: ExitCode.UNDECIDED)
        monkeypatch.setattr(group, "_of_plugin", {"fails": verdict}.get)

        assert call("fails").code == 5

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
    @pytest.mark.parametrize("arguments", [["--help"], ["targets", "--help"], ["doctor"]])
    def test_a_full_disk_is_told(self, arguments):
        """The result is incomplete, so the code is that of unusable input and output."""
        with Path("/dev/full").open("w") as full:
            done = archcore(*arguments, capture_output=False, stdout=full, stderr=subprocess.PIPE)

        assert done.returncode == ExitCode.INPUT
        assert done.stderr.count("\n") == 1
        assert "No space left on device" in done.stderr

    @pytest.mark.parametrize("arguments", [["--help"], ["doctor", "--help"], ["doctor"]])
    def test_a_closed_pipe_ends_quietly(self, arguments):
        """Whoever read has seen enough; nothing is complained about."""
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w") as pipe:
            done = archcore(*arguments, capture_output=False, stdout=pipe, stderr=subprocess.PIPE)

        assert done.stderr == ""
        assert done.returncode == 0

    def test_say_does_not_fail_when_nobody_listens(self, monkeypatch):
        """A message is lost, not the program."""

        class Gone:
            def write(self, _):
                raise BrokenPipeError

        monkeypatch.setattr(sys, "stderr", Gone())

        assert ending.say("x") is None


class TestColour:
    @pytest.mark.parametrize(
        ("option", "environ", "coloured"),
        [
            ("auto", {}, False),
            ("auto", {"FORCE_COLOR": "1"}, True),
            ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
            ("auto", {"FORCE_COLOR": ""}, False),
            ("always", {"NO_COLOR": "1"}, True),
            ("never", {"FORCE_COLOR": "1"}, False),
        ],
    )
    def test_the_option_goes_before_the_environment(self, option, environ, coloured):
        """Off a terminal there is no colour unless it is asked for."""
        assert look_of(option, environ).colour is coloured

    @pytest.mark.parametrize(
        ("environ", "coloured"),
        [
            ({}, True),
            ({"NO_COLOR": "1"}, False),
            ({"NO_COLOR": ""}, True),
            ({"TERM": "dumb"}, False),
        ],
    )
    def test_a_terminal_is_coloured_unless_it_says_no(self, monkeypatch, environ, coloured):
        """NO_COLOR counts when it is not empty, as no-color.org asks."""
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        look = look_of("auto", environ)

        assert look.colour is coloured
        assert look.columns

    @pytest.mark.parametrize(
        "arguments", [("--color", "always", "doctor"), ("doctor", "--color", "always")]
    )
    @pytest.mark.usefixtures("installed")
    def test_colour_may_be_asked_for_before_and_after_the_command(self, call, arguments):
        """Both places mean the same."""
        assert "\x1b[1m" in call(*arguments).out

    @pytest.mark.usefixtures("installed")
    def test_colour_says_nothing_that_words_do_not(self, call):
        """Without its escapes the output is the plain one."""
        plain = call("targets").out
        coloured = call("targets", "--color", "always").out

        assert coloured != plain
        assert coloured.replace("\x1b[1m", "").replace("\x1b[0m", "") == plain
