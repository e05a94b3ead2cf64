"""Every state that explain knows, in words of real kernels and in words that targets make.

The words are the kernels' own bits for frame 0x12345 of 4K pages (0x1234 of 64K pages) as
arch/*/include/asm/pgtable*.h of the named versions give them; swap entries are of type 1 and offset
0x12345.
"""

from __future__ import annotations

import json

import pytest

from archcore.binding import bind
from archcore.entry import LevelHooks, hook_name
from archcore.registry import installed
from archcore.specimens import vma_view
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE

ARCHITECTURES = ("arm64", "powerpc", "x86")
# target, level, word, state, frame, kernel predicates that hold
KERNELS = [
    ("x86-v3.8", "pte", "0x8000000012345166", "hint", "0x12345", "write dirty young"),
    ("x86-v3.16", "pte", "0x8000000012345266", "hint", "0x12345", "write dirty young"),
    ("x86-v4.0", "pte", "0x12345160", "inaccessible", "0x12345", "dirty young protnone"),
    ("x86-v4.0", "pte", "0x12345162", "inaccessible", "0x12345", "write savedwrite protnone"),
    ("x86-v4.18", "pte", "0x000fffffedcba160", "inaccessible", "0x12345", "dirty protnone"),
    ("x86-v4.18", "pte", "0x000fffffedcba162", "inaccessible", "0x12345", "savedwrite protnone"),
    ("x86-v6.1", "pmd", "0x000fffffbfe001e2", "inaccessible", "0x40000", "savedwrite protnone"),
    ("x86-v6.12", "pte", "0x040fffffedcba120", "inaccessible", "0x12345", "dirty young protnone"),
    ("x86-v6.1", "pud", "0x80000000400000e7", "mapped", "0x40000", "write dirty young"),
    ("x86-v3.8", "pte", "0x0000000002468a02", "swap", None, ""),
    ("x86-v3.16", "pte", "0x00000000048d1402", "swap", None, ""),
    ("x86-v4.8", "pte", "0x0000000048d14200", "swap", None, ""),
    ("x86-v4.18", "pte", "0x0ffffffffdb97400", "swap", None, ""),
    ("x86-v6.1", "pte", "0x60", "none", None, ""),
    ("x86-v6.1", "pmd", "0x12345067", "table", None, ""),
    ("arm64-4k-v6.1", "pte", "0x04e8000012345f02", "inaccessible", "0x12345", "savedwrite"),
    ("arm64-4k-v6.1", "pmd", "0x04e8000040000f00", "inaccessible", "0x40000", "savedwrite"),
    ("arm64-4k-v6.1", "pte", "0x01f8000012345f43", "mapped", "0x12345", "special cont write"),
    ("arm64-4k-v6.1", "pud", "0x00e8000040000f41", "mapped", "0x40000", "write dirty young"),
    ("arm64-4k-v6.1", "pmd", "0x08e8000040000f40", "invalid", "0x40000", "write dirty young"),
    ("arm64-4k-v6.12", "pmd", "0x00e8000040000f40", "invalid", "0x40000", "write dirty young"),
    ("arm64-4k-v6.12", "pte", "0x04e8000012345f43", "mapped", "0x12345", "uffd-wp"),
    ("arm64-4k-v6.1", "pte", "0x0000000001234508", "swap", None, ""),
    ("arm64-4k-v6.12", "pte", "0x0000000012345040", "swap", None, ""),
    ("powerpc-hash-64k-v4.0", "pte", "0x48d00000381", "inaccessible", "0x1234", "savedwrite"),
    ("powerpc-radix-64k-v6.1", "pte", "0xc000000012340180", "inaccessible", "0x1234", "savedwrite"),
    ("powerpc-radix-64k-v6.12", "pte", "0xc000000012340180", "inaccessible", "0x1234", "protnone"),
    ("powerpc-radix-64k-v6.1", "pte", "0x6000000012340186", "invalid", "0x1234", "write dirty"),
    ("powerpc-radix-64k-v6.1", "pte", "0xc000000012340d86", "mapped", "0x1234", "special devmap"),
    ("powerpc-radix-64k-v6.1", "pud", "0xc000000040000186", "mapped", "0x4000", "write dirty"),
]
FORGETFUL = ["x86-2012-10", "x86-v6.6", "x86-v6.12", "arm64-4k-v6.12", "powerpc-radix-64k-v6.12"]
REMEMBERING = ["x86-v4.0", "x86-v4.18", "x86-v6.1", "arm64-4k-v6.1", "powerpc-radix-64k-v6.1"]
KEYS = [
    ("x86-v6.1", "0x7c00000012345067", "PKEY", 15),
    ("arm64-4k-v6.12", "0x30e8000012345f43", "PO_IDX", 3),
    ("powerpc-hash-64k-v6.1", "0xcf00000012340186", "PKEY", 15),
]
# asked target, word, then what some targets make of it: targets, state, what the flags have
ERAS = [
    (
        "powerpc-radix-64k-v6.1",
        "0xc000000012340180",
        [
            ("powerpc-radix-64k-v4.12 powerpc-radix-64k-v6.1", "inaccessible", "savedwrite write"),
            ("powerpc-radix-64k-v6.12", "inaccessible", "protnone"),
        ],
    ),
    (
        "x86-v6.1",
        "0x8400000012345067",
        [
            ("x86-v4.0", "mapped", ""),
            ("x86-v6.1 x86-v4.8 x86-v4.18 x86-la57-v6.1", "mapped", "devmap DEVMAP"),
            ("x86-v6.6 x86-v6.12 x86-la57-v6.12", "mapped", "SAVED_DIRTY"),
        ],
    ),
    (
        "arm64-4k-v6.1",
        "0x04e0000012345f82",
        [
            ("arm64-4k-v6.1", "inaccessible", "PROT_NONE"),
            ("arm64-4k-v6.12", "inaccessible", "UFFD_WP uffd-wp"),
        ],
    ),
    (
        "arm64-4k-v6.12",
        "0x00e0000012345f82",
        [("arm64-4k-v6.12", "inaccessible", "PRESENT_INVALID"), ("arm64-4k-v6.1", "swap", "")],
    ),
    (
        "x86-v6.1",
        "0x000fffffedcba160",
        [("x86-v4.18 x86-v6.1", "inaccessible", "protnone"), ("x86-v4.0", "inaccessible", "")],
    ),
]


