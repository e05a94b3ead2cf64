"""Claims: what the authors of a target know not to hold, each with its reason.

They stand in ``claims.toml`` inside the plugin's package. A claim about a law that holds is an
error, and so is one that names no law or no target.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.errors import InputError
from archcore.hookspecs import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

FILE = "claims.toml"
KEYS = {"law", "targets", "levels", "kind", "reason", "link"}


class Kind(StrEnum):
    """Why a law does not hold: the kernel never promised it, had a bug, or will be mended."""

    UNSUPPORTED = "unsupported"
    REGRESSION = "regression"
    LATER = "later"


@frozen
class Claim:
    """One law that does not hold for some targets; ``targets`` are ids or patterns of ids."""

    law: str
    targets: tuple[str, ...]
    levels: tuple[str, ...]
    kind: Kind
    reason: str
    link: str = ""

    def covers(self, law: str, target: str, level: str) -> bool:
        """Say whether the claim is about a law, a target and a level."""
        named = any(fnmatchcase(target, one) for one in self.targets)
        return self.law == law and level in self.levels and named


def read(source: Traversable, name: str) -> tuple[Claim, ...]:
    """Return the claims of a file; raises InputError for a malformed one, naming the claim."""
    try:
        document = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{name}: {error}") from error
    if set(document) - {"claim"} or not isinstance(document.get("claim", []), list):
        raise InputError(f"{name}: expected [[claim]] tables, found {', '.join(document)}")
    return tuple(_claim(name, at, one) for at, one in enumerate(document.get("claim", []), 1))


def of_package(package: str) -> tuple[Claim, ...]:
    """Return the claims that a plugin's package ships; none where it has no such file."""
    source = files(package) / FILE
    return read(source, f"{package}/{FILE}") if source.is_file() else ()


def _claim(name: str, at: int, given: Any) -> Claim:  # noqa: ANN401 - whatever a file holds
    place = f"{name}: claim {at}"
    if not isinstance(given, dict):
        raise InputError(f"{place}: expected a table, found {given!r}")
    for key in ("law", "targets", "kind", "reason"):
        if not given.get(key):
            raise InputError(f"{place}: expected {key!r}, which every claim has")
    unknown = sorted(set(given) - KEYS)
    if unknown:
        raise InputError(f"{place}: expected {', '.join(sorted(KEYS))}, found {unknown[0]!r}")
    if given["kind"] not in tuple(Kind):
        raise InputError(f"{place}: expected a kind of {', '.join(Kind)}, found {given['kind']!r}")
    levels = _words(place, given, "levels", LEVELS)
    for level in levels:
        if level not in LEVELS:
            raise InputError(f"{place}: expected levels of {', '.join(LEVELS)}, found {level!r}")
    return Claim(
        law=str(given["law"]),
        targets=_words(place, given, "targets", ()),
        levels=levels,
        kind=Kind(given["kind"]),
        reason=" ".join(str(given["reason"]).split()),
        link=str(given.get("link", "")),
    )


def _words(
    place: str, given: dict[str, Any], key: str, default: tuple[str, ...]
) -> tuple[str, ...]:
    found = given.get(key, list(default))
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise InputError(f"{place}: expected {key!r} to be a list of strings, found {found!r}")
    return tuple(found)


def claimed(claims: Iterable[Claim], law: str, target: str, level: str) -> Claim | None:
    """Return the first claim about a law, a target and a level, if there is one."""
    return next((one for one in claims if one.covers(law, target, level)), None)
