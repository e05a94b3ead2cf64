from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from images import BASE, ENTRY, HOOKS, PAGE, SWAP, TARGET, Draft, page, plain_walk

from archcore.errors import InputError
from archcore.hw.memory import PhysicalMemory
from archcore.hw.mmu import Access
from archcore.hw.outcome import Translation
from archcore.hw.walker import Walker
from archcore.image import walk as walking
from archcore.image.batch import STATES
from archcore.image.flags import Flags
from archcore.image.maps import Area, Vmas
from archcore.image.space import Range
from archcore.image.walk import Walk
from archcore.specimens import vma_view
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE, VmFlags

FRAMES = 8
LEVELS = TARGET.geometry.levels
PMD = 1 << 22
HINT = ENTRY["HINT"].value


def leaves(walk):
    """Return the leaves of a walk as plain values, in the form of plain_walk."""
    flags = Flags(walk.target, walk.hooks)
    found = []
    for batch in walk:
        sets = [flags.sets[number] for number in flags.of(batch)]
        rows = zip(*(column.tolist() for column in batch.columns()), sets, strict=True)
        found += [
            (va, LEVELS[at].name, STATES[state], pfn if framed else None, names, word)
            for va, at, state, framed, pfn, word, names in rows
        ]
    return found


def walked(draft, **given):
    """Return the leaves of a draft and what was reported."""
    problems = []
    walk = Walk(
        TARGET, given.pop("image", draft.image()), draft.root, report=problems.append, **given
    )
    return leaves(walk), problems


def chain():
    """Return a draft in which frame 0 leads to frame 1 and that to frame 2, a table of pages."""
    draft = Draft()
    draft.link(0, 0, 1)
    draft.link(1, 0, 2)
    return draft


def entries():
    """Return a strategy for words of tables: pointers, pages, hints, swap entries, anything."""
    pointers = st.integers(0, FRAMES - 1).map(lambda at: HOOKS.pxd_populate(None, BASE + at * PAGE))
    frames = st.integers(0, (1 << 20) - 1)
    flags = st.frozensets(st.sampled_from(sorted(ENTRY.masks)), max_size=4)
    pages = st.builds(
        lambda pfn, names: pfn << 12 | ENTRY.mask(*names - {"PFN"}).value, frames, flags
    )
    swaps = st.builds(HOOKS.arch_swp_entry, st.integers(0, 31), frames)
    return pointers | pages | swaps | st.integers(0, (1 << 32) - 1)


@st.composite
def drafts(draw):
    """Draw memory with tables at every level, and entries in a few places of each frame."""
    draft = Draft(FRAMES)
    for number, index, below in ((0, 0, 1), (0, 2, 2), (1, 0, 3), (1, 511, 4), (2, 1023, 5)):
        draft.link(number, index, below)
    places = st.tuples(st.integers(0, FRAMES - 1), st.sampled_from((0, 1, 2, 511, 1023)))
    for (number, index), word in draw(st.dictionaries(places, entries(), max_size=30)).items():
        draft.put(number, index, word)
    return draft


@st.composite
def mappings(draw):
    """Draw VMAs with and without rights around the addresses that drafts use."""
    cuts = sorted(draw(st.sets(st.integers(0, 1 << 30), min_size=2, max_size=12)))
    flags = st.sampled_from((VM_NONE, VM_READ, VM_READ | VM_WRITE))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return [Area(low, high, VmFlags(draw(flags))) for low, high in pairs]


def lookup(areas):
    """Return what tells the VMA at an address, one after another."""

    def at(va):
        for area in areas:
            if area.start <= va < area.end:
                return vma_view(HOOKS, area.flags)
        return None

    return at


@given(drafts())
def test_random_tables_are_walked_as_decode_and_a_plain_walk_do(draft):
    """Address, level, state, frame, flags and word of every entry are the same, in one order."""
    assert walked(draft)[0] == list(plain_walk(draft))


@given(drafts(), mappings())
def test_with_vmas_each_entry_is_decoded_in_the_one_it_lies_in(draft, areas):
    """The VMA at the first address of an entry decides, and none where there is none."""
    found, _ = walked(draft, vmas=Vmas(areas))
    assert found == list(plain_walk(draft, lookup(areas)))


