"""Plant slips in an architecture and ask whether the laws notice: ``mutation.py x86 arm64``.

Each mutant is one small edit of the source (``mutation_edits``), loaded in a process of its own and
held against the laws at a few targets, until one refutes what held before, or holds although it is
claimed not to. What no law notices is asked of every helper and of the hardware: where an answer
changed for some word, the mutant survived; where none did, no formula of these targets depends on
the line. A mutant that does not load, or that registration refuses, was refused.

One process at a time; a mutant takes seconds. It is no gate.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.abc
import importlib.util
import json
import multiprocessing
import pickle
import random
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mutation_edits import Edit, edits
from mutation_laws import Whole

from archcore import words
from archcore.conformance.judge import Judge
from archcore.conformance.subject import subjects
from archcore.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from archcore.target import Target

TARGETS = {
    "x86": ("x86-v6.12", "x86-v6.1", "x86-v4.8", "x86-v3.16", "x86-v3.8", "x86-2012-10"),
    "arm64": ("arm64-4k-v6.12", "arm64-4k-v6.1", "arm64-64k-va52-v6.12", "arm64-16k-va52-v6.12"),
    "powerpc": (
        *("powerpc-radix-64k-v6.1", "powerpc-hash-64k-v6.1", "powerpc-radix-4k-v6.12"),
        *("powerpc-hash-4k-v6.1", "powerpc-radix-64k-v4.12", "powerpc-hash-64k-v4.0"),
        "powerpc-hash-64k-v3.14",
    ),
}
SECONDS = 600
KILLED, REFUSED, SURVIVED, UNSEEN, LATE = "killed", "refused", "survived", "unseen", "late"


def main() -> None:
    """Run campaigns and print what became of the mutants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("architectures", nargs="+", choices=TARGETS)
    parser.add_argument("--sample", type=int, default=150, help="mutants an architecture")
    parser.add_argument("--seed", type=int, default=2012)
    parser.add_argument("--only", default="", help="part of a mutant's line, to plant just those")
    parser.add_argument("--again", type=Path, help="an --out file, to plant what survived in it")
    parser.add_argument("--proofs", action="store_true", help="ask only laws that are proved")
    parser.add_argument("--known", type=Path, help="keeps theorems from one run to the next")
    parser.add_argument("--out", type=Path, help="a file for one JSON object a mutant")
    given = parser.parse_args()
    for name in given.architectures:
        campaign = Campaign(name, given.known, proofs=given.proofs)
        campaign.prepare()
        rows = []
        for row in campaign.run(_chosen(name, given)):
            rows.append(row)
            if given.out:
                with given.out.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps({"arch": name, **row}) + "\n")
        _summary(name, rows)


def _chosen(name: str, given: argparse.Namespace) -> list[Edit]:
    found = [one for path in _sources(name) for one in edits(path.stem, path.read_text("utf-8"))]
    found = [one for one in found if given.only in str(one)]
    if given.again:
        rows = map(json.loads, given.again.read_text(encoding="utf-8").splitlines())
        wanted = {without_line(row["edit"]) for row in rows if row["end"] == SURVIVED}
        return [one for one in found if without_line(str(one)) in wanted]
    count = min(given.sample, len(found))
    return random.Random(given.seed).sample(found, count)  # noqa: S311 - reproducible, not secret


def without_line(edit: str) -> str:
    """Return an edit as it is told, without the number of its line, which may have moved."""
    place, _, rest = edit.partition(" ")
    return f"{place.partition(':')[0]} {rest}"


def _sources(name: str) -> list[Path]:
    spec = importlib.util.find_spec(package_of(name))
    folder = Path(str(spec and spec.origin)).parent
    return sorted(path for path in folder.glob("*.py") if not path.stem.startswith("__"))


def package_of(name: str) -> str:
    """Return the package of an architecture."""
    return f"archcore_{name}"


def _summary(name: str, rows: list[dict[str, Any]]) -> None:
    tally = Counter(row["end"] for row in rows)
    caught = tally[KILLED] + tally[REFUSED]
    asked = caught + tally[SURVIVED] + tally[LATE]
    rate = f"{caught / asked:.1%}" if asked else "-"
    print(f"{name}: {dict(tally)}, caught {caught} of {asked} that some formula depends on: {rate}")
    for row in rows:
        if row["end"] in (SURVIVED, LATE, UNSEEN):
            print(f"  {row['end']} {row['edit']}  {row['by']}")


