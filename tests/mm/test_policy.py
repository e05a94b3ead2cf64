"""Placement as hooks: the kernel's own policy, the null policy, and a plugin's."""

from __future__ import annotations

import pytest
from attrs import evolve
from bench_machine import BASE, PAGE, entries, process

from archcore.errors import PluginError
from archcore.hookspecs import hookimpl
from archcore.mm.knobs import Filter
from archcore.mm.policy import Mempolicy, Mpol, Stay
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa

ENGINES = sorted(PROFILES)


def armed(engine, pages=4, **options):
    """Return a process whose pages lie on node 0, hinted, and whose task runs on node 1."""
    built, task, vma = process(engine, pages=pages, **options)
    built.task(task.mm, pid=2)
    for page in range(pages):
        built.store(task, BASE + page * PAGE, page + 1)
    built.run_on(task, 1)
    built.engine.frames.last_nid[:] = 1
    change_prot_numa(built.engine, task, vma, BASE, vma.vm_end)
    return built, task, vma


def touched(built, task, vma):
    """Touch every page; return entries, counters and outcomes."""
    for page in range(4):
        built.load(task, BASE + page * PAGE)
    return entries(built, vma), built.vmstat, built.outcomes


@pytest.mark.parametrize("engine", ENGINES)
def test_the_null_policy_is_pure_disarm(engine):
    """M4: entries and counters are those of a profile that never moves a page."""
    never = evolve(PROFILES[engine], filter=Filter.NEVER)

    assert touched(*armed(engine, policy=Stay())) == touched(*armed(never))


class Asked:
    """A policy of a plugin's own: odd pages go to node 1, whoever uses them."""

    def __init__(self):
        """Start without questions."""
        self.questions = []

    @hookimpl
    def mpol_misplaced(self, task, addr, pfn):
        """Decide by address alone."""
        self.questions.append((task.pid, addr, pfn))
        return 1 if addr >> 12 & 1 else None


@pytest.mark.parametrize("engine", ["v3.8", "v6.1", "v7.0"])
def test_a_plugin_brings_its_own_placement(engine):
    """It is asked once a fault, and what it says is done."""
    policy = Asked()
    built, task, vma = armed(engine, policy=policy)

    touched(built, task, vma)

    nodes = [
        built.engine.frames.nid(built.engine.hooks.pte_pfn(pte)) for pte in entries(built, vma)
    ]
    assert nodes == [0, 1, 0, 1]
    assert [(pid, addr) for pid, addr, _ in policy.questions] == [
        (1, BASE + at * PAGE) for at in range(4)
    ]


class Slow:
    """A policy that replaces the filter alone."""

    @hookimpl
    def should_numa_migrate_memory(self):
        """Never now."""
        return False


def test_a_plugin_may_replace_the_filter_alone():
    """Where a page belongs stays the kernel's decision."""
    built, task, vma = armed("v6.1", policy=Slow())

    touched(built, task, vma)

    assert built.vmstat.numa_pages_migrated == 0
    assert built.vmstat.numa_hint_faults == 4


def test_a_policy_with_a_wrong_argument_is_refused():
    """The message names the argument and what the hook has."""

    class Wrong:
        @hookimpl
        def mpol_misplaced(self, page):
            return page

    with pytest.raises(PluginError, match="asks for page"):
        process("v6.1", policy=Wrong())


@pytest.mark.parametrize(
    ("policy", "nodes"),
    [
        (Mempolicy(Mpol.INTERLEAVE, (0, 1)), [0, 1, 0, 1]),
        (Mempolicy(Mpol.PREFERRED, (0,)), [0, 0, 0, 0]),
        (Mempolicy(Mpol.PREFERRED, (1,)), [1, 1, 1, 1]),
        (Mempolicy(Mpol.BIND, (0,)), [0, 0, 0, 0]),
        (Mempolicy(Mpol.BIND, (1,)), [1, 1, 1, 1]),
        (Mempolicy(Mpol.BIND, (0,), moron=True), [0, 0, 0, 0]),
        (Mempolicy(Mpol.BIND, (0, 1), moron=True), [1, 1, 1, 1]),
        (Mempolicy(Mpol.LOCAL, mof=False), [0, 0, 0, 0]),
    ],
)
def test_policies_of_a_vma(policy, nodes):
    """Each mode puts pages where mempolicy.rst says, hint fault by hint fault."""
    built, task, vma = armed("v6.1")
    vma.mempolicy = policy

    touched(built, task, vma)

    found = [
        built.engine.frames.nid(built.engine.hooks.pte_pfn(pte)) for pte in entries(built, vma)
    ]
    assert found == nodes
