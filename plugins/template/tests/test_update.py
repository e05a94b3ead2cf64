"""A distribution made by an older template gets what a newer one does differently."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from archcore.errors import PluginError, UsageError
from archcore_template import making
from archcore_template.making import Updated
from archcore_template.source import PACKAGED, Source

LAYOUT = "src/archcore_demo/layout.py"
PAGES = "project/src/archcore_{{ name }}"


def git(directory, *arguments):
    """Run git as some author, whatever the machine's configuration is."""
    who = ("-c", "user.name=author", "-c", "user.email=author@localhost")
    call = ["git", *who, "-C", str(directory), *arguments]
    return subprocess.run(call, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def committed(made):
    """Return a distribution in a git repository, with one bit named by its author."""
    directory = made()
    page = directory / LAYOUT
    text = page.read_text(encoding="utf-8").replace('Blank("WRITE", ', 'Bit("WRITE", 1, ')
    page.write_text(text, encoding="utf-8")
    git(directory, "init", "--quiet")
    git(directory, "add", ".")
    git(directory, "commit", "--quiet", "-m", "one bit")
    return directory


@pytest.fixture
def newer(tmp_path):
    """Return a function that makes the next version of the template, with passages replaced."""

    def make(*changes):
        template, history = tmp_path / "next" / "template", tmp_path / "next" / "history"
        shutil.copytree(PACKAGED.template, template)
        _commit_all(template)
        for file, old, new in changes:
            page = template / PAGES / file
            text = page.read_text(encoding="utf-8")
            assert old in text
            page.write_text(text.replace(old, new), encoding="utf-8")
        news = template / "project" / "NEWS.md.jinja"
        news.write_text("News of {{ name }}\n", encoding="utf-8")
        _commit_all(template)
        history.mkdir()
        back = git(template, "diff", "HEAD", "HEAD~1")
        (history / f"{PACKAGED.version}.patch").write_text(back, encoding="utf-8")
        shutil.rmtree(template / ".git")
        return Source(template, history, "99.0")

    return make


def _commit_all(directory):
    git(directory, "init", "--quiet")
    git(directory, "add", "--all", "--force")
    git(directory, "commit", "--quiet", "-m", "all")


def test_no_path_of_this_machine_is_written_down(made, tmp_path):
    """The answers name the template by name and version, so that they hold anywhere."""
    directory = made(width=32)
    answers = (directory / ".copier-answers.yml").read_text(encoding="utf-8")

    assert "_src_path: archcore-template\n" in answers
    assert f"_commit: {PACKAGED.version}\n" in answers
    assert "width: 32\n" in answers
    for path in (one for one in directory.rglob("*") if one.is_file()):
        text = path.read_text(encoding="utf-8")
        assert str(tmp_path) not in text
        assert str(PACKAGED.template) not in text


def test_the_same_template_changes_nothing(committed, call):
    """And says so."""
    answer = call("new-arch", "--update", committed)

    assert (answer.code, answer.out) == (
        0,
        f"{committed} is as template {PACKAGED.version} has it\n",
    )
    assert git(committed, "status", "--porcelain") == ""


def test_a_newer_template_brings_its_changes_and_keeps_the_authors(committed, newer):
    """A passage of the template changes, a file comes, and the bit that was named stays."""
    source = newer(("entry.py.jinja", '"""Set ACCESSED."""', '"""Set ACCESSED, too."""'))

    done = making.update(committed, source)

    assert (done.old, done.new, done.conflicts) == (PACKAGED.version, "99.0", ())
    assert sorted(done.changed) == [".copier-answers.yml", "NEWS.md", "src/archcore_demo/entry.py"]
    assert (committed / "NEWS.md").read_text(encoding="utf-8") == "News of demo\n"
    assert "Set ACCESSED, too." in (committed / "src/archcore_demo/entry.py").read_text("utf-8")
    assert 'Bit("WRITE", 1, "stores' in (committed / LAYOUT).read_text(encoding="utf-8")
    assert making.update(committed, source) == Updated("99.0", "99.0")


def test_where_both_changed_both_versions_stand(committed, newer, call, monkeypatch):
    """Nothing of the author's is lost, and the command ends with 1."""
    source = newer(("layout.py.jinja", "stores are allowed", "stores go through"))
    update = making.update
    monkeypatch.setattr(making, "update", lambda directory: update(directory, source))

    answer = call("new-arch", "--update", committed, "--format", "json")
    found = json.loads(answer.out)

    assert answer.code == 1
    assert found["conflicts"] == [LAYOUT]
    text = (committed / LAYOUT).read_text(encoding="utf-8")
    assert 'Bit("WRITE", 1, "stores are allowed")' in text
    assert 'Blank("WRITE", "stores go through")' in text


def test_changes_that_are_not_committed_are_not_touched(committed, newer):
    """They could be lost in those of the template."""
    (committed / "README.md").write_text("mine", encoding="utf-8")

    with pytest.raises(UsageError, match=r"dirty.*commit or stash"):
        making.update(committed, newer())

    assert git(committed, "status", "--porcelain") == " M README.md\n"


def test_what_the_command_did_not_make_is_refused(call, tmp_path):
    """It has no answers to go by."""
    answer = call("new-arch", "--update", tmp_path)

    assert answer.code == 2
    assert "has no .copier-answers.yml, so `archcore new-arch` did not make it" in answer.err


def test_a_version_that_nobody_knows_is_refused(committed, call):
    """As when an older archcore-template is installed than the one that made it."""
    answers = committed / ".copier-answers.yml"
    text = answers.read_text(encoding="utf-8")
    answers.write_text(re.sub("_commit: .*", "_commit: 98.0", text), encoding="utf-8")

    answer = call("new-arch", "--update", committed)

    assert answer.code == 2
    assert "names version '98.0' of the template" in answer.err
    assert "install another archcore-template" in answer.err


def test_a_history_that_does_not_fit_is_named(committed, newer, tmp_path):
    """A broken installation is no riddle."""
    source = newer(("layout.py.jinja", "stores are allowed", "stores go through"))
    patch = source.history / f"{PACKAGED.version}.patch"
    patch.write_text(patch.read_text(encoding="utf-8").replace("go through", "went"), "utf-8")

    with pytest.raises(PluginError, match=r"the template cannot be read: git apply: .*; reinstall"):
        making.update(committed, source)


def test_every_version_of_the_template_can_still_be_made():
    """The patches of the package lead back through all of them."""
    with PACKAGED.opened() as name:
        tags = git(name, "tag").split()

    assert sorted(tags) == sorted((PACKAGED.version, *PACKAGED.older))
