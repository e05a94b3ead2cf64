from __future__ import annotations

import re
import sys
from textwrap import dedent

import pytest
import toy
from attrs import evolve

from archcore import registry as module
from archcore.errors import PluginError, UnknownNameError
from archcore.registry import BLOCK_LIST, Registry, discover

PLUGIN = """
    import toy
    from attrs import evolve
    from archcore.hookspecs import hookimpl

    TARGET = evolve(toy.module().TARGET, id="{name}-32bit-v1", arch="{name}")

    @hookimpl
    def archcore_targets():
        return {answer}
"""
BROKEN = {
    "an import fails": ("import no_such_module_at_all", "ModuleNotFoundError: .*no_such_module"),
    "the interpreter is ended": ("raise SystemExit(3)", "SystemExit: 3"),
    "there is no hook": ("x = 1", "it has no hook archcore_targets that returns targets"),
    "nothing is returned": (("TARGET", "None"), "it has no hook archcore_targets that returns"),
    "no tuple is returned": (
        ("TARGET", "TARGET"),
        "returned Target.*, which is no tuple of targets",
    ),
    "no target is returned": (("TARGET", "(1,)"), "returned 1, which is no Target"),
    "one id is returned twice": (("TARGET", "(TARGET, TARGET)"), "two targets 'bad-32bit-v1'"),
    "the hook fails": (("TARGET", "1 / 0"), "ZeroDivisionError: division by zero"),
    "a hook is unknown": (
        "from archcore.hookspecs import hookimpl\n@hookimpl\ndef archcore_target(): return ()",
        "its hooks do not fit: unknown hook 'archcore_target'",
    ),
    "an argument is unknown": (
        "from archcore.hookspecs import hookimpl\n@hookimpl\ndef archcore_targets(arch): return ()",
        r"its hooks do not fit: .*hookimpl definition: archcore_targets\(arch\)",
    ),
    "it was written for another boundary": (
        ("TARGET", "(evolve(TARGET, api=99),)"),
        "speaks version 99 of the boundary",
    ),
    "its engine is unknown": (
        ("TARGET", "(evolve(TARGET, engine='v6.0'),)"),
        r"'bad-32bit-v1' names an engine that there is not: .*'v6.0'; did you mean .*v6\.1",
    ),
    "helpers are missing": (
        ("TARGET", "(evolve(TARGET, encoding=object()),)"),
        "lacks pte_numa, pte_mknuma, pte_mknonnuma; implement them with hookimpl",
    ),
}


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a distribution with one plugin, for one test."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(name, code=None, *, answer="(TARGET,)", module=None):
        text = dedent(PLUGIN.format(name=name, answer=answer)) if code is None else code
        (tmp_path / f"plugin_{name}.py").write_text(text, encoding="utf-8")
        info = tmp_path / f"archcore_{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: archcore-{name}\nVersion: 1.2\n", encoding="utf-8"
        )
        (info / "entry_points.txt").write_text(
            f"[archcore]\n{name} = {module or f'plugin_{name}'}\n", encoding="utf-8"
        )
        # The key is set first so that monkeypatch forgets the module after the test.
        for loaded in (f"plugin_{name}", *([module] if module else [])):
            monkeypatch.setitem(sys.modules, loaded, None)
            del sys.modules[loaded]

    return install


def rejection_of(registry, name):
    """Return why a plugin was set aside."""
    (found,) = (one for one in registry.rejected if one.plugin == name)
    return found


