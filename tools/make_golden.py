"""Make the recorded answers of architectures: ``make_golden.py ORACLE [TARGET ...]``.

ORACLE holds vector files (docs/vectors.md) of Linux 6.1: what its compiled page-table helpers
answered. What it does not answer was worked out by hand from the kernels' headers and lies beside
the tests of each architecture; files say so. The same input gives the same bytes under the same
zlib.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen
from choose_records import choose

from archcore.binding import bind
from archcore.registry import installed
from archcore.vectors.callee import callee
from archcore.vectors.group import Gathering
from archcore.vectors.read import read
from archcore.vectors.signature import Signature, assumed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcore.target import Target
    from archcore.vectors.group import Group

ARCHES = Path(__file__).parents[1] / "arches"
MEASURED = {
    "x86-v6.1": "x86_64-6.1",
    "arm64-4k-v6.1": "arm64-6.1-4k",
    "arm64-64k-va52-v6.1": "arm64-6.1-64k",
    "powerpc-radix-64k-v6.1": "powerpc64-6.1-radix-64k",
    "powerpc-hash-64k-v6.1": "powerpc64-6.1-hash-64k",
    "riscv-sv48-v6.1": "riscv64-6.1",
    "s390x-v6.1": "s390x-6.1",
}
KEPT = (
    "variant",
    "kernel",
    "config",
    "compiler",
    "page_size",
    "levels",
    "va_bits",
    "pa_bits",
    "mmu",
    "runtime",
)
MEASURED_ORIGIN = (
    "results of the compiled helpers of Debian's linux-source-6.1 6.1.192-2, called from user "
    "space; numbers only, no code of the kernel. Records of the helpers under 'derived' were "
    "worked out by hand. Chosen by tools/make_golden.py"
)
DERIVED_ORIGIN = (
    "DERIVED by hand from the headers of the kernels of this era, apart from archcore: no kernel "
    "gave these results. Numbers only, no code of the kernel. Put together by tools/make_golden.py"
)
MASK = (1 << 64) - 1
TEXTS = {"true": True, "True": True, "false": False, "False": False}


@frozen
class Fact:
    """A call and its result; truths are bool."""

    helper: str
    args: tuple[int, ...]
    result: int


# -- worked out by hand ---------------------------------------------------------------------------

# What a writable, dirty, young page of frame 0x12345 becomes as a hint, and in which eras also a
# read-only and a huge one; how it comes back; a swap entry of area 1, offset 0x12345. They follow
# from the commits that the eras name as their sources.
LIVE, READ_ONLY, HUGE = 0x8000000012345067, 0x8000000012345065, 0x80000000400000E7
PLAIN = (("pte_mknuma", LIVE, 0x12345162), ("pte_mknuma", READ_ONLY, 0x12345160))
INVERTED = (
    ("pte_mknuma", LIVE, 0x000FFFFFEDCBA162),
    ("pte_mknuma", READ_ONLY, 0x000FFFFFEDCBA160),
)
HINTS = {
    "x86-2012-10": (
        ("pte_mknuma", LIVE, 0x12345160),
        ("pte_mknonnuma", 0x12345160, READ_ONLY),
    ),
    "x86-v3.8": (
        ("pte_mknuma", LIVE, 0x8000000012345166),
        ("pte_mknonnuma", 0x8000000012345166, LIVE),
    ),
    "x86-v3.16": (
        ("pte_mknuma", LIVE, 0x8000000012345266),
        ("pte_mknonnuma", 0x8000000012345266, LIVE),
    ),
    "x86-v4.0": PLAIN,
    "x86-v4.8": PLAIN,
    "x86-v4.18": INVERTED,
    "x86-v6.1": (*INVERTED, ("pmd_mknuma", HUGE, 0x000FFFFFBFE001E2)),
    "x86-v6.12": (("pte_mknuma", LIVE, 0x040FFFFFEDCBA120),),
    "arm64-4k-v6.1": (
        ("pte_mknuma", 0x00E8000012345F43, 0x04E8000012345F02),
        ("pte_mknuma", 0x00E0000012345FC3, 0x04E0000012345F82),
        ("pmd_mknuma", 0x00E8000040000F41, 0x04E8000040000F00),
    ),
    "riscv-sv48-v6.1": (
        ("pte_mknuma", 0x48D14D7, 0x48D14E6),
        ("pte_mknuma", 0x48D14D3, 0x48D14E2),
        ("pte_mknonnuma", 0x48D14E6, 0x48D14D7),
    ),
    "riscv-sv48-v6.12": (
        ("pte_mknuma", 0x48D14D7, 0x48D14E2),
        ("__swp_entry", (1, 0x12345), 0x12345080),
    ),
    "s390x-v6.1": (
        ("pte_mknuma", 0x1234513D, 0x1234542D),
        ("pte_mknuma", 0x1234531D, 0x1234560D),
        ("pte_mknonnuma", 0x1234542D, 0x1234513D),
    ),
    "arm64-4k-v6.12": (
        ("pte_mknuma", 0x00E8000012345F43, 0x00E0000012345F82),
        ("__swp_entry", (1, 0x12345), 0x12345040),
    ),
}
POWERPC_SETTERS = {
    "mkdirty_0": "pte_mkdirty",
    "mkwrite_0": "pte_mkwrite",
    "special": "pte_mkspecial",
    "devmap": "pte_mkdevmap",
    "invalid": "pmd_mkinvalid",
    "noncached_0": "pgprot_noncached",
    "tolerant_0": "pgprot_noncached_wc",
    "swap_soft_dirty": "pte_swp_mksoft_dirty",
    "swap_exclusive": "pte_swp_mkexclusive",
}


def x86(target: Target) -> Iterator[Fact]:
    """Yield what the headers of an era of x86 say."""
    for row in _rows(ARCHES / "x86/tests/data/eras.csv"):
        name, *args = row["call"].split()
        if target.era in row["eras"].split() and not name.startswith("pxd_"):
            helper = name.replace("arch_", "__", 1)
            yield Fact(helper, tuple(map(_number, args)), _number(row["result"]))


def arm64(target: Target) -> Iterator[Fact]:
    """Yield what the formulas of Linux 6.12 gave."""
    for row in _rows(ARCHES / "arm64/tests/data/linux-6.12.csv.gz"):
        if row["target"] == target.id:
            given = (row["arguments"], *(row.get(None) or ()))
            result = int(row["result"], 16)
            truth = row["kind"] == "b"
            yield Fact(row["helper"], tuple(map(_number, given)), bool(result) if truth else result)


def powerpc(target: Target) -> Iterator[Fact]:
    """Yield what the macros of the target's headers give."""
    words = _powerpc_words(target)
    for flags, prot in enumerate(_powerpc(target)["prot"]):
        yield Fact("vm_get_page_prot", (flags,), int(prot, 16))
    yield Fact("pte_modify", (MASK, 0), words["modify_ones"])
    yield Fact("pmd_modify", (MASK, 0), words["pmd_modify_ones"])
    for bit in (1 << at for at in range(64)):
        yield Fact("pte_none", (bit,), bool(words["unseen"] & bit))
        yield Fact("pte_same", (bit, 0), bool(words["incomparable"] & bit))
    for word, helper in POWERPC_SETTERS.items():
        if word in words and callee(bind(target), helper):
            yield Fact(helper, (0,), words[word])


