from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.words.symbols import symbol
from archcore_x86.layout import VMA
from archcore_x86.targets import TARGETS

SAVING = [target for target in TARGETS if target.era in ("v6.6", "v6.12")]
HOOKS = {target.id: bind(target) for target in SAVING}
WORDS = st.integers(0, (1 << 64) - 1)
SHADOW_STACK = SimpleNamespace(vm_flags=VMA["SHADOW_STACK"].value)
RW, DIRTY = 0x2, 0x40
LEVELS = ["pte", "pmd", "pud"]


@pytest.fixture(params=SAVING, ids=lambda target: target.id)
def target(request):
    """Each target that saves dirtiness."""
    return request.param


@given(st.sampled_from(SAVING), st.sampled_from(LEVELS), WORDS)
def test_taking_write_permission_away_makes_no_shadow_stack(target, level, word):
    """RW clear with DIRTY set is a shadow stack, so no ordinary change leaves that behind."""
    hooks = HOOKS[target.id]
    for helper in ("wrprotect", "mkdirty", "mkuffd_wp"):
        after = getattr(hooks, f"{level}_{helper}")(word)

        assert after & RW or not after & DIRTY


@given(st.sampled_from(SAVING), st.sampled_from(LEVELS), WORDS)
def test_dirtiness_survives_losing_and_regaining_write_permission(target, level, word):
    """Write-protecting and permitting again leaves an entry as dirty as it was."""
    hooks = HOOKS[target.id]
    dirty = getattr(hooks, f"{level}_dirty")
    protected = getattr(hooks, f"{level}_wrprotect")(word)
    again = getattr(hooks, f"{level}_mkwrite")(protected, None)

    assert dirty(protected) == dirty(again) == dirty(word)


@given(WORDS)
def test_only_6_6_loses_the_dirtiness_of_a_huge_page(word):
    """Making a writable huge page read-only keeps its dirtiness in 6.12, and not in 6.6."""
    live = (word | RW | DIRTY | 0x81) & ~(1 << 58)

    assert HOOKS["x86-v6.12"].pmd_dirty(HOOKS["x86-v6.12"].pmd_modify(live, 0x25))
    assert not HOOKS["x86-v6.6"].pmd_dirty(HOOKS["x86-v6.6"].pmd_modify(live, 0x25))
    assert HOOKS["x86-v6.6"].pte_dirty(HOOKS["x86-v6.6"].pte_modify(live, 0x25))


def test_a_shadow_stack_counts_as_writable(target, hooks):
    """At the two lower levels; above there are none."""
    assert hooks.pte_write(DIRTY)
    assert hooks.pmd_write(DIRTY | 0x80)
    assert not hooks.pmd_write(DIRTY)
    assert not hooks.pud_write(DIRTY | 0x80)


def test_a_shadow_stack_vma_makes_shadow_stacks(target, hooks):
    """There pte_mkwrite clears RW and sets DIRTY, in an ordinary VMA it sets RW."""
    assert hooks.pte_mkwrite(0x27, SHADOW_STACK) == 0x65
    assert hooks.pmd_mkwrite(0xA7, SHADOW_STACK) == 0xE5
    assert hooks.pud_mkwrite(0xA5, SHADOW_STACK) == 0xA7
    assert hooks.pte_mkwrite(0x25, SimpleNamespace(vm_flags=3)) == 0x27


def test_a_shadow_stack_stays_one_under_its_protection(target, hooks):
    """pte_modify saves dirtiness of what was writable by RW alone (6.6 and later, pgtable.h)."""
    shadow, read_only = 0x65, 0x25

    assert hooks.pte_modify(shadow, read_only) == shadow
    assert hooks.pte_modify(shadow | RW, read_only) == (shadow & ~DIRTY) | 1 << 58


def test_dirtiness_is_never_in_both_places_after_a_change(target, hooks):
    """For every word at once: a writable result has no SAVED_DIRTY, another no DIRTY."""
    import z3

    word = symbol("word")
    changed = hooks.pte_mkwrite(hooks.pte_wrprotect(word), None)
    saved, rw = z3.BitVecVal(1 << 58, 64), z3.BitVecVal(RW, 64)
    solver = z3.Solver()
    solver.add(changed.term & saved != 0, changed.term & rw != 0)

    assert solver.check() == z3.unsat
