"""A mask one bit off is noticed: by a kernel's answer, or by what hardware must do.

Each field of each layout is moved or cut in turn, and the target is built again around it.
"""

from __future__ import annotations

import pytest
from attrs import evolve

from archcore.binding import bind
from archcore.conformance.suite import hold, select
from archcore.conformance.verdict import Status
from archcore.hw.mmu import Access
from archcore.words import Mask
from archcore_arm64.eras import V61, V612
from archcore_arm64.granule import Granule
from archcore_arm64.mmu import LEAF, Tables
from archcore_arm64.placement import placement

K4, K64 = Granule(12, 48, 48), Granule(16, 52, 52)
LPA2 = Granule(14, 52, 52)
MODELS = [
    pytest.param(V61, K4, id="v6.1-4k"),
    pytest.param(V61, K64, id="v6.1-64k-va52"),
    pytest.param(V612, K4, id="v6.12-4k"),
    pytest.param(V612, LPA2, id="v6.12-16k-va52"),
]
FREE = 5
"""A bit of an entry that nothing uses; 63 in a table and in a swap entry."""

# No helper of these levels reads them: they are there for those who read entries.
UNREAD = {
    "pmd": {"SHARED", "NG"},
    "pud": {"SHARED", "NG", "ATTRINDX", "RDONLY", "GP", "CONT", "PXN", "DIRTY", "DEVMAP"}
    | {"UFFD_WP", "PO_IDX"},
}
# Clear in every swap entry, and so read by no swap helper.
CLEAR = {"PRESENT", "PROT_NONE", "PRESENT_INVALID"}


def _mutants(layout, free=FREE):
    """Yield the name of each field with a layout in which it is one bit off."""
    for name, mask in layout.masks.items():
        if mask.span == 1:
            changed = [1 << free]
        else:
            lowest, highest = 1 << mask.shift, 1 << mask.shift + mask.span - 1
            changed = [mask.value - lowest, mask.value - highest]
        for value in changed:
            yield name, _with(layout, name, Mask(value))


def _with(layout, name, mask):
    mutant = evolve(layout)
    object.__setattr__(mutant, "masks", {**layout.masks, name: mask})
    return mutant


@pytest.fixture
def records(oracle, formulas):
    """A function that returns what is known of a kernel's helpers on a granule."""

    def find(era, granule):
        target_id = f"arm64-{granule.name}-{era.name}"
        found = oracle(target_id).records if era is V61 else formulas(target_id)
        return [(helper, *record) for helper, several in found.items() for record in several]

    return find


@pytest.fixture
def noticed(call):
    """A function that says whether bound hooks give one known answer wrong."""

    def differs(hooks, known):
        functions = {helper: call(hooks, helper) for helper, _, _ in known}
        return any(int(functions[helper](*given)) != result for helper, given, result in known)

    return differs


def _hooks(target, era, granule, leaves):
    return bind(evolve(target, architecture=era.architecture(granule, leaves)))


@pytest.mark.parametrize(("era", "granule"), MODELS)
def test_every_bit_of_a_page_or_block_matters(era, granule, target_of, records, noticed):
    """Some known answer changes when a field that helpers read moves or loses a bit."""
    target, known = target_of(f"arm64-{granule.name}-{era.name}"), records(era, granule)
    leaves, missed = era.leaves(granule), []
    assert not noticed(_hooks(target, era, granule, leaves), known)
    for level, layout in leaves.items():
        asked = [record for record in known if level in record[0]] if level != "pte" else known
        for name, mutant in _mutants(layout):
            hooks = _hooks(target, era, granule, {**leaves, level: mutant})
            if name not in UNREAD.get(level, ()) and not noticed(hooks, asked):
                missed.append((level, name))
    assert missed == []


@pytest.mark.slow
@pytest.mark.parametrize(("era", "granule"), MODELS)
def test_the_answers_that_come_with_the_target_notice_it_alone(era, granule, target_of):
    """The law recorded-answers refutes a target with a field of a leaf elsewhere, if it is read."""
    target = target_of(f"arm64-{granule.name}-{era.name}")
    leaves, missed = era.leaves(granule), []
    for level, layout in leaves.items():
        for name, mutant in _mutants(layout):
            architecture = era.architecture(granule, {**leaves, level: mutant})
            changed = evolve(target, architecture=architecture)
            (result,) = hold(changed, select(("recorded-answers",)))
            if name not in UNREAD.get(level, ()) and result.status is not Status.REFUTED:
                missed.append((level, name))
    assert missed == []


