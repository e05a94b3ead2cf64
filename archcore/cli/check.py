"""``archcore check``: hold targets against truth that nobody here wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from attrs import asdict

from archcore.cli.options import complete_target, examples, output, write, write_document
from archcore.cli.progress import late_bar
from archcore.errors import ExitCode

if TYPE_CHECKING:
    from archcore.cli.options import Output
    from archcore.conformance.testimony import Testimony
    from archcore.conformance.witness import Witness
    from archcore.target import Target


@click.command(
    epilog=examples(
        "archcore check TARGET --oracle unicorn", "archcore check --oracle unicorn --seeds 50"
    )
)
@click.argument("targets", nargs=-1, metavar="[TARGET]...", shell_complete=complete_target)
@click.option("--oracle", required=True, help="An emulated MMU that is installed, such as unicorn.")
@click.option("--seeds", type=click.IntRange(1), default=8, show_default=True)
@click.option("--first-seed", type=click.IntRange(0), default=0, show_default=True)
@output()
def command(
    targets: tuple[str, ...], oracle: str, seeds: int, first_seed: int, out: Output
) -> ExitCode:
    """Let an emulated MMU walk the same tables as the hardware model of TARGETs (default: all).

    Tables are random and adversarial, made from each target's own entries; both must fault or
    translate alike for reads, writes and fetches. What the emulator cannot tell is counted.
    """
    from archcore.conformance.witness import witness
    from archcore.registry import installed

    registry = installed()
    chosen = [registry.get(name) for name in targets] or list(registry)
    heard = witness(oracle)
    refused = [(target.id, heard.refuses(target)) for target in chosen]
    asked = [target for target, (_, why) in zip(chosen, refused, strict=True) if why is None]
    results = _hear(asked, heard, range(first_seed, first_seed + seeds))
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