def hints(target: Target) -> Iterator[Fact]:
    """Yield what is known of a target's hints and swap entries."""
    for helper, args, result in HINTS.get(target.id, ()):
        yield Fact(helper, args if isinstance(args, tuple) else (args,), result)
    if target.arch == "powerpc":
        words = _powerpc_words(target)
        yield Fact("pte_mknuma", (words["live"],), words["hint"])


def _powerpc(target: Target) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((ARCHES / "powerpc/tests/data/golden.json").read_text())
    return known[target.id]


def _powerpc_words(target: Target) -> dict[str, int]:
    return {name: int(word, 16) for name, word in _powerpc(target)["words"].items()}


def _rows(path: Path) -> list[dict[Any, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="ascii", newline="") as stream:
        return list(csv.DictReader(stream))


def _number(written: str) -> int:
    return TEXTS[written] if written in TEXTS else int(written, 16)


def nothing(target: Target) -> Iterator[Fact]:  # noqa: ARG001 - as the others are called
    """Yield nothing: the file of the kernel has all helpers."""
    yield from ()


BY_HAND = {"x86": x86, "arm64": arm64, "powerpc": powerpc, "riscv": nothing, "s390x": nothing}


# -- files ----------------------------------------------------------------------------------------


def main(oracle: str, *ids: str) -> None:
    """Write one file a target and say what is in it; only of some targets, if any are named."""
    signatures: dict[str, str] = {}
    wanted = set(ids or (one.id for one in installed() if one.arch in BY_HAND))
    for target_id, name in MEASURED.items():
        if target_id not in wanted:
            continue
        vectors = read(Path(oracle) / f"{name}.jsonl.gz")
        signatures |= vectors.meta["signatures"]
        meta = {key: vectors.meta[key] for key in KEPT if key in vectors.meta}
        target = installed().get(target_id)
        unmeasured = (
            one for one in BY_HAND[target.arch](target) if one.helper not in vectors.groups
        )
        more = gathered(chain(unmeasured, hints(target)), signatures)
        meta |= {"origin": MEASURED_ORIGIN, "derived": [one.helper for one in more]}
        write(target, meta, [*vectors.groups.values(), *more], vectors.constants)
    for target in installed():
        if target.id not in wanted:
            continue
        facts = tuple(chain(BY_HAND[target.arch](target), hints(target)))
        if target.id not in MEASURED and facts:
            meta = {"variant": target.id, "origin": DERIVED_ORIGIN}
            write(target, meta, gathered(facts, signatures), {})


def gathered(facts: Iterable[Fact], signatures: dict[str, str]) -> list[Group]:
    """Return facts by helper, under the signatures that other files give."""
    made: dict[str, Gathering] = {}
    for fact in facts:
        into = made.get(fact.helper)
        if into is None:
            into = Gathering(fact.helper, _signature(fact, signatures))
            made[fact.helper] = into
        into.words += map(int, fact.args)
        into.results.append(int(fact.result))
        into.lines.append(len(into.lines))
    return [one.group() for one in made.values()]


def _signature(fact: Fact, signatures: dict[str, str]) -> Signature:
    known = Signature.parse(signatures.get(fact.helper))
    if known is None:
        guessed = assumed(fact.helper, len(fact.args))
        letters = zip(fact.args, guessed.arguments, strict=True)
        truths = "".join("f" if isinstance(arg, bool) else letter for arg, letter in letters)
        result = "b" if isinstance(fact.result, bool) else guessed.result
        known = Signature(result, truths)
    return known


def write(
    target: Target, meta: dict[str, Any], groups: Iterable[Group], constants: dict[str, int]
) -> None:
    """Write the records of a target that matter."""
    lines, hooks = [], bind(target)
    signatures, blind, mistakes = {}, 0, 0
    for group in groups:
        choice = choose(callee(hooks, group.helper), group, target.geometry.width)
        blind, mistakes = blind + choice.blind, mistakes + choice.mistakes
        signatures[group.helper] = f"{group.signature.result}:{group.signature.arguments}"
        lines += (
            _line(group.helper, [hex(word) for word in group.words[at].tolist()], group.results[at])
            for at in choice.places
        )
    lines += (_line("const", [name], value) for name, value in constants.items())
    head = json.dumps({"meta": {**meta, "signatures": signatures}}, separators=(",", ":"))
    text = "\n".join([head, *lines]) + "\n"
    package, _, name = target.golden.partition(":")
    path = Path(str(files(package))) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    noticed = f"{mistakes - blind} of {mistakes} mistakes noticed" if mistakes else ""
    print(f"{target.id}: {len(lines)} records, {path.stat().st_size} bytes; {noticed}")


def _line(helper: str, args: list[str], result: int) -> str:
    record = {"helper": helper, "args": args, "result": hex(int(result))}
    return json.dumps(record, separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])
