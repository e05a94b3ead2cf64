"""JSON documents: a schema version in front, words, addresses and frames as hex strings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA_VERSION = 1


def dumps(document: Mapping[str, object]) -> str:
    """Return the document as JSON text, keys in the order given, ``schema_version`` first."""
    return json.dumps({"schema_version": SCHEMA_VERSION, **document}, indent=2)


def hexword(word: int, width: int = 64) -> str:
    """Return a word with all of its hex digits, so that columns of words line up."""
    return f"0x{word:0{width // 4}x}"


def hexnumber(number: int | None) -> str | None:
    """Return a frame or an address without leading zeros; None stays None."""
    return None if number is None else hex(number)
