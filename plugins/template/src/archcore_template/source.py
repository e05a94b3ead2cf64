"""The template as copier wants it: a git repository with a tag for each version.

The newest version is a directory of this package. Each older one is a patch in ``history``, named
after it, that makes it of the next newer one; so an update needs no network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.errors import PluginError
from archcore_template import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
NAME = "archcore-template"
SUFFIX = ".patch"
GIT = "git"
AUTHOR = ("-c", "user.name=archcore", "-c", "user.email=archcore@localhost")


@frozen
class Source:
    """A template in its newest version, and the patches that lead back to older ones."""

    template: Path = HERE / "template"
    history: Path = HERE / "history"
    version: str = __version__

    @property
    def older(self) -> tuple[str, ...]:
        """The older versions, newest first."""
        from packaging.version import Version

        found = (path.name.removesuffix(SUFFIX) for path in self.history.glob(f"*{SUFFIX}"))
        return tuple(sorted(found, key=Version, reverse=True))

    @contextmanager
    def opened(self) -> Iterator[str]:
        """Yield what copier is to be given as the template.

        It is a name and no path, so that none stands in the answers: the repository lies in the
        current directory until the end. Raises PluginError where git is missing or a patch fails.
        """
        with TemporaryDirectory(prefix=f"{NAME}.") as made:
            repository = Path(made) / NAME
            _Repository(repository).build(self)
            with chdir(made):
                yield NAME


PACKAGED = Source()


@frozen
class _Repository:
    """A git repository in a directory of its own, untouched by the user's configuration."""

    path: Path
    environ: dict[str, str] = field(init=False, repr=False)

    @environ.default
    def _environ(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        return own | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def build(self, source: Source) -> None:
        """Commit each version, oldest first."""
        self.path.mkdir()
        self.git("init", "--quiet")
        shutil.copytree(source.template, self.path, dirs_exist_ok=True)
        self.git("add", "--all", "--force")
        trees = {source.version: self.git("write-tree")}
        for version in source.older:
            self.git("apply", "--index", str((source.history / f"{version}{SUFFIX}").resolve()))
            trees[version] = self.git("write-tree")
        parent: tuple[str, ...] = ()
        for version in reversed(trees):
            commit = self.git("commit-tree", trees[version], *parent, "-m", version)
            self.git("tag", version, commit)
            parent = ("-p", commit)
        self.git("reset", "--quiet", "--hard", source.version)

    def git(self, *arguments: str) -> str:
        """Run git; raises PluginError with its complaint, or where there is none."""
        call = [GIT, *AUTHOR, *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - our own arguments
                call, cwd=self.path, env=self.environ, capture_output=True, text=True, check=True
            )
        except FileNotFoundError as error:
            raise PluginError("new-arch needs git, which is not there; install git") from error
        except subprocess.CalledProcessError as error:
            reason = " ".join(error.stderr.split())
            raise PluginError(
                f"the template cannot be read: git {arguments[0]}: {reason}; reinstall {NAME}"
            ) from error
        return done.stdout.strip()