class TestDiscovery:
    def test_an_installed_distribution_is_found(self, install):
        """An entry point is all it takes; the origin names distribution and version."""
        install("good")
        registry = discover()
        assert registry.get("good-32bit-v1").arch == "good"
        assert registry.origins["good-32bit-v1"] == "archcore-good 1.2"
        assert registry.get("good-32bit-v1") in list(registry)

    def test_the_package_of_a_plugin_is_known(self, install, tmp_path):
        """What a plugin ships beside its code is found through the package of its entry point."""
        (tmp_path / "pack").mkdir()
        code = dedent(PLUGIN.format(name="whole", answer="(TARGET,)"))
        (tmp_path / "pack" / "__init__.py").write_text(code, encoding="utf-8")
        inner = code.replace("whole", "inner")
        (tmp_path / "pack" / "inside.py").write_text(inner, encoding="utf-8")
        install("whole", module="pack")
        install("inner", module="pack.inside")
        install("alone")
        packages = discover().packages
        assert packages["whole-32bit-v1"] == packages["inner-32bit-v1"] == "pack"
        assert packages["alone-32bit-v1"] == ""

    @pytest.mark.parametrize(("code", "reason"), list(BROKEN.values()), ids=list(BROKEN))
    def test_a_broken_plugin_is_set_aside_and_the_rest_works(self, install, code, reason):
        """Whatever is wrong with one plugin is told, with a remedy; others do not suffer."""
        install("good")
        if isinstance(code, str):
            install("bad", code)
        else:
            install("bad", answer=code[1])
        registry = discover()
        assert registry.get("good-32bit-v1").id == "good-32bit-v1"
        found = rejection_of(registry, "bad")
        assert (found.plugin, found.origin) == ("bad", "archcore-bad 1.2")
        assert found.remedy.endswith(f"or leave it out with {BLOCK_LIST}=bad")
        assert re.search(reason, found.reason)

    def test_a_target_of_a_broken_plugin_is_an_error_when_asked_for(self, install):
        """Asking by name says which plugin is not usable, why, and what to do."""
        install("bad", "import no_such_module_at_all")
        with pytest.raises(
            PluginError,
            match="belongs to plugin 'bad' of archcore-bad 1.2, which is not usable: "
            r"ModuleNotFoundError.*; reinstall or mend it",
        ):
            discover().get("bad-32bit-v1")

    def test_an_id_that_is_taken_is_refused_to_the_second(self, install):
        """Of two distributions with one id the first by name keeps it, and the other is told."""
        install("first")
        install(
            "second",
            dedent(PLUGIN.format(name="first", answer="(TARGET,)")),
        )
        registry = discover()
        assert registry.origins["first-32bit-v1"] == "archcore-first 1.2"
        reason = rejection_of(registry, "second").reason
        assert "'first-32bit-v1' is already registered by archcore-first 1.2" in reason

    @pytest.mark.parametrize("value", ["bad", " bad , other", "bad,"])
    def test_a_blocked_plugin_is_not_even_imported(self, install, monkeypatch, value):
        """The block list keeps code from running, and the remedy says how to get it back."""
        install("bad", "raise BaseException")
        monkeypatch.setenv(BLOCK_LIST, value)
        found = rejection_of(discover(), "bad")
        assert found.reason == "blocked"
        assert found.remedy == f"take bad out of {BLOCK_LIST}"

    def test_a_blocked_target_is_an_error_when_asked_for(self, install, monkeypatch):
        """Who blocks a plugin and asks for its target learns why it is not there."""
        install("good")
        monkeypatch.setenv(BLOCK_LIST, "good")
        with pytest.raises(
            PluginError, match=f"not usable: blocked; take good out of {BLOCK_LIST}"
        ):
            discover().get("good-32bit-v1")


class TestNames:
    def test_nothing_installed_is_said(self):
        """Without any architecture the remedy is to install one."""
        with pytest.raises(UnknownNameError, match="no architecture is installed; install one"):
            Registry().get("toy-32bit-v1")

    def test_a_misspelt_id_is_answered_with_the_nearest(self):
        """A target that is nearly right is suggested."""
        registry = Registry()
        registry.register(toy.module().TARGET)
        with pytest.raises(UnknownNameError, match="did you mean toy-32bit-v1"):
            registry.get("toy-32bit-v2")

    def test_plugins_set_aside_are_mentioned_to_who_asks_for_something_unknown(self, install):
        """The target may be missing because its plugin broke under another name."""
        install("bad", "import no_such_module_at_all")
        with pytest.raises(UnknownNameError, match=r"set aside: .*bad.*; see `archcore targets`"):
            discover().get("other-32bit-v1")


class TestInProcess:
    @pytest.fixture
    def target(self):
        """Return the target of the documentation's toy."""
        return toy.module().TARGET

    def test_a_target_or_a_plugin_registers(self, target):
        """A notebook may register a target, or an object with the hook."""
        registry = Registry()
        other = evolve(target, id="toy-32bit-v2")
        assert registry.register(other) == (other,)
        assert registry.register(toy.module()) == (target,)
        assert registry.origins == dict.fromkeys(registry.targets, "this process")
        assert registry.packages == dict.fromkeys(registry.targets, "")

    def test_the_registry_of_the_process_takes_targets(self, target, monkeypatch):
        """What one part of a program registers, another part finds."""
        monkeypatch.setattr(module, "_installed", [Registry()])
        module.register(target)
        assert module.installed().get(target.id) is target

    def test_an_id_is_replaced_only_when_asked_to(self, target):
        """A second target of one id is refused unless it is to replace the first."""
        registry, changed = Registry(), evolve(target, summary="changed")
        registry.register(target)
        with pytest.raises(PluginError, match=r"already registered by this process.*replace=True"):
            registry.register(changed)
        registry.register(changed, replace=True)
        assert registry.get(target.id) is changed

    def test_nothing_is_added_when_one_of_several_is_broken(self, target):
        """A plugin comes whole or not at all."""
        good = evolve(target, id="toy-32bit-v2")
        broken = evolve(target, id="toy-32bit-v3", encoding=object())
        plugin = type("Plugin", (), {})()
        plugin.archcore_targets = module.hookspecs.hookimpl(lambda: (good, broken))
        registry = Registry()
        with pytest.raises(PluginError, match="'toy-32bit-v3' lacks pte_numa"):
            registry.register(plugin)
        assert registry.targets == {}

    def test_targets_come_by_architecture_in_the_order_of_their_plugin(self, target):
        """A listing groups architectures and keeps eras in order."""
        registry = Registry()
        for target_id, arch in (("b-x-v2", "b"), ("b-x-v1", "b"), ("a-x-v1", "a")):
            registry.register(evolve(target, id=target_id, arch=arch))
        assert [one.id for one in registry] == ["a-x-v1", "b-x-v2", "b-x-v1"]
