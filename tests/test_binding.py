from __future__ import annotations

from types import SimpleNamespace

import pytest
import toy
from attrs import evolve

from archcore.binding import bind
from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, layer
from archcore.errors import PluginError
from archcore.hookspecs import hookimpl

ENTRY = toy.module().ENTRY
LIVE = ENTRY.mask("V", "W", "LEAF").value


def target(encoding=None, architecture=None):
    """Return the documentation's toy, with another encoding or more of an architecture."""
    base = toy.module().TARGET
    return evolve(
        base,
        encoding=encoding or base.encoding,
        architecture=layer(base.architecture, architecture) if architecture else base.architecture,
    )


def implementing(**functions):
    """Return a layer, or an observer, of functions named like the hooks they implement."""
    return SimpleNamespace(**{name: hookimpl(function) for name, function in functions.items()})


class Counting:
    """An observer that counts calls of two hooks and keeps their arguments."""

    def __init__(self):
        """Start with none."""
        self.seen = []

    @hookimpl(wrapper=True)
    def pte_young(self, pte):
        """Note the call."""
        self.seen.append(("pte_young", pte))
        return (yield)

    @hookimpl(wrapper=True)
    def pte_modify(self, pte, newprot):
        """Note the call."""
        self.seen.append(("pte_modify", pte, newprot))
        return (yield)


class Young:
    """A format with one helper."""

    def young(self, entry):
        """Take the entry."""


class TestDirect:
    def test_a_bound_hook_is_the_implementing_function(self):
        """Without an observer nothing stands between the engine and the architecture."""
        hooks = bind(target())
        assert hooks.pte_young is toy.module().pte_young
        assert hooks.pte_modify is toy.module().pte_modify

    def test_a_bound_method_is_the_method_of_the_format(self):
        """A format's method is bound as it stands when it takes what the hook gives."""
        hint = toy.module().HINT
        hooks = bind(target(encoding=AtLevel("pmd", hint)))
        assert hooks.pmd_mknuma(None, LIVE) == hint.mknuma(LIVE)
        young = Young()
        assert bind(target(encoding=AtLevel("pmd", young))).pmd_young == young.young

    def test_arguments_that_are_not_asked_for_are_dropped(self):
        """The engine hands over everything, by position; an implementation takes its part."""
        hooks = bind(target())
        vma = object()
        assert hooks.pte_mkwrite(1, vma) == toy.module().pte_mkwrite(1)
        assert hooks.pte_mknuma(vma, LIVE) == toy.module().HINT.mknuma(LIVE)
        assert hooks.pxd_populate("pmd", 0x1000) == toy.module().pxd_populate(0x1000)
        third = implementing(ptep_get_and_clear=lambda ptep: ptep)
        assert bind(target(encoding=third)).ptep_get_and_clear("mm", "addr", "ptep") == "ptep"

    def test_arguments_go_by_name_and_not_by_place(self):
        """An implementation may list them in another order."""
        swapped = implementing(pte_mkwrite=lambda vma, pte: (vma, pte))
        assert bind(target(encoding=swapped)).pte_mkwrite("pte", "vma") == ("vma", "pte")
        several = implementing(
            ptep_modify_prot_commit=lambda pte, vma, old_pte: (pte, vma, old_pte)
        )
        call = bind(target(encoding=several)).ptep_modify_prot_commit
        assert call("vma", "addr", "ptep", "old", "new") == ("new", "vma", "old")

    def test_an_omitted_vma_shows(self):
        """That an encoding needs the VMA is read off its arguments."""
        assert bind(target()).needs("pte_numa") == ("pte",)
        asking = bind(target(encoding=AtLevel("pte", Protnone(Write.KEPT))))
        assert asking.needs("pte_numa") == ("vma", "pte")
        assert asking.needs("pte_mknuma") == ("vma", "pte")

    def test_a_missing_hook_is_named_with_its_target(self):
        """Calling what nobody implements says who lacks it."""
        hooks = bind(target())
        assert not hooks.has("pmd_young")
        with pytest.raises(
            AttributeError, match="'toy-32bit-v1' does not implement the hook pmd_young"
        ):
            hooks.pmd_young(0)