# -- one architecture -----------------------------------------------------------------------------


class Campaign:
    """The architecture as it is, proved once, and what becomes of it with an edit."""

    def __init__(self, name: str, known: Path | None, *, proofs: bool) -> None:
        """Keep the name; theorems are kept in ``known`` beside the other architectures'."""
        self.name, self.package, self.proofs = name, package_of(name), proofs
        self.store = known and known.with_suffix(f".{name}")
        self.judge = Judge()
        self.whole: dict[tuple[str, str], Whole] = {}

    def prepare(self) -> None:
        """Prove what holds of the targets as they are."""
        if self.store and self.store.exists():
            self.judge.known.update(pickle.loads(self.store.read_bytes()))  # noqa: S301 - our own
        found = targets(self.package)
        for target_id in TARGETS[self.name]:
            for on in subjects(found[target_id]):
                self.whole[target_id, on.name] = Whole(on, self.judge)
            print(f"{target_id}: {len(self.judge.known)} theorems", file=sys.stderr, flush=True)
        if self.store:
            self.store.write_bytes(pickle.dumps(self.judge.known))

    def run(self, chosen: list[Edit]) -> Iterator[dict[str, Any]]:
        """Plant each edit in a process of its own and yield how it ended."""
        context = multiprocessing.get_context("fork")
        for at, edit in enumerate(chosen, 1):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=self._child, args=(edit, theirs))
            process.start()
            end, by = ours.recv() if ours.poll(SECONDS) else (LATE, "")
            process.kill()
            process.join()
            print(f"{at}/{len(chosen)} {end} {edit}  {by}", file=sys.stderr, flush=True)
            yield {"edit": str(edit), "kind": edit.kind, "end": end, "by": by}

    def _child(self, edit: Edit, pipe: Any) -> None:  # noqa: ANN401 - one end of a pipe
        try:
            planted = self._planted(edit)
        except Exception as error:  # noqa: BLE001 - whatever a slip does when it loads
            pipe.send((REFUSED, f"{type(error).__name__}: {error}"))
            return
        pipe.send(self._judged(planted))

    def _planted(self, edit: Edit) -> dict[str, Target]:
        """Load the package again with an edit in one of its modules."""
        for name in [one for one in sys.modules if one.partition(".")[0] == self.package]:
            del sys.modules[name]
        sys.meta_path.insert(0, Planter(f"{self.package}.{edit.module}", edit))
        planted = targets(self.package)
        for target_id in TARGETS[self.name]:
            check(planted[target_id])
        return planted

    def _judged(self, planted: dict[str, Target]) -> tuple[str, str]:
        differing = []
        several = [on for name in TARGETS[self.name] for on in subjects(planted[name])]
        for on in several if not self.proofs else ():
            noticed = self.whole[on.target.id, on.name].noticed(on, self.judge)
            if noticed:
                return KILLED, f"{noticed} {on.target.id} {on.name}"
        for target_id in TARGETS[self.name]:
            for on in subjects(planted[target_id]):
                before = self.whole[target_id, on.name]
                changed = before.changed(on)
                if changed:
                    differing.append((before, on, changed))
                    refuting = before.refuting(on, changed, self.judge)
                    if refuting:
                        return KILLED, f"{refuting} {target_id} {on.name}"
        for before, on, changed in differing:
            for name, word in before.differences(on, changed, self.judge):
                return SURVIVED, f"{name} of {on.target.id} {on.name}, such as {word}"
        return UNSEEN, ""


class Planter(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module with an edit; every word function is at hand, imported or not."""

    def __init__(self, name: str, edit: Edit) -> None:
        """Keep the module's full name and the edit."""
        self.name, self.edit = name, edit

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:  # noqa: ANN401, ARG002
        """Find that module only."""
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the edited source."""
        package = importlib.import_module(self.name.rpartition(".")[0])
        source = Path(str(package.__file__)).with_name(f"{self.edit.module}.py")
        module.__dict__.update({name: getattr(words, name) for name in words.__all__})
        text = self.edit.applied(source.read_text("utf-8"))
        exec(compile(text, str(source), "exec"), module.__dict__)  # noqa: S102 - that is the point


def targets(package: str) -> dict[str, Target]:
    """Import a package and return its targets by id."""
    found = importlib.import_module(package).archcore_targets()
    return {target.id: target for target in found}


if __name__ == "__main__":
    main()
