"""What ``archcore`` says about itself; plain text, so that nothing need be loaded to print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMANDS = {
    "targets": "What is registered, from which distribution, what was rejected and why.",
    "show": "Draw the entries of a target: fields, protections, what arming does.",
    "explain": "Decode words: state, frame, flags, what hardware would do.",
    "compare": "Compare the hint encodings of targets on a trace.",
    "walk": "Print every mapping of a memory image, NUMA hints among them.",
    "vectors": "Check a target against results of a kernel's own helpers.",
    "run": "Replay a trace and print the kernel's counters.",
    "propose": "Search every encoding of the hint, and prove which are legal.",
    "check": "Hold targets to the laws of the suite, or against an emulated MMU.",
    "races": "Try every interleaving of a concurrent scenario.",
    "needs": "Leave each maintenance call out, and say what breaks without it.",
    "review": "Answer the review of 2012, point by point, with evidence.",
    "doctor": "Check this installation.",
    "completion": "Print the completion script of a shell.",
    "new-arch": "Make the distribution of an architecture, to be filled in.",
}
BROUGHT = {"new-arch": ("archcore-template", "plugins/template")}
"""Commands that a distribution beside the core brings, and where it lies in a checkout."""
EXAMPLES = (
    ("archcore targets", "what is installed"),
    ("archcore explain TARGET 0x8000000012345067", "what this page-table entry is"),
    ("archcore compare", "how the encodings of the hint differ, on a real trace"),
)
OPTIONS = (
    ("--format text|json", "how results are written (every command)"),
    ("--color auto|always|never", "when text is coloured; NO_COLOR and FORCE_COLOR are obeyed"),
    ("--debug", "print the traceback of an error"),
    ("--version", "print the version"),
    ("-h, --help", "print this, or the help of a command"),
)
EXITS = (
    ("0", "all held"),
    ("1", "a law failed, or answers differ"),
    ("2", "wrong usage"),
    ("3", "an input is unreadable or malformed"),
    ("4", "a plugin is missing, broken or incompatible"),
    ("5", "could not be decided"),
    ("130", "interrupted"),
)
USAGE = "Usage: archcore [OPTIONS] COMMAND [ARGUMENTS]..."
PURPOSE = "Compare how architectures encode the NUMA hint in a page-table entry."


def version_page() -> str:
    """Return the version line."""
    return f"archcore {__version__}"


def short_page() -> str:
    """Return what ``archcore`` alone prints: three things to try."""
    return "\n\n".join(
        (PURPOSE, USAGE, _section("Try", EXAMPLES), "`archcore --help` lists every command.")
    )


def help_page() -> str:
    """Return what ``archcore --help`` prints."""
    return "\n\n".join(
        (
            USAGE,
            f"  {PURPOSE}\n  Results go to stdout, everything else to stderr.",
            _section("Commands (`archcore COMMAND --help` says more)", COMMANDS.items()),
            _section("Options", OPTIONS),
            _section("Examples", EXAMPLES),
            _section("Exit codes", EXITS),
        )
    )


def _section(title: str, rows: Iterable[tuple[str, str]]) -> str:
    pairs = tuple(rows)
    width = max(len(name) for name, _ in pairs)
    return "\n".join([f"{title}:", *(f"  {name.ljust(width)}  {text}" for name, text in pairs)])


PAGES = {
    (): short_page,
    ("--help",): help_page,
    ("-h",): help_page,
    ("--version",): version_page,
}
