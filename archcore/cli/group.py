"""The group of commands: a name becomes a module when the command is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from archcore.cli.ending import abandon_stdout, finish
from archcore.cli.pages import BROUGHT, COMMANDS, help_page, short_page, version_page
from archcore.errors import ExitCode, PluginError, UnknownNameError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "archcore.commands"


class LazyGroup(click.Group):
    """Commands of archcore by module name, then those of plugins by entry point."""

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's signature
        """Run as click does, but end as archcore does: codes, messages, closed pipes."""
        given = args[0] if args else extra.get("args")
        extra["standalone_mode"] = False
        arguments = sys.argv[1:] if given is None else list(given)
        finish(lambda: super(LazyGroup, self).main(*args, **extra), debug="--debug" in arguments)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Settle what click would answer otherwise: a closed pipe with 1, Ctrl-C with a line."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            abandon_stdout()
            return ExitCode.HELD
        except KeyboardInterrupt as error:
            raise click.Abort from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return archcore's own commands; plugins are asked only for a name that is not ours."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """Load a command by name; None if nobody has it."""
        if cmd_name in COMMANDS and cmd_name not in BROUGHT:
            command: click.Command = import_module(f"archcore.cli.{cmd_name}").command
            command.short_help = COMMANDS[cmd_name]
            return command
        return _of_plugin(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names; raises UnknownNameError otherwise."""
        name, *rest = args
        if not ctx.resilient_parsing and name.startswith("-"):
            return super().resolve_command(ctx, args)
        command = self.get_command(ctx, name)
        if command is None and name in BROUGHT and not ctx.resilient_parsing:
            raise PluginError(_missing(name))
        if command is None and not ctx.resilient_parsing:
            remedy = "see `archcore --help`"
            raise UnknownNameError("command", name, tuple(COMMANDS), remedy)
        return name if command else None, command, rest

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return the page that is printed without click, too."""
        return help_page()


def _of_plugin(name: str) -> click.Command | None:
    from importlib.metadata import entry_points

    found = [point for point in entry_points(group=GROUP) if point.name == name]
    return _loaded(found[0]) if found else None


def _loaded(point: EntryPoint) -> click.Command:
    origin = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    try:
        command = point.load()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise PluginError(_unusable(point.name, origin, reason)) from error
    if not isinstance(command, click.Command):
        raise PluginError(_unusable(point.name, origin, f"{point.value} is no click command"))
    return command


def _missing(name: str) -> str:
    distribution, place = BROUGHT[name]
    return (
        f"{name} comes with {distribution}, which is not installed; in a checkout of archcore, "
        f"pip install copier && pip install --no-deps ./{place}"
    )


def _unusable(name: str, origin: str, reason: str) -> str:
    return f"command {name!r} of {origin} is not usable: {reason}; reinstall or mend {origin}"


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted and not ctx.resilient_parsing:
        click.echo(version_page())
        ctx.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version)
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto")
@click.option("--debug", is_flag=True, expose_value=False)
@click.pass_context
def archcore(ctx: click.Context, color: str) -> None:
    """Compare how architectures encode the NUMA hint in a page-table entry."""
    ctx.obj = color
    if ctx.invoked_subcommand is None:
        click.echo(short_page())
