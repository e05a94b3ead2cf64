"""``archcore new-arch``: the distribution of an architecture, made of the template."""

from __future__ import annotations

import re
import shlex
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archcore.cli.options import examples, output, write, write_document
from archcore.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore_template.making import Updated

ARCH = re.compile(r"[a-z][a-z0-9]{0,15}")
PART = re.compile(r"[a-z0-9.]+(-[a-z0-9.]+)*")


@click.command(
    "new-arch",
    epilog=examples(
        "archcore new-arch toy --width 32 --levels 2 --hint own",
        "archcore new-arch riscv --geometry sv39 --levels 3 --era v6.1 --output arches/riscv",
        "archcore new-arch --update archcore-toy",
    ),
)
@click.argument("name", required=False)
@click.option(
    "--output",
    "directory",
    type=click.Path(path_type=Path),
    help="The directory to make.  [default: archcore-NAME]",
)
@click.option("--width", type=click.Choice(("32", "64")), help="Bits of an entry.  [default: 64]")
@click.option(
    "--levels",
    type=click.IntRange(2, 5),
    help="Levels of the page table.  [default: 4; 2 for 32-bit entries]",
)
@click.option("--page-shift", type=click.IntRange(10, 20), help="Log of the page size, as 12.")
@click.option(
    "--pa-bits",
    type=click.IntRange(11, 64),
    help="Bits of a physical address.  [default: 48; 32 for 32-bit entries]",
)
@click.option("--byteorder", type=click.Choice(("little", "big")), help="How entries are stored.")
@click.option("--geometry", help="The middle of the target id.  [default: 64bit or 32bit]")
@click.option("--era", help="The kernel whose rules the target follows.  [default: v6.1]")
@click.option(
    "--hint",
    type=click.Choice(("protnone", "own")),
    help="The none protection, told by the VMA, or three helpers of your own.",
)
@click.option(
    "--huge",
    type=click.Choice(("same", "own", "none")),
    help="Huge pages in the format of pages, in their own, or none.",
)
@click.option("--refill", type=click.Choice(("hardware", "software")), help="Who loads the TLB.")
@click.option("--proposal", is_flag=True, help="The encoding is a proposal that no kernel has.")
@click.option(
    "--update",
    "updated",
    type=click.Path(path_type=Path),
    help="Bring a directory made earlier what the template does differently now.",
)
@output()
def command(
    *,
    name: str | None,
    directory: Path | None,
    updated: Path | None,
    out: Output,
    **given: Any,  # noqa: ANN401 - the answers, of several types
) -> ExitCode:
    """Make archcore-NAME, the distribution of an architecture; asks nothing, needs no network.

    NAME is what target ids begin with. The suite runs at once, and says which bits are missing.
    """
    answers = {option: value for option, value in given.items() if value not in (None, False)}
    if updated is not None:
        if name or directory or answers:
            raise UsageError("--update goes with nothing else; the answers are in the directory")
        return _update(updated, out)
    if name is None:
        raise UsageError("new-arch needs a NAME, such as `archcore new-arch toy`")
    _check(name, answers)
    place = directory or Path(f"archcore-{name}")
    _check_free(place)
    return _make(place, {"name": name, **answers}, out)


def _make(place: Path, answers: dict[str, Any], out: Output) -> ExitCode:
    from archcore_template.making import make

    if "width" in answers:
        answers["width"] = int(answers["width"])
    files = make(place.absolute(), answers)
    shown = shlex.quote(str(place) if place.is_absolute() else f"./{place}")
    after = (f"pip install --no-deps --editable {shown}", f"pytest -x {shown}", "archcore targets")
    if out.format == "json":
        write_document({"directory": str(place), "files": list(files), "next": list(after)})
        return ExitCode.HELD
    package = place / "src" / f"archcore_{answers['name']}"
    write(f"made {place}: {len(files)} files\n")
    write(f"Name the bits in {package / 'layout.py'} and {package / 'hardware.py'}.\n")
    write("\n".join(("next:", *(f"  {line}" for line in after))))
    return ExitCode.HELD


def _update(place: Path, out: Output) -> ExitCode:
    from archcore_template.making import update

    done = update(place.absolute())
    if out.format == "json":
        write_document(
            {
                "directory": str(place),
                "old": done.old,
                "new": done.new,
                "changed": list(done.changed),
                "conflicts": list(done.conflicts),
            }
        )
    else:
        write(_told(place, done))
    return ExitCode.DIFFERED if done.conflicts else ExitCode.HELD


def _told(place: Path, done: Updated) -> str:
    if done.old == done.new:
        return f"{place} is as template {done.new} has it"
    lines = [f"{place}: from template {done.old} to {done.new}"]
    lines += [f"  changed   {one}" for one in done.changed]
    lines += [f"  conflict  {one}: both versions stand there" for one in done.conflicts]
    return "\n".join([*lines, f"See `git -C {shlex.quote(str(place))} diff`."])


def _check(name: str, answers: dict[str, Any]) -> None:
    """Raise UsageError for a name that cannot be one, or answers that do not fit each other."""
    if not ARCH.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot name an architecture: write up to 16 lower-case letters and digits, "
            "a letter first, such as riscv or s390x"
        )
    try:
        taken = f"archcore-{name} {version(f'archcore-{name}')}"
    except PackageNotFoundError:
        pass
    else:
        raise UsageError(f"{taken} is installed already; choose another name")
    for option in ("geometry", "era"):
        if option in answers and not PART.fullmatch(answers[option]):
            raise UsageError(
                f"--{option} {answers[option]!r} cannot stand in a target id: write lower-case "
                "letters, digits, dots and hyphens, such as sv39 or v6.1"
            )
    if answers.get("pa_bits", 64) <= answers.get("page_shift", 12):
        raise UsageError("a physical address has more bits than --page-shift; raise --pa-bits")


def _check_free(place: Path) -> None:
    if place.is_dir() and any(place.iterdir()):
        raise UsageError(
            f"{place} is there and not empty; name another directory with --output, or use "
            "--update if new-arch made it"
        )
    if place.exists() and not place.is_dir():
        raise UsageError(f"{place} is there and no directory; name another with --output")