def needs(target):
    """Skip the test unless the architecture of a target is installed."""
    pytest.importorskip(f"archcore_{target.partition('-')[0]}")


def said(call, *arguments, stdin=b""):
    """Return the document that explain gives."""
    answer = call("explain", *arguments, "--json", stdin=stdin)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def of(arch):
    """Return the targets of an architecture, of which there are some if it is installed."""
    needs(arch)
    found = [target for target in installed() if target.arch == arch]
    assert found, f"{arch} is installed and registers nothing"
    return found


def made(target, level):
    """Yield words that the target's helpers make at a level: how, VMA, word, state, kind, frame."""
    hooks = bind(target)
    own, place = LevelHooks(hooks, level), target.geometry.level(level)
    if not place.leaf or not hooks.has(hook_name("pfn_entry", level)):
        return
    frame = 3 * place.size >> target.geometry.page_shift
    vma = vma_view(hooks, VM_READ | VM_WRITE)
    live = own.pfn_entry(frame, vma.vm_page_prot)
    live = own.mkyoung(own.mkdirty(live if level == "pte" else own.mkhuge(live)))
    yield "live", "rw-", live, "mapped", None, frame
    yield from closed(hooks, level, live, frame)
    if target.swap_types is not None and f"swp_entry_to_{level}" in hooks.helpers:
        yield from stored(hooks, target.swap_types, level, frame)


def closed(hooks, level, live, frame):
    """Yield what arming, mprotect and a store in two steps make of a live entry."""
    own = LevelHooks(hooks, level)
    vma = vma_view(hooks, VM_READ | VM_WRITE)
    if own.present(own.mknuma(vma, live)):
        yield "hint", "rw-", own.mknuma(vma, live), "hint", None, frame
        none = own.modify(live, vma_view(hooks, VM_NONE).vm_page_prot)
        yield "none", "---", none, "genuine-none", None, frame
    if hooks.has(hook_name("mkinvalid", level)) and own.present(own.mkinvalid(live)):
        yield "mkinvalid", "rw-", own.mkinvalid(live), "invalid", None, frame


def stored(hooks, types, level, frame):
    """Yield swap entries of every type that the configuration has."""
    pack, store = hooks.helpers["swp_entry"], hooks.helpers[f"swp_entry_to_{level}"]
    kinds = [
        (1, "swap", "swap area", None),
        (types.migration_read, "migration", "readable migration", frame),
        (types.migration_read_exclusive, "migration", "readable-exclusive migration", frame),
        (types.migration_write, "migration", "writable migration", frame),
        (types.hwpoison, "swap", "hwpoison", frame),
        (types.pte_marker, "swap", "pte marker", None),
        (types.swapin_error, "swap", "swapin error", None),
    ]
    for number, state, kind, pfn in kinds:
        if number is not None:
            yield kind, "rw-", store(pack(number, frame)), state, kind, pfn


