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
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve
from mutation_edits import Edit, edits

from archcore import words
from archcore.binding import bind
from archcore.conformance.calls import Kind, calls
from archcore.conformance.judge import Judge
from archcore.conformance.law import Method
from archcore.conformance.laws import LAWS
from archcore.conformance.solve import Truth as Found
from archcore.conformance.statement import Pad, Statement
from archcore.conformance.subject import Subject, subjects
from archcore.conformance.verdict import Status
from archcore.entry import LevelHooks
from archcore.hookspecs import LEVEL_OF, arguments
from archcore.hw.mmu import Access
from archcore.registry import check
from archcore.words import both, either, negate, same
from archcore.words.record import RecordedTruth, Tape, argument
from archcore.words.smtlib import Script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from archcore.conformance.calls import Call
    from archcore.conformance.judge import Court
    from archcore.conformance.law import Law
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
OTHER_HOOKS = (
    *("vm_get_page_prot", "page_none", "pgprot_modify", "pxd_populate", "pxd_page_paddr"),
    *("arch_swp_entry", "arch_swp_type", "arch_swp_offset"),
)
WORDS, SECONDS, CHUNK = 4, 600, 8
FACTS, NAMES = "facts", ("a", "b", "c", "d")
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


class Whole:
    """A target at a level as it is: what each formula does, and which laws ask which of them."""

    def __init__(self, on: Subject, judge: Judge) -> None:
        """Prove the laws."""
        self.on, self.written, self.facts = on, written(on), facts(on)
        court, laws = judge.court(on), asked_of(on)
        court.prepare(laws)
        self.held = [law for law in laws if holding(court, law)]
        self.broken = [law for law in laws if law not in self.held]
        heard = listening(on)
        self.asks = {law.name: called(heard, law) for law in laws if law.method is Method.PROOF}

    def noticed(self, on: Subject, judge: Judge) -> str | None:
        """Return a law that is tried, and not proved, and stands otherwise than before."""
        court = judge.court(on)
        for law in asked_of(on):
            if law.method is not Method.PROOF and holding(court, law) is (law in self.broken):
                return law.name
        return None

    def changed(self, on: Subject) -> set[str]:
        """Return the formulas that are written otherwise than before, or FACTS."""
        after = written(on)
        names = self.written.keys() | after.keys()
        found = {name for name in names if self.written.get(name) != after.get(name)}
        return found | ({FACTS} if facts(on) != self.facts else set())

    def refuting(self, on: Subject, changed: set[str], judge: Judge) -> str | None:
        """Return a law that held before and does not hold now."""
        hooks = {name.rpartition(" ")[0] for name in changed}
        laws = [
            law
            for law in (*self.held, *self.broken)
            if law.name in self.asks
            and law.speaks_of(on)
            and (FACTS in changed or not self.asks[law.name].isdisjoint(hooks))
        ]
        court = judge.court(on)
        for at in range(0, len(laws), CHUNK):
            part = laws[at : at + CHUNK]
            court.prepare(part)
            for law in part:
                if holding(court, law) is (law in self.broken):
                    return law.name if law in self.held else f"{law.name} (claimed to fail)"
        return None

    def differences(
        self, on: Subject, changed: set[str], judge: Judge
    ) -> Iterator[tuple[str, str]]:
        """Yield each that answers otherwise for some word, with the word."""
        before, after = formulas(self.on), formulas(on)
        for name in sorted(changed - {FACTS}):
            if name not in before or name not in after:
                yield name, "any"
                continue
            answer = judge.answer(equal(before[name], after[name], on.width))
            if answer.truth is not Found.HOLDS:
                yield name, ", ".join(f"{key}={value:#x}" for key, value in answer.words.items())


def asked_of(on: Subject) -> list[Law]:
    """Return the laws that are asked at a level."""
    return [law for law in LAWS if law.speaks_of(on)]


def holding(court: Court, law: Law) -> bool:
    """Say whether a law is not refuted; what a helper raises refutes it."""
    if law.method is not Method.PROOF:
        return court.hold(law).status is not Status.REFUTED
    try:
        if law.premise is not None and court._vacuous(law, law.premise) is not None:  # noqa: SLF001
            return False
        statement = court._statement(law)  # noqa: SLF001 - the formula, without a tale of its failing
        return court.judge.answer(statement).truth is not Found.FAILS
    except Exception:  # noqa: BLE001 - whatever a stranger's helper does
        return False


def facts(on: Subject) -> tuple[object, ...]:
    """Return what laws know of a target besides its formulas."""
    target, geometry = on.target, on.target.geometry
    return (
        {name: mask.value for name, mask in on.level.layout.masks.items()},
        {name: mask.value for name, mask in target.swap.masks.items()},
        *(on.level.shift, on.level.leaf, geometry.pa_bits, geometry.page_shift),
        *(target.swap_types, target.era, on.write_policy),
        *(target.mmu.sets_accessed, target.mmu.sets_dirty, target.mmu.speculates),
        sorted(name for name, (layer, _) in on.hooks.offers.items() if layer != "generic"),
        sorted(on.hooks.helpers),
    )