@given(drafts())
def test_the_scalar_hardware_walker_ends_at_the_same_entries(draft):
    """What user mode may use is translated to the same frame; all else faults at that word."""
    memory = PhysicalMemory(TARGET.geometry.page_shift)
    memory.write(BASE, bytes(draft.data))
    walker = Walker(TARGET.geometry, TARGET.mmu)
    for va, level, state, pfn, _, word in walked(draft)[0]:
        # Each on memory as it was: a use sets flags.
        memory.write(BASE, bytes(draft.data))
        ends = [walker.walk(memory, draft.root, va, access) for access in Access]
        places = {(one.level, one.entry) for one in ends if not isinstance(one, Translation)}
        reached = [one for one in ends if isinstance(one, Translation)]
        assert all(one.physical >> 12 == pfn and state == "mapped" for one in reached)
        assert places <= {(level, word)} | {(one.level, one.entry) for one in reached}


@given(drafts(), st.integers(1, 64))
def test_steps_of_any_size_give_the_same_leaves(draft, step):
    """How many tables are read at once does not matter."""
    usual = walked(draft)[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walking, "STEP", step << 10)
        assert walked(draft)[0] == usual


@given(drafts(), st.tuples(st.integers(0, 1 << 34), st.integers(0, 1 << 34)).map(sorted))
def test_a_range_gives_the_leaves_that_reach_into_it(draft, ends):
    """Leaves are kept whole when any of their addresses lies in the range."""
    first, last = ends
    sizes = {level.name: level.size for level in LEVELS}
    expected = [
        one for one in plain_walk(draft) if one[0] <= last and one[0] + sizes[one[1]] > first
    ]
    assert walked(draft, wanted=Range(first, last))[0] == expected


def test_leaves_come_by_address_whatever_their_level():
    """A leaf of an upper level stands between those of the tables beside it."""
    draft = chain()
    draft.put(2, 5, page(1))
    draft.put(1, 1, 0x20)  # an upper entry with LEAF but not V
    draft.link(1, 2, 3)
    draft.put(3, 0, page(2))
    draft.put(1, 7, 0x20)
    found, _ = walked(draft)
    assert [(va, level) for va, level, *_ in found] == [
        (5 << 12, "pte"),
        (PMD, "pmd"),
        (2 * PMD, "pte"),
        (7 * PMD, "pmd"),
    ]


def test_an_empty_root_has_no_leaves():
    """Nothing is yielded and nothing is reported."""
    assert walked(Draft()) == ([], [])


def test_a_root_outside_the_image_is_refused():
    """The error says where the image is."""
    image = Draft(2).image()
    with pytest.raises(InputError, match=r"root table at 0x1000, .* 0x40000000-0x40002000"):
        list(Walk(TARGET, image, 0x1000))


def test_bits_around_the_address_of_the_root_are_dropped():
    """Registers keep other things beside the address: below its alignment, above memory."""
    draft = chain()
    draft.put(2, 0, page(1))
    assert leaves(Walk(TARGET, draft.image(), draft.root | 0x801 | 1 << 63)) == walked(draft)[0]


def test_a_pointer_out_of_the_image_is_reported_and_the_walk_goes_on():
    """The report names address, level, place and word of the entry, and where it points."""
    draft = chain()
    outside = HOOKS.pxd_populate(None, 0x9000)
    draft.put(1, 3, outside)
    draft.put(2, 0, page(1))
    found, problems = walked(draft)
    assert len(found) == 1
    (problem,) = problems
    assert str(problem) == (
        f"0xc00000: pmd entry {outside:#x} at {draft.frame(1) + 12:#x}: the table it points to, "
        "at 0x9000, is not in the image"
    )


def test_a_table_that_leads_to_itself_is_reported_once_a_pointer():
    """A table is never its own ancestor; the other entries are walked."""
    draft = chain()
    draft.link(1, 1, 1)
    draft.link(1, 2, 0)
    draft.put(2, 0, page(1))
    found, problems = walked(draft)
    assert len(found) == 1
    assert [(one.va, one.level, one.fault.name) for one in problems] == [
        (PMD, "pmd", "LOOP"),
        (2 * PMD, "pmd", "LOOP"),
    ]


