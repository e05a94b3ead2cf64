"""Page tables of three, four and five levels, written by the engine and walked in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from archcore.hw.mmu import Access
from archcore.image.batch import STATES
from archcore.image.maps import Area, Vmas
from archcore.image.memory import Extent, PhysicalImage
from archcore.image.walk import Walk
from archcore.machine import Machine
from archcore.mm.protect import change_prot_numa
from archcore.mm.syscalls import mprotect
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE
from archcore_riscv.hardware import Hardware
from archcore_riscv.targets import TARGETS

if TYPE_CHECKING:
    from archcore.target import Target

TARGET = {target.id: target for target in TARGETS}
VA_BITS = {"sv39": 39, "sv48": 48, "sv57": 57}
FRAMES = 1 << 12
PAGE = 1 << 12
READ_WRITE = VM_READ | VM_WRITE


@pytest.fixture(params=TARGETS, ids=lambda target: target.id)
def target(request: pytest.FixtureRequest) -> Target:
    """Each target."""
    found: Target = request.param
    return found


def test_a_mode_translates_what_its_name_says(target: Target) -> None:
    """The levels cover as many bits of an address as satp's mode is called after."""
    mode = target.id.split("-")[1]
    assert target.geometry.va_bits == VA_BITS[mode]


def test_tables_are_walked_as_they_were_written(target: Target) -> None:
    """Pages at both ends of user addresses, a hint, a PROT_NONE page and a huge page are found."""
    built = Machine(target, frames_per_node=FRAMES, thp=True, zero_page=False)
    mm = built.mm()
    task, _ = built.task(mm), built.task(mm, cpu=1, pid=2)
    top, huge = 1 << target.geometry.va_bits - 1, 1 << 21
    spots = {"mapped": PAGE, "hint": top - PAGE, "genuine-none": top - 3 * PAGE}
    for at in spots.values():
        mm.mmap(at, at + PAGE, READ_WRITE)
        built.store(task, at, 1)
    large = mm.mmap(8 * huge, 9 * huge, READ_WRITE)
    built.store(task, large.vm_start, 1)
    vma = mm.vmas.find(spots["hint"])
    assert vma is not None
    change_prot_numa(built.engine, task, vma, vma.vm_start, vma.vm_end)
    mprotect(built.engine, task, spots["genuine-none"], spots["genuine-none"] + PAGE, VM_NONE)

    data = np.frombuffer(built.memory.read(0, 2 * FRAMES * PAGE), np.uint8)
    image = PhysicalImage("memory", data, (Extent(0, len(data), 0),))
    areas = Vmas([Area(one.vm_start, one.vm_end, one.vm_flags, "") for one in mm.vmas])
    found = {
        va: STATES[state]
        for batch in Walk(target, image, mm.tables.root, areas)
        for va, state in zip(batch.va.tolist(), batch.state.tolist(), strict=True)
    }

    assert found == {**{at: state for state, at in spots.items()}, large.vm_start: "mapped"}


@pytest.mark.parametrize(
    ("level", "entry", "reserved"),
    [
        ("pte", 0xD7, False),
        ("pte", 0xD5, True),  # W without R
        ("pte", 0x01, True),  # a table where there is none below
        ("pmd", 0x01, False),
        ("pmd", 0x41, True),  # A in a table
        ("pmd", 0x80000 | 0xD7, False),
        ("pmd", 0x00400 | 0xD7, True),  # a superpage out of place
        ("pud", 0x80000 | 0xD7, True),
        ("pte", 1 << 54 | 0xD7, True),
        ("pte", 1 << 61 | 0xD7, True),  # a memory type, without Svpbmt
        ("pte", 1 << 63 | 0xD7, True),  # N, without Svnapot
    ],
)
def test_what_the_manual_reserves_is_refused(level: str, entry: int, reserved: bool) -> None:
    """A walk stops at an entry with a reserved encoding (sections 4.3.2, 4.4.1)."""
    place = TARGET["riscv-sv48-v6.1"].geometry.level(level)
    assert Hardware().reserved(place, entry) == reserved


def test_user_mode_needs_u() -> None:
    """What the kernel maps for itself, and execute-only pages, cannot be read."""
    place, form = TARGET["riscv-sv48-v6.1"].geometry.levels[0], Hardware()
    assert not form.allows(place, 0xC7, Access.READ)
    assert not form.allows(place, 0x59, Access.READ)
    assert form.allows(place, 0x59, Access.EXECUTE)