@pytest.mark.parametrize(("target", "level", "word", "state", "pfn", "flags"), KERNELS)
def test_words_of_kernels(call, target, level, word, state, pfn, flags):
    """State, frame and predicates are what that kernel takes the word for."""
    needs(target)
    found = said(call, target, word, "--level", level)

    assert (found["state"], found["pfn"]) == (state, pfn)
    assert set(flags.split()) <= set(found["flags"])
    if state == "swap":
        assert found["swap"] == {"type": 1, "offset": "0x12345"}
        assert found["kind"] == "swap area"


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_words_that_targets_make_are_what_they_were_made_for(call, arch):
    """Live, hinted, none, invalid, swapped, migrating, poisoned and marked, at each level."""
    seen = set()
    for target in of(arch):
        for level in ("pte", "pmd", "pud"):
            if level not in {place.name for place in target.geometry.levels}:
                continue
            for vma in ("rw-", "---"):
                rows = [row for row in made(target, level) if row[1] == vma]
                words = "\n".join(hex(row[2]) for row in rows).encode()
                asked = (target.id, "-", "--level", level, "--vma", vma)
                found = said(call, *asked, stdin=words)["words"]
                told = [(one["state"], one["kind"], one["pfn"]) for one in found]

                assert told == [(*row[3:5], row[5] and hex(row[5])) for row in rows], asked
                seen |= {row[0] for row in rows}

    assert {"live", "hint", "none", "mkinvalid"} <= seen
    assert {"swap area", "writable migration", "readable-exclusive migration"} <= seen
    assert {"hwpoison", "pte marker", "swapin error"} <= seen


@pytest.mark.parametrize("target", [*FORGETFUL, *REMEMBERING])
def test_a_hint_is_said_to_remember_write_in_the_eras_that_do(call, target):
    """Whatever the entry looks like: what counts is what disarming brings back."""
    needs(target)
    hooks = bind(installed().get(target))
    vma = vma_view(hooks, VM_READ | VM_WRITE)
    live = hooks.pte_mkwrite(hooks.pfn_pte(3, vma.vm_page_prot), vma)
    answer = call("explain", target, hex(hooks.pte_mknuma(vma, live)), "--vma", "rw-")

    assert ("remembered (savedwrite)" in answer.out) == (target in REMEMBERING)


@pytest.mark.parametrize(("target", "word", "name", "number"), KEYS)
def test_a_protection_key_is_a_field_and_a_number(call, target, word, name, number):
    """In the document and in the text."""
    needs(target)

    assert said(call, target, word)["pkey"] == {"field": name, "number": number}
    assert f"key       {number} in {name}" in call("explain", target, word).out


def test_hugetlb_and_transparent_huge_pages_store_a_closed_frame_in_two_ways(call):
    """Both read the same frame; the one that only hugetlbfs writes is said to be."""
    needs("x86")
    transparent = said(call, "x86-v6.1", "0x000fffffbfe001e0", "--level", "pmd")
    hugetlb = said(call, "x86-v6.1", "0x000fffffbffff1e0", "--level", "pmd")

    assert transparent["pfn"] == hugetlb["pfn"] == "0x40000"
    assert (transparent["hugetlb"], hugetlb["hugetlb"]) == (False, True)


def test_a_table_could_be_a_hint(call):
    """Linux 3.8 marked whole tables; what stands there is no page."""
    needs("x86")
    found = said(call, "x86-v3.8", "0x12345166", "--level", "pmd")

    assert (found["state"], found["pfn"], found["address"]) == ("hint", None, "0x12345000")


@pytest.mark.parametrize(("target", "word", "expected"), ERAS)
def test_one_word_means_different_things_in_different_eras(call, target, word, expected):
    """Every target that is named stands in the meaning it is named for, and no other does."""
    needs(target)
    meanings = said(call, target, word, "--all-eras")["meanings"]
    assert target in meanings[0]["targets"]
    places = []
    for names, state, flags in expected:
        (place,) = {
            at
            for at, one in enumerate(meanings)
            for name in names.split()
            if name in one["targets"]
        }
        assert meanings[place]["state"] == state
        assert set(flags.split()) <= set(meanings[place]["flags"])
        places.append(place)

    assert len(set(places)) == len(expected)


@pytest.mark.parametrize(("target", "word"), [row[:2] for row in ERAS])
def test_all_eras_ask_every_target_once_and_agree_with_each(call, target, word):
    """All registered ones of the architecture; each meaning is what the target itself says."""
    needs(target)
    meanings = said(call, target, word, "--all-eras")["meanings"]
    asked = [name for one in meanings for name in one["targets"]]

    assert sorted(asked) == sorted(one.id for one in of(target.partition("-")[0]))
    for one in meanings:
        for name in one["targets"]:
            alone = said(call, name, word)
            for key in ("state", "pfn", "hardware", "swap", "kind"):
                assert one[key] == alone[key]
            assert sorted(one["flags"]) == sorted(alone["flags"])


def test_the_word_that_powerpc_gave_a_second_meaning(call):
    """The table says what changed: the same closed page, with and without a saved permission."""
    needs("powerpc")
    answer = call("explain", "powerpc-radix-64k-v6.1", "0xc000000012340180", "--all-eras")
    line = {
        name: next(one for one in answer.out.splitlines() if f" {name}" in one.replace(",", ""))
        for name in ("powerpc-radix-64k-v6.1", "powerpc-radix-64k-v6.12")
    }

    assert answer.code == 0
    assert "write, dirty, young, protnone, savedwrite" in line["powerpc-radix-64k-v6.1"]
    assert "  dirty, young, protnone  " in line["powerpc-radix-64k-v6.12"]