def test_a_table_may_be_reached_twice():
    """Two pointers to one table are two mappings, no loop."""
    draft = chain()
    draft.link(1, 1, 2)
    draft.put(2, 0, page(1))
    found, problems = walked(draft)
    assert [va for va, *_ in found] == [0, PMD]
    assert problems == []


def test_a_reserved_bit_is_reported_and_not_followed():
    """The toy's walker allows no leaf in an upper level, and no table in the lowest."""
    draft = chain()
    draft.put(1, 1, page(3))
    draft.put(2, 1, ENTRY["V"].value)
    draft.put(2, 2, page(1))
    found, problems = walked(draft)
    assert [(one.va, one.level, one.fault.name) for one in problems] == [
        (PMD, "pmd", "RESERVED"),
        (0x1000, "pte", "RESERVED"),
    ]
    assert [va for va, *_ in found] == [0x1000, 0x2000, PMD]


def test_a_truncated_image_gives_what_is_left():
    """A table that the image holds only a part of is not in it."""
    draft = chain()
    draft.put(2, 0, page(1))
    draft.link(1, 1, 7)
    draft.put(7, 0, page(2))
    found, problems = walked(draft, image=draft.image(7 * PAGE + 100))
    assert [va for va, *_ in found] == [0]
    assert [one.address for one in problems] == [draft.frame(7)]


@pytest.mark.parametrize(
    ("flags", "state"), [(VM_READ, "hint"), (VM_NONE, "genuine-none"), (None, "hint")]
)
def test_a_hint_is_told_from_a_none_by_its_vma(flags, state):
    """The toy marks both alike but keeps SPECIAL and others; no VMA leaves what the entry says."""
    draft = chain()
    draft.put(2, 0, HINT | 5 << 12)
    vmas = None if flags is None else Vmas([Area(0, PAGE, flags)])
    ((_, _, found, pfn, _, _),), _ = walked(draft, vmas=vmas)
    assert pfn == 5
    expected = list(plain_walk(draft, lambda _: vma_view(HOOKS, flags) if vmas else None))
    assert found == expected[0][2]
    assert flags is None or found == state


def test_the_upper_half_of_a_sign_extended_root_is_the_kernels():
    """It is left out by default, and shown under canonical addresses when asked for."""
    target = evolve(TARGET, geometry=evolve(TARGET.geometry, sign_extended=True))
    draft = chain()
    draft.put(2, 1, page(1))
    draft.link(0, 1023, 3)
    draft.link(3, 1023, 4)
    draft.put(4, 1023, page(2))

    def addresses(**given):
        return [va for va, *_ in leaves(Walk(target, draft.image(), draft.root, **given))]

    top = 1 << 64
    assert addresses() == [PAGE]
    assert addresses(wanted=Range(0, top - 1)) == [PAGE, top - PAGE]
    assert addresses(wanted=Range(top - PAGE, top - 1)) == [top - PAGE]


def test_a_root_for_the_upper_addresses_is_walked_in_their_range():
    """Where addresses are not sign-extended, the range says what stands above the table's bits."""
    draft = chain()
    draft.put(2, 1, page(1))
    begin = 0xFFFFFC0000000000
    assert walked(draft, wanted=Range(begin, begin + PMD))[0][0][0] == begin + PAGE


def test_batches_hold_no_more_than_a_step():
    """Large tables arrive in pieces, so that memory does not grow with them."""
    draft = Draft(2 + 40)
    draft.link(0, 0, 1)
    words = np.frombuffer(draft.data, np.uint32).reshape(-1, 1024)
    for at in range(40):
        draft.link(1, at, 2 + at)
    words[2:] = page(1)
    sizes = [len(batch) for batch in Walk(TARGET, draft.image(), draft.root)]
    assert sum(sizes) == 40 << 10
    assert max(sizes) <= walking.STEP


def test_swap_entries_have_no_frame():
    """A swap entry names no frame, whatever stands in the frame's place."""
    draft = chain()
    draft.put(2, 0, HOOKS.arch_swp_entry(3, 0x1234))
    ((_, _, state, pfn, _, word),), _ = walked(draft)
    assert (state, pfn) == ("swap", None)
    assert word & SWAP["OFFSET"].value
