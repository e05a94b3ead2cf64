"""``archcore completion``: teaches a shell the names of commands, options and targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcore.cli import ASKED_BY_SHELL
from archcore.cli.options import examples, write

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog=examples(
        'eval "$(archcore completion bash)"',
        "archcore completion zsh > ~/.zfunc/_archcore",
        "archcore completion fish > ~/.config/fish/completions/archcore.fish",
    )
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.option("--debug", is_flag=True, expose_value=False, hidden=True)
def command(shell: str) -> None:
    """Print the completion script of a shell; evaluate it or store it where the shell looks."""
    from click.shell_completion import ShellComplete as Completer

    from archcore.cli.group import archcore

    made = _kinds()[shell](archcore, {}, "archcore", ASKED_BY_SHELL)
    # The base class fills in the template; the one for bash would first start a shell.
    write(Completer.source(made))


def _kinds() -> dict[str, type[ShellComplete]]:
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    return {kind.name: kind for kind in (BashComplete, ZshComplete, FishComplete)}
