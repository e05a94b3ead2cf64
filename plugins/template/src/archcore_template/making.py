"""Making a distribution of the template, and bringing it the template's fixes later."""

from __future__ import annotations

import re
import subprocess
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.errors import PluginError, UsageError, one_line
from archcore_template.source import NAME, PACKAGED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from archcore_template.source import Source

ANSWERS = ".copier-answers.yml"
MADE_OF = re.compile(r"^_commit: ['\"]?([^'\"\s]+)['\"]?$", re.MULTILINE)
CONFLICT = ("AA", "DU", "UD", "UU")


def make(
    directory: Path, answers: Mapping[str, object], source: Source = PACKAGED
) -> tuple[str, ...]:
    """Make a distribution in a directory that is empty or not there; return its files.

    Questions without an answer take their defaults. Raises UsageError for an answer that the
    template refuses, PluginError where copier or git is missing.
    """
    with _copier() as copier, source.opened() as template:
        copier.run_copy(template, directory, data=dict(answers), defaults=True, quiet=True)
    found = (path for path in directory.rglob("*") if path.is_file())
    return tuple(sorted(str(path.relative_to(directory)) for path in found))


@frozen
class Updated:
    """What an update did: from which version of the template to which, and to which files.

    ``conflicts`` hold both versions of a passage, between markers.
    """

    old: str
    new: str
    changed: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def update(directory: Path, source: Source = PACKAGED) -> Updated:
    """Bring a distribution in a git repository what the newest template does differently.

    Raises UsageError for a directory that ``make`` did not make, has changes that are not committed
    or was made of a newer template; PluginError where copier or git is missing.
    """
    old = _made_of(directory, source)
    if old == source.version:
        return Updated(old, old)
    with _copier() as copier, source.opened():
        copier.run_update(directory, defaults=True, overwrite=True, quiet=True)
    status = _status(directory)
    conflicts = tuple(line[3:] for line in status if line[:2] in CONFLICT)
    changed = tuple(line[3:] for line in status if line[:2] not in CONFLICT)
    return Updated(old, source.version, changed, conflicts)


def _made_of(directory: Path, source: Source) -> str:
    """Return the version of the template that a distribution was made of."""
    path = directory / ANSWERS
    try:
        found = MADE_OF.search(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"{directory} has no {ANSWERS}, so `archcore new-arch` did not make it; "
            "name a directory that it made"
        ) from error
    version = found[1] if found else ""
    known = (source.version, *source.older)
    if version not in known:
        raise UsageError(
            f"{path} names version {version!r} of the template, and {NAME} {source.version} knows "
            f"{', '.join(known)}; install another {NAME}"
        )
    return version


def _status(directory: Path) -> list[str]:
    call = ["git", "-C", str(directory), "status", "--porcelain", "--untracked-files=all", "."]
    done = subprocess.run(call, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.splitlines()


@contextmanager
def _copier() -> Iterator[Any]:
    """Yield copier; what it complains of becomes a UsageError."""
    try:
        import copier
        from copier.errors import CopierError
    except ImportError as error:
        raise PluginError(
            "new-arch needs copier, which is not installed; pip install 'copier>=9.4'"
        ) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield copier
        except (CopierError, ValueError) as error:
            raise UsageError(one_line(error)) from error
