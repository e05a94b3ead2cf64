from __future__ import annotations

import toy
from attrs import evolve

from archcore.decode import State
from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, layer
from archcore.eras import family, meanings, readers
from archcore.hookspecs import hookimpl
from archcore.layout import Geometry
from archcore.registry import Registry
from archcore.vmflags import VM_NONE, VM_READ
from archcore.words import both, has_all, negate

TOY = toy.module()
ENTRY, TARGET = TOY.ENTRY, TOY.TARGET


class Closed:
    """The toy's word for an entry with the none protection."""

    @hookimpl
    def pte_protnone(self, pte):
        """Ask for HINT without V."""
        return both(has_all(pte, ENTRY["HINT"]), negate(has_all(pte, ENTRY["V"])))


def era(name, write):
    """Return a later toy that hints by protection."""
    encoding = layer(AtLevel("pte", Protnone(write)), Closed())
    return evolve(TARGET, id=f"toy-32bit-{name}", encoding=encoding)


KEPT, LOST = era("v2", Write.KEPT), era("v3", Write.LOST)
SHORT = evolve(TARGET, id="toy-short-v1", geometry=Geometry(TARGET.geometry.levels[:1], 32))
OTHER = evolve(TARGET, id="other-32bit-v1", arch="other")
HINT = ENTRY.mask("HINT", "W", "A", "LEAF").value


def ids(meaning):
    """Return whose meaning it is."""
    return [reader.target.id for reader in meaning.readers]


def test_a_family_is_one_architecture_with_the_asked_target_first():
    """The others stand in the registry's order."""
    registry = Registry()
    for target in (TARGET, OTHER, KEPT, LOST):
        registry.register(target)

    assert [one.id for one in family(LOST, registry)] == [LOST.id, TARGET.id, KEPT.id]


def test_a_target_without_the_level_does_not_read():
    """What has no such entry has no opinion of it."""
    assert [one.target for one in readers((TARGET, SHORT), "pmd")] == [TARGET]
    assert [one.target for one in readers((TARGET, SHORT), "pte")] == [TARGET, SHORT]


def test_targets_that_read_a_word_alike_share_a_meaning():
    """An empty entry is one thing to all of them."""
    (only,) = meanings(readers((TARGET, KEPT, LOST), "pte"), 0, "pte")

    assert ids(only) == [TARGET.id, KEPT.id, LOST.id]
    assert only.decoded.state is State.NONE


def test_an_era_that_forgets_write_reads_the_same_hint_otherwise():
    """One says that the entry remembers the permission, the other does not."""
    kept, lost = meanings(readers((KEPT, LOST), "pte"), HINT, "pte")

    assert (ids(kept), ids(lost)) == ([KEPT.id], [LOST.id])
    assert "savedwrite" in kept.decoded.flags
    assert "savedwrite" not in lost.decoded.flags


def test_a_vma_decides_in_every_era():
    """Each target makes its own protection from the same rights."""
    word = ENTRY.mask("HINT", "A", "LEAF").value
    for flags, state in ((VM_READ, State.HINT), (VM_NONE, State.GENUINE_NONE)):
        found = meanings(readers((KEPT, LOST), "pte", flags), word, "pte")

        assert {one.decoded.state for one in found} == {state}
