"""Which targets there are: found through entry points, or registered in process.

Every distribution goes through the same door: the entry-point group ``archcore`` names an object
whose hook ``archcore_targets`` returns targets. A plugin that cannot be used is kept aside with
the reason; asking for one of its targets by name is what fails.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

import pluggy
from attrs import field, frozen

from archcore import hookspecs
from archcore.binding import bind
from archcore.errors import ArchcoreError, PluginError, UnknownNameError, one_line
from archcore.target import ENGINES, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = hookspecs.PROJECT
BLOCK_LIST = "ARCHCORE_DISABLE_PLUGINS"
BLOCKED = "blocked"
REQUIRED = (
    *("pte_none", "pte_present", "pte_same", "pte_write", "pte_dirty", "pte_young", "pte_pfn"),
    *("pfn_pte", "pte_modify", "pte_mkwrite", "pte_wrprotect", "pte_mkdirty", "pte_mkclean"),
    *("pte_mkyoung", "pte_mkold", "pte_numa", "pte_mknuma", "pte_mknonnuma"),
    *("vm_get_page_prot", "page_none", "pxd_populate", "pxd_page_paddr"),
    *("arch_swp_entry", "arch_swp_type", "arch_swp_offset"),
    *("arch_swp_entry_to_pte", "arch_pte_to_swp_entry"),
)


@frozen
class Rejection:
    """A plugin that is not used: which, from where, why, and what to do about it."""

    plugin: str
    origin: str
    reason: str
    remedy: str


@frozen
class Registry:
    """Targets by id with the distribution each came from, and the plugins set aside.

    ``packages`` has the package in which each target's plugin lives, and with it the files that
    the plugin ships; it is empty for a target of this process and for a plugin outside a package.
    """

    targets: dict[str, Target] = field(factory=dict)
    origins: dict[str, str] = field(factory=dict)
    packages: dict[str, str] = field(factory=dict)
    rejected: list[Rejection] = field(factory=list)

    def register(
        self,
        plugin: object,
        *,
        origin: str = "this process",
        package: str = "",
        replace: bool = False,
    ) -> tuple[Target, ...]:
        """Add a Target, or all targets of an object with the hook ``archcore_targets``.

        Raises PluginError when one is incomplete, or has the id of another one while ``replace`` is
        False; then nothing is added.
        """
        targets = (plugin,) if isinstance(plugin, Target) else targets_of(plugin)
        for target in targets:
            check(target)
            if target.id in self.targets and not replace:
                raise PluginError(
                    f"target {target.id!r} is already registered by {self.origins[target.id]}; "
                    "give yours another id or pass replace=True"
                )
        for target in targets:
            self.targets[target.id] = target
            self.origins[target.id] = origin
            self.packages[target.id] = package
        return targets

    def get(self, target_id: str) -> Target:
        """Return a target by id; raises UnknownNameError, or PluginError if its plugin broke."""
        if target_id in self.targets:
            return self.targets[target_id]
        for rejection in self.rejected:
            if target_id.startswith(f"{rejection.plugin}-"):
                raise PluginError(
                    f"target {target_id!r} belongs to plugin {rejection.plugin!r} of "
                    f"{rejection.origin}, which is not usable: {rejection.reason}; "
                    f"{rejection.remedy}"
                )
        raise UnknownNameError("target", target_id, tuple(sorted(self.targets)), self._remedy())

    def _remedy(self) -> str:
        if self.rejected:
            aside = ", ".join(sorted(rejection.plugin for rejection in self.rejected))
            return f"set aside: {aside}; see `archcore targets`"
        if not self.targets:
            return "no architecture is installed; install one, such as those under arches/"
        return "see `archcore targets`"

    def __iter__(self) -> Iterator[Target]:
        """Yield the targets, by architecture and then in the order their plugin gave them."""
        return iter(sorted(self.targets.values(), key=lambda target: target.arch))


def targets_of(plugin: object) -> tuple[Target, ...]:
    """Return what an object's hook ``archcore_targets`` gives; raises PluginError if it breaks."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(plugin)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"its hooks do not fit: {one_line(error)}") from error
    targets: list[Target] = []
    for answer in manager.hook.archcore_targets():
        if not isinstance(answer, list | tuple):
            raise PluginError(f"archcore_targets returned {answer!r}, which is no tuple of targets")
        targets += answer
    _check_targets(targets)
    return tuple(targets)


def _check_targets(targets: list[Target]) -> None:
    if not targets:
        raise PluginError("it has no hook archcore_targets that returns targets")
    for target in targets:
        if not isinstance(target, Target):
            raise PluginError(f"archcore_targets returned {target!r}, which is no Target")
    ids = [target.id for target in targets]
    for target_id in ids:
        if ids.count(target_id) > 1:
            raise PluginError(f"archcore_targets returned two targets {target_id!r}; rename one")


def check(target: Target) -> None:
    """Raise PluginError unless a target can be used, as far as can be told without using it.

    Its engine profile is known, its layers fit the hooks, and nothing needed is missing.
    """
    if target.engine not in ENGINES:
        unknown = UnknownNameError("engine profile", target.engine, ENGINES)
        raise PluginError(f"target {target.id!r} names an engine that there is not: {unknown}")
    hooks = bind(target)
    missing = [name for name in REQUIRED if not hooks.has(name)]
    if missing:
        raise PluginError(
            f"target {target.id!r} lacks {', '.join(missing)}; implement them with hookimpl"
        )


def discover() -> Registry:
    """Return the registry of what is installed; a broken plugin is set aside, never fatal."""
    registry = Registry()
    blocked = {name.strip() for name in os.environ.get(BLOCK_LIST, "").split(",") if name.strip()}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        origin = _origin(point)
        if point.name in blocked:
            remedy = f"take {point.name} out of {BLOCK_LIST}"
            registry.rejected.append(Rejection(point.name, origin, BLOCKED, remedy))
            continue
        try:
            plugin = point.load()
            registry.register(plugin, origin=origin, package=_package(point))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a stranger's plugin does
            registry.rejected.append(_rejection(point, origin, error))
    return registry


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _package(point: EntryPoint) -> str:
    """Return the package of a loaded entry point's module, the module itself if it is one."""
    spec = getattr(sys.modules.get(point.module), "__spec__", None)
    return spec.parent or "" if spec is not None else ""


def _rejection(point: EntryPoint, origin: str, error: BaseException) -> Rejection:
    own = isinstance(error, ArchcoreError)
    reason = str(error) if own else f"{type(error).__name__}: {one_line(error)}"
    verb = "mend" if own else "reinstall or mend"
    remedy = f"{verb} it, or leave it out with {BLOCK_LIST}={point.name}"
    return Rejection(point.name, origin, reason, remedy)


_installed: list[Registry] = []


def installed() -> Registry:
    """Return the registry of this process, discovered at the first call."""
    if not _installed:
        _installed.append(discover())
    return _installed[0]


def register(plugin: object, *, replace: bool = False) -> tuple[Target, ...]:
    """Register a target or plugin in this process; see Registry.register."""
    return installed().register(plugin, replace=replace)
