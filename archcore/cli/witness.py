"""Asking an emulated MMU: the other side of ``archcore check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import asdict

from archcore.cli.options import write, write_document
from archcore.cli.progress import late_bar
from archcore.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.conformance.testimony import Testimony
    from archcore.conformance.witness import Witness
    from archcore.target import Target


def ask(targets: list[Target], oracle: str, seeds: range, out: Output) -> ExitCode:
    """Let an emulated MMU walk the same tables as the hardware model of each target.

    Tables are random and adversarial, made from each target's own entries; both must fault or
    translate alike for reads, writes and fetches. What the emulator cannot tell is counted.
    """
    from archcore.conformance.witness import witness

    if out.format == "junit":
        raise UsageError("an oracle's answers are told as text or json")
    heard = witness(oracle)
    refused = [(target.id, heard.refuses(target)) for target in targets]
    asked = [target for target, (_, why) in zip(targets, refused, strict=True) if why is None]
    results = _hear(asked, heard, seeds)
    if out.format == "json":
        write_document(_document(oracle, results, refused))
    else:
        write(_text(oracle, results, refused))
    if not asked:
        return ExitCode.UNDECIDED
    return ExitCode.DIFFERED if any(one.disagreements for one in results) else ExitCode.HELD


def _hear(asked: list[Target], heard: Witness, seeds: range) -> list[Testimony]:
    from archcore.conformance.testimony import hear

    with late_bar("walking", len(asked) * len(seeds)) as step:
        return [hear(target, heard, seeds, progress=step) for target in asked]


def _document(
    oracle: str, results: list[Testimony], refused: list[tuple[str, str | None]]
) -> dict[str, object]:
    return {
        "oracle": oracle,
        "targets": [
            {
                "target": one.target,
                "agreed": one.agreed,
                "disagreements": [
                    {
                        **asdict(item),
                        "access": item.access.value,
                        "address": hex(item.address),
                        "entry": None if item.entry is None else hex(item.entry),
                    }
                    for item in one.disagreements
                ],
                "skipped": dict(sorted(one.skipped.items())),
            }
            for one in results
        ],
        "refused": [{"target": name, "reason": why} for name, why in refused if why],
    }


def _text(oracle: str, results: list[Testimony], refused: list[tuple[str, str | None]]) -> str:
    lines = []
    for one in results:
        lines.append(
            f"{one.target}: {one.agreed} references agree with {oracle}, "
            f"{len(one.disagreements)} differ, {sum(one.skipped.values())} not told"
        )
        lines += [f"  not told: {count} x {why}" for why, count in sorted(one.skipped.items())]
        lines += [
            f"  seed {item.seed}: {item.access.value} at {item.address:#x}: the model "
            f"{item.model}; {oracle} {item.witness}"
            for item in one.disagreements
        ]
    lines += [f"{name}: not asked: {why}" for name, why in refused if why]
    return "\n".join(lines)
