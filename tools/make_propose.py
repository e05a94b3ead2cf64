"""Renew what docs/propose.md shows of the command: ``python tools/make_propose.py``."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "propose.md"
COMMANDS = ((), ("--explain", "9"))
BLOCK = re.compile(r"^```text\n.*?^```$", re.MULTILINE | re.DOTALL)


def said(*options: str) -> str:
    """Return what the command prints of the target that the page shows."""
    line = [sys.executable, "-m", "archcore", "propose", "x86-v6.1", *options]
    # A dead candidate ends with 1, as it should.
    done = subprocess.run(line, text=True, check=False, capture_output=True)  # noqa: S603
    return done.stdout


def main() -> None:
    """Fill the blocks of the page in their order."""
    outputs = iter([said(*options) for options in COMMANDS])
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(BLOCK.sub(lambda _: f"```text\n{next(outputs)}```", text), encoding="utf-8")
    print(f"renewed {PAGE.name}")


if __name__ == "__main__":
    main()
