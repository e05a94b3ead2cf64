"""Reading a vector file: JSON lines, plain or gzip; every line is understood or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from json import JSONDecoder
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from attrs import define, field

from archcore.errors import InputError
from archcore.trace.reading import shown
from archcore.trace.source import Truncated, name_of, opened, whole_lines
from archcore.vectors.group import Gathering, VectorFile
from archcore.vectors.signature import LETTERS, TRUTHS, Signature, assumed

if TYPE_CHECKING:
    from os import PathLike

Progress: TypeAlias = Callable[[int], None]

BLOCK = 1 << 16  # small, so that progress is told often: gzip shortens these files twenty times
HEX = re.compile(r"0x[0-9a-fA-F]{1,16}")
CONSTANT = "const"
TRAP = "trap"
WORDS = "numbers written as hex strings of at most 64 bits"
RECORD = 'an object such as {"helper": "pte_young", "args": ["0x20"], "result": "0x1"}, ' + WORDS


class _Words(dict[str, int]):
    """Hex strings seen so far and their values: most words of a file occur many times in it."""

    def __missing__(self, written: str) -> int:
        if not isinstance(written, str) or not HEX.fullmatch(written):
            raise ValueError(written)
        self[written] = word = int(written, 16)
        return word


@define
class _Reader:
    """What the lines so far came to."""

    source: str
    number: int = 0
    records: int = 0
    meta: dict[str, object] = field(factory=dict)
    signatures: dict[str, Signature] = field(factory=dict)
    gatherings: dict[str, Gathering] = field(factory=dict)
    constants: dict[str, int] = field(factory=dict)
    known: _Words = field(factory=_Words)

    def add(self, lines: list[bytes]) -> None:
        """Read whole lines; empty ones are passed over."""
        decode = JSONDecoder().decode
        for line in lines:
            self.number += 1
            if not line.strip():
                continue
            try:
                self._record(decode(line.decode()))
            except InputError:
                raise
            except (ValueError, KeyError, TypeError, RecursionError):
                self.refuse(RECORD, shown(line))
            self.records += 1

    def _record(self, record: dict[str, Any]) -> None:
        if "meta" in record:
            self._meta(record["meta"])
            return
        helper, args, result = record["helper"], record["args"], record["result"]
        if type(helper) is not str or type(args) is not list:
            raise TypeError(record)
        if helper == CONSTANT:
            (name,) = args
            self.constants[name] = self.known[result]
            return
        into = self.gatherings.get(helper)
        if into is None:
            signature = self.signatures.get(helper) or assumed(helper, len(args))
            into = self.gatherings[helper] = Gathering(helper, signature)
        if len(args) != len(into.signature.arguments):
            due = len(into.signature.arguments)
            self.refuse(f"{due} arguments of {helper}", f"{len(args)}")
        if result == TRAP:
            into.traps += 1
            return
        into.words += [self.known[arg] for arg in args]
        into.results.append(self.known[result])
        into.lines.append(self.number)

    def _meta(self, meta: object) -> None:
        if self.records:
            self.refuse("a record, meta stands on the first line only", "a second meta object")
        if not isinstance(meta, dict):
            self.refuse("meta to be an object", repr(meta))
        self.meta = meta
        written = meta.get("signatures", {})
        if not isinstance(written, dict):
            self.refuse("meta.signatures to be an object", repr(written))
        for helper, text in written.items():
            signature = Signature.parse(text)
            if signature is None:
                letters = "".join(sorted(LETTERS))
                self.refuse(f"the signature of {helper} as `result:args` of {letters}", repr(text))
            self.signatures[helper] = signature

    def refuse(self, expected: str, found: str, number: int | None = None) -> NoReturn:
        """Raise InputError about a line, the present one if no number is given."""
        line = self.number if number is None else number
        raise InputError(f"{self.source}:{line}: expected {expected}, found {found}")

    def file(self, truncated: str | None) -> VectorFile:
        """Return everything read; raises InputError for a truth that is neither 0 nor 1."""
        groups = {helper: made.group() for helper, made in self.gatherings.items()}
        for group in groups.values():
            columns = zip(group.signature.arguments, group.words.T, strict=True)
            for letter, values in (*columns, (group.signature.result, group.results)):
                wrong = values > 1
                if letter in TRUTHS and wrong.any():
                    at = int(wrong.argmax())
                    self.refuse("a truth, 0x0 or 0x1", hex(values[at]), int(group.lines[at]))
        return VectorFile(self.source, self.meta, groups, self.constants, truncated)


def read(path: str | PathLike[str], progress: Progress | None = None) -> VectorFile:
    """Read a vector file from a path, or from standard input for ``-``.

    ``progress`` is told the bytes of each piece of the file as it is read. Raises InputError,
    naming file and line, for a line that is no record, and TraceError for a file that cannot be
    read at all.
    """
    reader = _Reader(name_of(path))
    truncated = None
    with opened(path, block=BLOCK, progress=progress) as blocks:
        for text in whole_lines(blocks):
            if isinstance(text, Truncated):
                truncated = text.reason
            else:
                reader.add(text.removesuffix(b"\n").split(b"\n"))
    if not reader.records and truncated is None:
        reader.refuse("at least one record", "none", 1)
    return reader.file(truncated)
