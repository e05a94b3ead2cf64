"""Words as users write them: on the command line, or one a line in a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcore.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WRITTEN = re.compile(r"0[xX]_?[0-9a-fA-F]+(_[0-9a-fA-F]+)*|[0-9]+(_[0-9]+)*")
COMMENT = "#"
EXPECTED = "a word of {width} bits: hexadecimal with 0x, or decimal; `_` may stand between digits"


def word_of(written: str, width: int) -> int:
    """Return the word; raises UsageError for one that is malformed or does not fit."""
    word = _parsed(written)
    if word is None or word >> width:
        msg = f"{written!r} is not {EXPECTED.format(width=width)}"
        raise UsageError(msg)
    return word


def words_in(lines: Iterable[bytes], source: str, width: int) -> Iterator[int]:
    """Yield the word of each line; blank lines and what follows ``#`` are skipped.

    Raises InputError, naming source and line, at the first line that is neither.
    """
    for number, line in enumerate(lines, start=1):
        written = line.decode("ascii", "backslashreplace").partition(COMMENT)[0].strip()
        word = _parsed(written) if written else None
        if word is not None and not word >> width:
            yield word
        elif written:
            expected = EXPECTED.format(width=width)
            msg = f"{source}:{number}: expected {expected}; found {written!r}"
            raise InputError(msg)


def _parsed(written: str) -> int | None:
    if not WRITTEN.fullmatch(written):
        return None
    digits = written.replace("_", "")
    return int(digits, 16 if digits[:2].lower() == "0x" else 10)