@pytest.mark.parametrize(("era", "granule"), MODELS)
def test_every_bit_of_a_swap_entry_matters(era, granule, target_of, records, noticed):
    """Some known answer changes when a field of the swap layout moves or loses a bit."""
    target, known = target_of(f"arm64-{granule.name}-{era.name}"), records(era, granule)
    swaps = [record for record in known if "sw" in record[0]]
    missed = []
    for name, mutant in _mutants(era.swap, free=63):
        changed = evolve(era, swap=mutant)
        hooks = _hooks(target, changed, granule, changed.leaves(granule))
        if name not in CLEAR and not noticed(hooks, swaps):
            missed.append(name)
    assert missed == []


@pytest.mark.parametrize("era", [V61, V612], ids=["v6.1", "v6.12"])
def test_what_is_clear_in_a_swap_entry_is_what_makes_a_page_present(era):
    """A swap layout names the type bits, and the very marks that entries are present by."""
    for layout in era.leaves(K4).values():
        shown_by = [name for name in era.shown_by if name in layout.masks and name != "VALID"]
        for name in shown_by:
            assert layout[name] == era.swap[name]
        assert layout.mask("VALID", "TABLE_BIT") == era.swap["PRESENT"]


# Level, entry, what EL0 may do (read, write, execute), and the address, as the manual has it.
WALKS = [
    ("pte", 0x00E8000012345F43, (True, True, False), 0x12345000),
    ("pte", 0x0068000012345FC3, (True, True, False), 0x12345000),
    ("pte", 0x0060000012345FC3, (True, False, False), 0x12345000),
    ("pte", 0x0020800012345FC3, (True, False, True), 0x800012345000),
    ("pte", 0x0020000012345F83, (False, False, True), 0x12345000),
    ("pte", 0x00E8000012345F42, None, None),
    ("pte", 0x00E8000012345F41, None, None),
    ("pmd", 0x00E8000040000F41, (True, True, False), 0x40000000),
    ("pmd", 0x0800000042D38003, (True, True, True), 0x42D38000),
    ("pmd", 0x1000800042D39003, (True, True, False), 0x800042D39000),
    ("pmd", 0x2000000042D38003, (False, False, True), 0x42D38000),
    ("pmd", 0x4000000042D38003, (True, False, True), 0x42D38000),
]
# An entry, as a use and as a store leave it.
USES = [
    (0x00680000123458C3, 0x0068000012345CC3, 0x0068000012345C43),
    (0x00600000123458C3, 0x0060000012345CC3, 0x0060000012345CC3),
]


def _walks_right(walker, geometry):
    return all(_read_right(walker, geometry.level(level), *seen) for level, *seen in WALKS) and all(
        (walker.mkaccessed(entry), walker.mkdirty(entry)) == (used, stored)
        and walker.accessed(stored)
        and not walker.accessed(entry)
        for entry, used, stored in USES
    )


def _read_right(walker, level, entry, rights, address):
    if not walker.valid(level, entry) or rights is None:
        return not walker.valid(level, entry) and rights is None
    allowed = tuple(walker.allows(level, entry, access) for access in Access)
    return allowed == rights and walker.address(level, entry) == address


def test_every_bit_that_hardware_reads_matters(target_of):
    """A walker with a bit elsewhere translates one of a dozen entries wrongly."""
    target = target_of("arm64-4k-v6.12")
    walker = target.mmu.format
    assert _walks_right(walker, target.geometry)
    for name, mutant in _mutants(LEAF):
        assert (name, _walks_right(evolve(walker, descriptor=mutant), target.geometry)) == (
            name,
            False,
        )


@pytest.mark.parametrize("granule", [K4, K64, LPA2], ids=lambda granule: granule.name)
def test_every_bit_of_a_table_matters(granule, target_of):
    """A pointer to a table with a bit elsewhere is written or read wrongly, or takes no rights."""
    target = target_of(f"arm64-{granule.name}-v6.12")
    top = (1 << granule.pa_bits) - (1 << granule.page_shift)
    right = _table(granule.table, granule, target, top)
    unread = {"NSTable"}  # of the secure world
    for name, mutant in _mutants(granule.table, free=FREE):
        changed = _table(mutant, granule, target, top)
        assert (name, changed == right) == (name, name in unread)


def _table(layout, granule, target, top):
    """Return all that a table layout decides: the word written, and what is read in it."""
    output = placement(layout["address"], layout.masks.get("address_high"))
    word = Tables(layout, output).pxd_populate(top)
    walker = evolve(target.mmu.format, table=layout, output=output)
    taken = [
        walker.allows(target.geometry.levels[-1], 3 | 1 << bit, access)
        for bit in range(59, 63)
        for access in Access
    ]
    return word, output.read((1 << 59) - 1), taken
