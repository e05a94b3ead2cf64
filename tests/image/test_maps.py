from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import InputError
from archcore.image.maps import NOWHERE, Area, Vmas, read_maps
from archcore.vmflags import VM_EXEC, VM_NONE, VM_READ, VM_SHARED, VM_WRITE

MAPS = b"""\
00400000-00401000 r--p 00000000 08:01 42                         /usr/bin/a file with spaces
00401000-00402000 r-xp 00001000 08:01 42                         /usr/bin/caf\xe9

7ffd4024d000-7ffd4026e000 rw-s 00000000 00:00 0
10000000000-10000001000 ---p 00000000 00:00 0                    [heap]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0          [vsyscall]
"""


def read(folder, content):
    """Write a file and read it as VMAs."""
    path = folder / "maps"
    path.write_bytes(content)
    return read_maps(path)


def flags(vmas, *addresses):
    """Look addresses up."""
    return vmas.flags_at(np.array(addresses, np.uint64)).tolist()


def test_a_maps_file_is_read_line_by_line(tmp_path):
    """Rights come as flags; names, offsets and the order of lines do not matter."""
    vmas = read(tmp_path, MAPS)
    found = flags(vmas, 0x400000, 0x401FFF, 0x402000, 0x7FFD4024D000, 1 << 40, 0xFFFFFFFFFF600800)
    assert found == [
        VM_READ,
        VM_READ | VM_EXEC,
        NOWHERE,
        VM_READ | VM_WRITE | VM_SHARED,
        VM_NONE,
        VM_EXEC,
    ]


def test_no_vma_covers_nothing(tmp_path):
    """An empty file is a process without memory."""
    assert flags(read(tmp_path, b"\n"), 0, 1 << 63) == [NOWHERE, NOWHERE]


@pytest.mark.parametrize(
    "line",
    [
        b"garbage",
        b"1000-2000",
        b"1000-2000 rwx",
        b"1000-2000 rw-z 0",
        b"0x1000-0x2000 rw-p 0",
        b"2000-1000 rw-p 0",
        b"1000-1000 rw-p 0",
        b"0-10000000000000001 rw-p 0",
        b"400800-402000 rw-p 0",
        b"\xff\xfe",
    ],
)
def test_a_bad_line_is_named(tmp_path, line):
    """File and line come first, then what was expected."""
    with pytest.raises(InputError, match=r"maps:2: .*(expected|permissions)"):
        read(tmp_path, b"400000-401000 r--p 00000000 00:00 0\n" + line + b"\n")


@given(st.sets(st.integers(0, 60), max_size=20), st.lists(st.integers(0, 61), min_size=1))
def test_look_ups_equal_a_search(cuts, addresses):
    """Each address gets the flags of the area it lies in."""
    ends = sorted(cuts)
    areas = [
        Area(low, high, VM_READ if at % 2 else VM_NONE)
        for at, (low, high) in enumerate(zip(ends[::2], ends[1::2], strict=False))
    ]
    expected = [
        next((one.flags for one in areas if one.start <= address < one.end), NOWHERE)
        for address in addresses
    ]
    assert flags(Vmas(areas), *addresses) == expected