class TestLayers:
    def test_the_later_layer_wins(self):
        """Defaults give way to generic code, that to the architecture, that to the encoding."""
        generic, architecture, encoding = (
            implementing(pte_uffd_wp=lambda at=at: at) for at in ("g", "a", "e")
        )
        base = target()
        hinted = layer(base.encoding, encoding)
        both = target(architecture=architecture)
        found = [
            bind(base).pte_uffd_wp(0),
            bind(base, [generic]).pte_uffd_wp(0),
            bind(both, [generic]).pte_uffd_wp(0),
            bind(evolve(both, encoding=hinted), [generic]).pte_uffd_wp(0),
        ]
        assert found == [False, "g", "a", "e"]

    def test_of_generic_layers_the_last_wins(self):
        """Several generic layers stand on each other in the order given."""
        first = implementing(pte_uffd_wp=lambda: 1)
        second = implementing(pte_uffd_wp=lambda: 2)
        assert bind(target(), [first, second]).pte_uffd_wp(0) == 2

    def test_the_layer_of_each_hook_is_known(self):
        """Who implements what can be asked."""
        hooks = bind(target())
        layers = {name: hooks.offers[name][0] for name in ("pte_same", "pte_young", "pte_numa")}
        assert layers == {
            "pte_same": "generic",
            "pte_young": "architecture",
            "pte_numa": "encoding",
        }

    def test_a_strategy_reaches_the_helpers_of_its_own_target(self):
        """What the encoding asks for as its own is what the other layers implement."""
        hooks = bind(target(encoding=AtLevel("pte", Protnone(Write.LOST))))
        assert hooks.pte_mknuma(None, LIVE) == hooks.pte_modify(LIVE, hooks.page_none())


class TestObserved:
    def test_an_observer_sees_calls_and_changes_nothing(self):
        """A wrapped hook answers the same, and its arguments were seen by name."""
        watch = Counting()
        hooks = bind(target(), observers=[watch])
        assert hooks.pte_young(LIVE) is False
        assert hooks.pte_modify(LIVE, 5) == toy.module().pte_modify(LIVE, 5)
        assert watch.seen == [("pte_young", LIVE), ("pte_modify", LIVE, 5)]

    def test_only_what_is_watched_is_indirect(self):
        """A hook that no observer wraps stays the implementing function."""
        hooks = bind(target(), observers=[Counting()])
        assert hooks.pte_young is not toy.module().pte_young
        assert hooks.pte_dirty is toy.module().pte_dirty

    def test_an_observer_sees_what_a_strategy_calls(self):
        """Arming through pte_modify is one call of pte_modify."""
        watch = Counting()
        hooks = bind(target(encoding=AtLevel("pte", Protnone(Write.LOST))), observers=[watch])
        hooks.pte_mknuma(None, LIVE)
        assert watch.seen == [("pte_modify", LIVE, hooks.page_none())]

    def test_a_member_without_a_mark_watches_nothing(self):
        """Only what is marked with ``hookimpl`` takes part, whatever its name."""
        idle = Young()
        idle.pte_young = idle.young
        assert bind(target(), observers=[idle]).pte_young is toy.module().pte_young

    def test_an_injector_answers_in_the_place_of_the_implementation(self):
        """An observer that is no wrapper and answers is believed; None lets the target answer."""
        answers = {1: True, 2: None}
        injector = implementing(pte_young=lambda pte: answers[pte])
        hooks = bind(target(), observers=[injector])
        assert hooks.pte_young(1) is True
        assert hooks.pte_young(2) is toy.module().pte_young(2)

    def test_watching_what_nobody_implements_implements_nothing(self):
        """An observer of a hook that the target lacks does not stand in for it."""
        hooks = bind(target(), observers=[implementing(pmd_young=lambda pmd: pmd)])
        with pytest.raises(AttributeError, match="does not implement the hook pmd_young"):
            hooks.pmd_young(0)

    def test_observers_nest(self):
        """Each of several observers sees the call."""
        watches = [Counting(), Counting()]
        bind(target(), observers=watches).pte_young(LIVE)
        assert [watch.seen for watch in watches] == [[("pte_young", LIVE)]] * 2

    @pytest.mark.parametrize(
        ("name", "function"), [("pte_yuong", lambda pte: pte), ("pte_young", lambda entry: entry)]
    )
    def test_an_observer_that_fits_no_hook_is_refused(self, name, function):
        """An unknown hook or argument is an error and not a silent observer."""
        broken = implementing(**{name: function})
        with pytest.raises(PluginError, match="an observer does not fit the hooks"):
            bind(target(), observers=[broken])


class TestRefused:
    def test_an_unknown_hook_is_named_with_its_neighbour(self):
        """A misspelt hook is answered with target, layer and the nearest name."""
        with pytest.raises(
            PluginError,
            match=r"toy-32bit-v1: the encoding .* pte_mknum, .*; did you mean pte_mknuma\?",
        ):
            bind(target(encoding=implementing(pte_mknum=lambda: 0)))

    def test_an_unknown_argument_is_named_with_the_known_ones(self):
        """An argument the hook has not got is answered with those it has."""
        wrong = implementing(pte_numa=lambda entry: entry)
        with pytest.raises(
            PluginError, match=r"pte_numa of the encoding layer asks for entry; .* vma, pte"
        ):
            bind(target(encoding=wrong))