class Listener:
    """Takes the place of a hardware format and writes down what it is asked."""

    def __init__(self, whole: Any, heard: set[str]) -> None:  # noqa: ANN401 - a format
        """Keep both."""
        self._whole, self._heard = whole, heard

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a question
        """Note the question."""
        self._heard.add(f"hw {name}")
        return getattr(self._whole, name)


def listening(on: Subject) -> tuple[Subject, set[str]]:
    """Return the subject again, and a set that fills with the names of what is called."""
    heard: set[str] = set()
    mmu = evolve(on.target.mmu, format=Listener(on.target.mmu.format, heard))
    target = evolve(on.target, mmu=mmu)
    hooks = bind(target)

    def noting(name: str, function: Any) -> Any:  # noqa: ANN401 - a hook
        def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - any word
            heard.add(name)
            return function(*given, **named)

        return call

    for name in hooks.offers:
        setattr(hooks, name, noting(name, getattr(hooks, name)))
    for name, function in hooks.helpers.items():
        hooks.helpers[name] = noting(name, function)
    return Subject(target, hooks, on.name, LevelHooks(hooks, on.name)), heard


def called(listened: tuple[Subject, set[str]], law: Law) -> frozenset[str]:
    """Return what a law calls; every law is taken to ask for protections."""
    on, heard = listened
    heard.clear()
    fresh = Subject(on.target, on.hooks, on.name, on.own)
    with suppress(Exception):
        Pad(fresh).state(law)
    return frozenset(heard)


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


# -- a target as formulas -------------------------------------------------------------------------


def written(on: Subject) -> dict[str, tuple[object, ...]]:
    """Return what each formula does, by name."""
    return {name: recorded(formula) for name, formula in formulas(on).items()}


@cache
def formulas(on: Subject) -> dict[str, Callable[..., Any]]:
    """Return every answer of a target at a level as a function of two words, by name and case."""
    found: dict[str, Callable[..., Any]] = {}
    for hook in on.hooks.offers:
        if LEVEL_OF.get(hook, on.name) == on.name and (hook in LEVEL_OF or hook in OTHER_HOOKS):
            found.update(_of_hook(on, hook))
    for call in calls(on):
        if call.name in on.hooks.helpers and call.result is not Kind.NEVER:
            found[f"{call.name} 0"] = _of_helper(on, call)
    form = on.target.mmu.format
    for name in ("valid", "leaf", "reserved", "address"):
        found[f"hw {name} 0"] = lambda a, *_, name=name: getattr(form, name)(on.level, a)
    for access in Access:
        found[f"hw allows {access.value}"] = lambda a, *_, one=access: form.allows(on.level, a, one)
    for name in ("accessed", "dirty", "mkaccessed", "mkdirty"):
        found[f"hw {name} 0"] = lambda a, *_, name=name: getattr(form, name)(a)
    return found


def _of_helper(on: Subject, helper: Call) -> Callable[..., Any]:
    rest = {Kind.TRUTH: True, Kind.NUMBER: 1, Kind.VMA: on.mappings[0], Kind.LEVEL: on.name}

    def call(*given: Any) -> Any:  # noqa: ANN401 - any word
        free = iter(given)
        return helper.function(
            *(next(free) if kind is Kind.WORD else rest[kind] for kind in helper.arguments)
        )

    return call


def _of_hook(on: Subject, hook: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    names, function = arguments(hook), getattr(on.hooks, hook)
    cases: list[dict[str, Any]] = [{}]
    for name, values in (
        ("vma", on.mappings),
        ("flush_pending", (False, True)),
        ("nr", (1, 2)),
        ("level", (on.name,)),
        ("vm_flags", range(16)),
    ):
        if name in names:
            cases = [{**case, name: value} for case in cases for value in values]
    for at, case in enumerate(cases):

        def call(*given: Any, case: dict[str, Any] = case) -> Any:  # noqa: ANN401 - any word
            free = iter(given)
            return function(*(case[name] if name in case else next(free) for name in names))

        yield f"{hook} {at}", call


def recorded(formula: Callable[..., Any]) -> tuple[object, ...]:
    """Return what a formula does, operation by operation, or the error that it raises."""
    tape = Tape(WORDS)
    try:
        result = argument(formula(*tape.words()))
    except Exception as error:  # noqa: BLE001 - whatever a slip does
        return (type(error).__name__, str(error))
    return (*tape.numbers, result)


def equal(before: Callable[..., Any], after: Callable[..., Any], width: int) -> Statement:
    """Return the statement that two formulas answer alike for all words."""
    tape, names = Tape(WORDS), NAMES
    try:
        left, right = before(*tape.words()), after(*tape.words())
    except Exception:  # noqa: BLE001 - whatever a slip does
        return Statement("", names, width, known=False)
    if any(isinstance(one, RecordedTruth | bool) for one in (left, right)):
        claim = either(both(left, right), both(negate(left), negate(right)))
    else:
        claim = same(left, right)
    if isinstance(claim, bool):
        return Statement("", names, width, claim)
    script = Script(width, names)
    lines = [script.define(at, op) for at, op in enumerate(tape.numbers, WORDS)]
    return Statement(script.text(names, lines, script.denied(argument(claim))), names, width)


if __name__ == "__main__":
    main()
