"""The walker against a model: nested dictionaries, rights as sets of names, no entry word."""

from __future__ import annotations

from itertools import count

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from archcore.hw.memory import PhysicalMemory
from archcore.hw.mmu import Access
from archcore.hw.walker import Fault, walk

RIGHTS = ("READ", "WRITE", "EXECUTE")


def mostly(usual, *others):
    """Return a strategy that is most often the usual one, so that walks get far."""
    return st.sampled_from([*[usual] * 8, *others]).flatmap(lambda chosen: chosen)


SOME_RIGHTS = mostly(st.just(frozenset(RIGHTS)), st.frozensets(st.sampled_from(RIGHTS)))
LEAF_FLAGS = st.frozensets(st.sampled_from(("ACCESSED", "DIRTY")))


def nodes(height):
    """Return a strategy of what an entry may hold, ``height`` levels above the lowest."""
    frames = st.integers(0, 4095 >> 3 * height).map(lambda number: number << 3 * height)
    leaf = st.tuples(st.just("leaf"), frames, SOME_RIGHTS, LEAF_FLAGS)
    broken = st.tuples(st.sampled_from(("invalid", "reserved", "outside")), st.booleans())
    if height == 0:
        return mostly(leaf, broken)
    table = st.tuples(st.just("table"), SOME_RIGHTS, tables(height - 1))
    return mostly(table, leaf, broken)


def tables(height):
    """Return a strategy of tables, as dictionaries from index to entry."""
    return st.dictionaries(st.integers(0, 7), nodes(height), min_size=1, max_size=4)


def expected(tree, page, access, *, sets_accessed, sets_dirty):
    """Return a fault's name, or the frame, the rights and the leaf's flags afterwards."""
    rights = set(RIGHTS)
    for size in (64, 8, 1):
        kind, *what = tree.get(page // size % 8, ("invalid", False))
        if kind == "table":
            rights &= what[0]
            tree = what[1]
            continue
        break
    if kind != "leaf":
        return {"invalid": "not-valid", "reserved": "reserved", "outside": "outside-memory"}[kind]
    frame, own, flags = what
    rights &= own
    if "ACCESSED" not in flags and not sets_accessed:
        return "access-flag"
    if access.name not in rights:
        return "permission"
    flags = flags | {"ACCESSED"}
    if access is Access.WRITE and sets_dirty:
        flags |= {"DIRTY"}
    return frame + page % size, rights, flags


def lay_out(toy, memory, tree, height, free):
    """Store a tree as tables; return the address of the top one."""
    size = toy.geometry.width // 8
    table = next(free)
    for index, (kind, *what) in tree.items():
        if kind == "table":
            rights, below = what
            word = toy.entry(lay_out(toy, memory, below, height - 1, free), *rights)
        elif kind == "leaf":
            frame, rights, flags = what
            word = toy.entry(frame * 256, "LEAF", *rights, *flags)
        else:
            leaf = ("LEAF",) if what[0] or height == 0 else ()
            word = {
                "invalid": toy.entry(0x1000, *RIGHTS, *leaf) - 1,
                "reserved": toy.entry(0x1000, "RESERVED", *RIGHTS, *leaf),
                "outside": toy.entry(2**20 + 0x1000, *RIGHTS, *leaf),
            }[kind]
        toy.store(memory, table + index * size, word)
    return table


@given(
    tree=tables(2),
    access=st.sampled_from(Access),
    sets_accessed=st.booleans(),
    sets_dirty=st.booleans(),
    data=st.data(),
)
def test_walks_agree_with_nested_dictionaries(toy, tree, access, sets_accessed, sets_dirty, data):
    """For any tables: the same fault, or the same byte, rights and flags; all else untouched."""
    places = st.sampled_from(list(pages(tree)))
    page = data.draw(places | places | st.integers(0, 511))
    memory = PhysicalMemory(8)
    root = lay_out(toy, memory, tree, 2, count(0x2000, 0x100))
    before = {pfn: memory.read(pfn << 8, 256) for pfn in memory.frames}
    mmu = evolve(toy.mmu, sets_accessed=sets_accessed, sets_dirty=sets_dirty)

    outcome = walk(memory, toy.geometry, mmu, root, page * 256 + 0x21, access)

    model = expected(tree, page, access, sets_accessed=sets_accessed, sets_dirty=sets_dirty)
    if isinstance(outcome, Fault):
        assert outcome.kind.value == model
    else:
        frame, rights, flags = model
        assert outcome.physical == frame * 256 + 0x21
        allowed = (outcome.readable, outcome.writable, outcome.executable)
        assert allowed == tuple(name in rights for name in RIGHTS)
        assert outcome.dirty == ("DIRTY" in flags)
        stored = toy.load(memory, outcome.entry_address)
        assert stored == outcome.entry
        for name in ("ACCESSED", "DIRTY"):
            assert bool(stored & toy.layout[name].value) == (name in flags)
        settle(toy, before, outcome.entry_address, stored)
    assert {pfn: memory.read(pfn << 8, 256) for pfn in memory.frames} == before


def pages(tree, size=64):
    """Yield the first page of every entry where a walk of a tree ends; an entry maps ``size``."""
    for index, (kind, *what) in tree.items():
        if kind == "table":
            yield from (index * size + page for page in pages(what[1], size // 8))
        else:
            yield index * size


def settle(toy, frames, place, word):
    """Put a word into a picture of memory."""
    data = bytearray(frames[place >> 8])
    size = toy.geometry.width // 8
    data[place % 256 : place % 256 + size] = word.to_bytes(size, toy.geometry.byteorder)
    frames[place >> 8] = bytes(data)
