from __future__ import annotations

from types import SimpleNamespace

import pytest
from attrs import frozen

from archcore.entry import (
    AtLevel,
    LevelHooks,
    Plain,
    at_levels,
    helper,
    hook_name,
    layer,
    offers_of,
    with_own,
)
from archcore.errors import PluginError
from archcore.hookspecs import hookimpl


@frozen
class Format:
    """A format with one helper of each kind of argument."""

    width: int = 64

    def young(self, entry):
        """Take the entry."""

    def same(self, a, b):
        """Take two entries."""

    def needs_flush(self, old, new):
        """Take the old and the new entry."""

    def pfn_entry(self, pfn, pgprot):
        """Make an entry."""

    def mknuma(self, own, vma, entry):
        """Take the target's own helpers first."""

    def special(self):
        """Take nothing."""

    def _private(self, entry):
        """Stay at home."""


class Marked:
    """An object with marked members and others."""

    @hookimpl
    def page_none(self):
        """Answer a hook."""
        return 0

    @hookimpl(specname="pgprot_modify")
    def modify(self, newprot):
        """Answer a hook under another name."""

    def vm_get_page_prot(self, vm_flags):
        """Answer nothing, for lack of a mark."""


def offered(part):
    """Return the arguments of each offered hook."""
    return {offer.hook: offer.arguments for offer in offers_of(part)}


class TestNames:
    @pytest.mark.parametrize(
        ("short", "level", "name"),
        [
            ("young", "pte", "pte_young"),
            ("young", "pmd", "pmd_young"),
            ("pfn_entry", "pmd", "pfn_pmd"),
            ("swp_entry_to_entry", "pte", "arch_swp_entry_to_pte"),
            ("to_swp_entry", "pud", "arch_pud_to_swp_entry"),
            ("swp_exclusive", "pte", "pte_swp_exclusive"),
        ],
    )
    def test_a_helper_has_the_kernels_name_at_each_level(self, short, level, name):
        """The kernel puts the level in front, but for the names it builds otherwise."""
        assert hook_name(short, level) == name

    def test_methods_become_hooks_with_the_arguments_of_the_level(self):
        """Each public method is offered with the argument names of its level's hook."""
        assert offered(AtLevel("pmd", Format())) == {
            "pmd_young": ("pmd",),
            "pmd_same": ("pmd_a", "pmd_b"),
            "pmd_needs_flush": ("oldpmd", "newpmd"),
            "pfn_pmd": ("pfn", "pgprot"),
            "pmd_mknuma": ("vma", "pmd"),
            "pmd_special": (),
        }

    def test_without_a_level_a_format_is_for_all(self):
        """A format is published at the levels named, or at each there is."""
        assert {name[:3] for name in offered(at_levels(Format())) if "young" in name} == {
            "pte",
            "pmd",
            "pud",
        }
        assert set(offered(at_levels(Format(), "pud"))) == set(offered(AtLevel("pud", Format())))

    def test_a_method_no_hook_is_called_after_is_refused(self):
        """A misspelt helper is named together with its class and level."""

        class Misspelt:
            def mkyuong(self, entry):
                """Answer no hook."""

        with pytest.raises(
            PluginError, match=r"Misspelt\.mkyuong is the helper of no hook of level pte"
        ):
            offered(AtLevel("pte", Misspelt()))


class TestLayers:
    def test_only_marked_members_of_an_object_count(self):
        """A member says by its mark that it is for a hook, and may say for which."""
        assert offered(Marked()) == {"page_none": (), "pgprot_modify": ("newprot",)}
        assert offered(Plain(Marked())) == offered(Marked())

    def test_parts_join_to_one_layer(self):
        """A layer offers what its parts offer, layers among them."""
        whole = layer(AtLevel("pte", Format()), layer(Marked()))
        assert set(offered(whole)) == {*offered(AtLevel("pte", Format())), *offered(Marked())}

    def test_two_parts_do_not_offer_one_hook(self):
        """Within a layer nobody wins; the hook is named."""
        none = SimpleNamespace(page_none=hookimpl(lambda: 0))
        with pytest.raises(PluginError, match="two parts of one layer offer page_none"):
            offered(layer(none, none))

    def test_a_hook_and_what_vectors_know_of_it_have_one_name(self):
        """A layer may change a slot, and say as a helper what that makes of the entry in it."""
        said = helper("ptep_get_and_clear")(lambda entry: entry)
        hook = SimpleNamespace(ptep_get_and_clear=hookimpl(lambda: 0))
        assert [one.is_hook for one in layer(hook, SimpleNamespace(said=said)).offers()] == [
            True,
            False,
        ]
        with pytest.raises(PluginError, match="two parts of one layer offer ptep_get_and_clear"):
            offered(layer(SimpleNamespace(said=said), SimpleNamespace(said=said)))

    @pytest.mark.parametrize("option", ["wrapper", "hookwrapper"])
    def test_a_layer_does_not_wrap(self, option):
        """A wrapper would only run beside an observer, so it is refused in a layer."""

        @hookimpl(**{option: True})
        def page_none():
            yield

        with pytest.raises(PluginError, match="page_none is a wrapper in a layer"):
            offered(SimpleNamespace(page_none=page_none))

    def test_a_helper_that_the_engine_never_calls_is_offered_under_its_own_name(self):
        """What is marked with ``helper`` is no hook, and keeps the kernel's arguments."""

        class Extra:
            @helper("{level}_exec")
            def executable(self, pte):
                """Answer the kernel's pmd_exec."""

        (offer,) = offers_of(AtLevel("pmd", Extra()))
        assert (offer.hook, offer.arguments, offer.is_hook) == ("pmd_exec", ("pte",), False)


class TestOwn:
    def test_own_finds_helpers_of_its_level_before_other_hooks(self):
        """A strategy asks for ``young`` of its level, and for ``page_none`` of the target."""
        hooks = SimpleNamespace(
            pte_young="young of the pte", pmd_young="young of the pmd", page_none="none"
        )
        own = LevelHooks(hooks, "pmd")
        assert (own.young, own.page_none) == ("young of the pmd", "none")

    def test_own_remembers_what_it_looked_up(self):
        """A second use costs no search."""
        own = LevelHooks(SimpleNamespace(pte_young="young"), "pte")
        assert own.young == "young"
        assert vars(own)["young"] == "young"

    def test_only_a_method_that_asks_gets_its_own_helpers(self):
        """The first argument ``own`` is filled in; other methods stay what they are."""
        offers = {offer.hook: offer for offer in offers_of(AtLevel("pte", Format()))}
        assert with_own(offers["pte_young"], None) is offers["pte_young"].function
        assert with_own(offers["pte_mknuma"], None).args[0].__class__ is LevelHooks
