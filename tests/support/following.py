"""Following a page to the letter: its commands are run, its diffs applied, its output compared.

A fenced block says what it is. ``console`` holds commands after ``$`` with what they print; a line
``...`` stands for any lines. ``diff`` is applied to the distribution. ``python`` shows a passage of
one of its files.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
import venv
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from pathlib import Path

FENCE = re.compile(r"^```(console|diff|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = "$ "
ANYTHING = "..."
SECONDS = re.compile(r"in \d+\.\d+s")
GIT = shutil.which("git") or "git"
MODULES = ("archcore", "pip", "pytest")


@frozen
class Block:
    """A fenced block of a page: its kind, its text, and the line it begins in."""

    kind: str
    text: str
    line: int

    @property
    def calls(self) -> list[tuple[str, str]]:
        """The commands of a console block, each with what it is to print."""
        parts = re.split(rf"^{re.escape(PROMPT)}", self.text, flags=re.MULTILINE)[1:]
        return [(first, rest) for first, _, rest in (part.partition("\n") for part in parts)]


def blocks(page: str) -> list[Block]:
    """Return the blocks of a page that can be followed, in order."""
    return [
        Block(found[1], found[2], page.count("\n", 0, found.start()) + 1)
        for found in FENCE.finditer(page)
    ]


def agrees(expected: str, printed: str) -> bool:
    """Say whether a command printed what the page shows; times are not compared."""
    lines = SECONDS.sub("in 0.00s", expected).splitlines()
    pattern = "".join(
        "(?:.*\n)*?" if line == ANYTHING else f"{re.escape(line.rstrip())}\n" for line in lines
    )
    given = "".join(f"{line.rstrip()}\n" for line in SECONDS.sub("in 0.00s", printed).splitlines())
    return re.fullmatch(pattern, given) is not None


def holds(text: str, passage: str) -> bool:
    """Say whether a file has a passage, wherever that is indented and spaced."""
    whole, part = (
        "".join(f"{line.strip()}\n" for line in one.splitlines() if line.strip())
        for one in (text, passage)
    )
    return part in whole


@frozen
class Reader:
    """Someone with a fresh environment and an empty directory, who does what a page says.

    The environment sees what this one has installed, and nothing of the network.
    """

    root: Path
    distribution: str
    environ: dict[str, str] = field(init=False, repr=False)

    @environ.default
    def _environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("LANG", "PATH") if name in os.environ}
        person = {"NAME": "reader", "EMAIL": "reader@localhost"}
        return {
            **kept,
            "HOME": str(self.root),
            "COLUMNS": "120",
            "NO_COLOR": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{
                f"GIT_{who}_{what}": said
                for who in ("AUTHOR", "COMMITTER")
                for what, said in person.items()
            },
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INDEX": "1",
            # Python knows changed files by the second, and this reader edits faster than people do.
            "PYTHONDONTWRITEBYTECODE": "1",
            # pip reads the value, not the name: false switches isolation off.
            "PIP_NO_BUILD_ISOLATION": "false",
        }

    @property
    def place(self) -> Path:
        """Where the reader works."""
        return self.root / "work"

    @property
    def _python(self) -> str:
        return str(self.root / "venv" / "bin" / "python")

    def arrive(self) -> None:
        """Make the environment and the directory."""
        self.place.mkdir(parents=True)
        venv.create(self.root / "venv", symlinks=True)
        (packages,) = (self.root / "venv" / "lib").glob("python*/site-packages")
        seen = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        script = "".join(f"import site; site.addsitedir({one!r})\n" for one in sorted(seen))
        (packages / "reader.pth").write_text(script, encoding="utf-8")

    def run(self, command: str) -> str:
        """Run a command of the page and return what it prints."""
        name, *rest = shlex.split(command)
        call = [self._python, "-m", name, *rest] if name in MODULES else [name, *rest]
        done = subprocess.run(
            call,
            cwd=self.place,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        return done.stdout

    def apply(self, diff: str) -> None:
        """Change the distribution as a diff says."""
        subprocess.run(
            [GIT, "apply", "-"],
            cwd=self.place / self.distribution,
            env=self.environ,
            input=diff,
            text=True,
            check=True,
        )

    def shows(self, passage: str) -> bool:
        """Say whether a file of the distribution has a passage."""
        files = (self.place / self.distribution / "src").rglob("*.py")
        return any(holds(path.read_text(encoding="utf-8"), passage) for path in files)


@frozen
class Difference:
    """Something that is not as the page shows it, and what the page should show."""

    line: int
    said: str
    old: str
    new: str


def differences(reader: Reader, page: str) -> list[Difference]:
    """Do what a page says; return where it is not as the page says."""
    found = []
    for block in blocks(page):
        if block.kind == "diff":
            reader.apply(block.text)
        elif block.kind == "python" and not reader.shows(block.text):
            found.append(Difference(block.line, f"no file has\n{block.text}", "", ""))
        elif block.kind == "console":
            for command, expected in block.calls:
                printed = reader.run(command)
                if not agrees(expected, printed):
                    shown = (f"{PROMPT}{command}\n{expected}", f"{PROMPT}{command}\n")
                    new = shown[1] + abridged(expected, printed)
                    found.append(Difference(block.line, f"{command}\n{printed}", shown[0], new))
    return found


def abridged(expected: str, printed: str) -> str:
    """Return of what was printed the passages that the page had, or what is now most like them."""
    shown = re.split(rf"^{re.escape(ANYTHING)}\n", expected, flags=re.MULTILINE)
    if len(shown) == 1:
        return printed
    lines = printed.splitlines(keepends=True)
    first, *middle, last = (one.count("\n") for one in shown)
    kept = [lines[:first]]
    for passage, long in zip(shown[1:-1], middle, strict=True):
        runs = [lines[at : at + long] for at in range(len(lines) - long + 1)]
        kept.append(max(runs, key=lambda run: _likeness("".join(run), passage), default=[]))
    kept.append(lines[len(lines) - last :])
    return f"{ANYTHING}\n".join("".join(one) for one in kept)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
