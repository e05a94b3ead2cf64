from __future__ import annotations

import gzip
import json
import struct
import sys

import numpy as np
import pytest

from archcore.errors import InputError, PluginError, UsageError
from archcore.image.memory import Extent
from archcore.image.open import open_image

CORE, EXECUTABLE, LOAD, NOTE = 4, 2, 1, 4


def elf(*segments, kind=CORE, byteorder="<", cut=None):
    """Return an ELF file of (type, physical address, bytes, memory size) segments."""
    head, size = 64, 56
    ident = b"\x7fELF" + bytes([2, 1 if byteorder == "<" else 2, 1]) + bytes(9)
    offset = head + size * len(segments)
    headers, data = b"", b""
    for kind_of, base, content, *more in segments:
        in_memory = more[0] if more else len(content)
        headers += struct.pack(
            byteorder + "IIQQQQQQ",
            kind_of,
            0,
            offset + len(data),
            0,
            base,
            len(content),
            in_memory,
            0,
        )
        data += content
    fields = (kind, 62, 1, 0, head, 0, 0, head, size, len(segments), 0, 0, 0)
    return (ident + struct.pack(byteorder + "HHIQQQIHHHHHH", *fields) + headers + data)[:cut]


def opened(folder, content, **given):
    """Write a file and open it as an image."""
    path = folder / "memory"
    path.write_bytes(content)
    return open_image(str(path), **given).image


def test_a_raw_image_begins_where_it_is_said_to(tmp_path):
    """Without a base it begins at 0; the file is mapped, not read."""
    found = opened(tmp_path, bytes(8192), base=0x40000000)
    assert found.extents == (Extent(0x40000000, 8192, 0),)
    assert isinstance(found.data, np.memmap)
    assert not found.data.flags.writeable
    assert opened(tmp_path, bytes(8192)).extents[0].base == 0


def test_an_elf_core_holds_its_load_segments(tmp_path):
    """Notes are no memory; what the file does not hold of a segment is none either."""
    content = elf((NOTE, 0, b"note"), (LOAD, 0x1000, bytes(64), 128), (LOAD, 0x8000, bytes(32)))
    found = opened(tmp_path, content)
    assert [(one.base, one.size) for one in found.extents] == [(0x1000, 64), (0x8000, 32)]
    assert found.losses == ()
    assert not found.data.flags.writeable


def test_a_big_endian_core_is_read_too(tmp_path):
    """The byte order of the headers is the file's."""
    found = opened(tmp_path, elf((LOAD, 0x1000, bytes(64)), byteorder=">"))
    assert found.extents[0].base == 0x1000


def test_a_core_cut_off_says_what_is_lost(tmp_path):
    """What is there is used, what is missing is told."""
    content = elf((LOAD, 0x1000, bytes(64)), (LOAD, 0x8000, bytes(64)), cut=-100)
    found = opened(tmp_path, content)
    assert [(one.base, one.size) for one in found.extents] == [(0x1000, 28)]
    assert len(found.losses) == 2
    assert "0x1000 ends 36 bytes early" in found.losses[0]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"KDUMP   " + bytes(100), "a compressed kdump"),
        (b"EMiL" + bytes(100), "a LiME image"),
        (b"\x1f\x8b" + bytes(100), "compressed with gzip"),
        (b"\x7fELF", "headers of an ELF core"),
        (b"\x7fELF" + bytes(60), "headers of an ELF core"),
        (elf((LOAD, 0, bytes(8)), cut=70), "headers of an ELF core"),
        (elf((LOAD, 0x1000, bytes(8)), kind=EXECUTABLE), "found ET_EXEC"),
        (elf((NOTE, 0, b"note")), "no segment with memory"),
        (elf((LOAD, 0, bytes(8)), (LOAD, 0, bytes(8))), "no physical addresses"),
    ],
)
def test_what_is_no_image_is_refused(tmp_path, content, found):
    """The error names the file and what stands there."""
    with pytest.raises(InputError, match=found) as refused:
        opened(tmp_path, content)
    assert str(tmp_path / "memory") in str(refused.value)


def test_an_elf_core_needs_pyelftools(tmp_path, monkeypatch):
    """Without the extra the error says how to get it; raw images do without."""
    monkeypatch.setitem(sys.modules, "elftools.elf.elffile", None)
    with pytest.raises(PluginError, match=r"archcore\[image\]"):
        opened(tmp_path, elf((LOAD, 0, bytes(8))))
    assert opened(tmp_path, bytes(8)).size == 8


def test_only_a_raw_image_takes_a_base(tmp_path):
    """The others bring their addresses."""
    with pytest.raises(UsageError, match="--base"):
        opened(tmp_path, elf((LOAD, 0, bytes(8))), base=0)
    with pytest.raises(UsageError, match="--base"):
        open_image(str(tmp_path), 0)


# -- captures ------------------------------------------------------------------------------------

TABLES = bytes(range(256)) * 32
INDEX = {
    "entry_endianness": "little",
    "root": "0x5000",
    "levels": [{"shift": 12}, {"shift": 22}, {"shift": 32}],
    "tables": [
        {"pa": "0x5000", "size": 4096, "offset": 0},
        {"pa": "0x9000", "size": 4096, "offset": 4096},
    ],
    "vmas": [{"start": "0x1000", "end": "0x3000", "perms": "rw-p"}],
}
PACKED = gzip.compress(TABLES)
MISSING = object()


def capture(folder, tables=PACKED, text=None, **changed):
    """Write a capture folder, with members of its index changed or left out, and open it."""
    index = {key: value for key, value in {**INDEX, **changed}.items() if value is not MISSING}
    (folder / "expected.json").write_text(json.dumps(index) if text is None else text)
    if tables is not None:
        (folder / "tables.bin.gz").write_bytes(tables)
    return open_image(str(folder)).capture


def test_a_capture_brings_root_tables_and_vmas(tmp_path):
    """Tables lie where the index says; the file is unpacked once."""
    found = capture(tmp_path)
    assert found.root == 0x5000
    assert found.shifts == (12, 22, 32)
    assert found.image.extents == (Extent(0x5000, 4096, 0), Extent(0x9000, 4096, 4096))
    assert found.vmas.flags_at(np.array([0xFFF, 0x1000, 0x2FFF, 0x3000], np.uint64)).tolist() == [
        *(-1, 3, 3, -1)
    ]


def test_numbers_may_be_plain_or_hexadecimal(tmp_path):
    """Both occur in captures."""
    assert capture(tmp_path, root=0x9000).root == 0x9000


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"text": "{"}, "expected a JSON document"),
        ({"text": "\xff"}, "expected a JSON document"),
        ({"text": "[]"}, "expected a JSON object, found list"),
        ({"text": "[" * 100_000}, "expected a JSON document"),
        ({"tables": b"no gzip"}, "compressed with gzip"),
        ({"tables": gzip.compress(TABLES)[:-9]}, "compressed with gzip"),
        ({"tables": gzip.compress(TABLES[:5000])}, "do not fit"),
        ({"root": MISSING}, "`root` to be a number, found None"),
        ({"root": "5y"}, "`root` to be a number, found '5y'"),
        ({"root": -1}, "`root` to be a number, found -1"),
        ({"root": True}, "`root` to be a number, found True"),
        ({"entry_endianness": "middle"}, "`entry_endianness` to be little or big"),
        ({"vmas": MISSING}, "`vmas` to be a list of objects"),
        ({"levels": [12]}, "`levels` to be a list of objects"),
        ({"vmas": [{"start": 0, "end": 4096, "perms": "rwz"}]}, r"vmas\[0\].perms: permissions"),
        ({"vmas": [{"start": 0, "end": 0, "perms": "rw-"}]}, "ends behind its start"),
        ({"text": json.dumps({**INDEX, "tables": [{"pa": 0, "size": 1}]})}, r"tables\[0\].offset"),
    ],
)
def test_a_broken_capture_is_refused(tmp_path, changed, expected):
    """The error names the file and the member."""
    with pytest.raises(InputError, match=expected) as refused:
        capture(tmp_path, **changed)
    assert str(tmp_path) in str(refused.value)


def test_a_folder_without_tables_is_no_capture(tmp_path):
    """What is missing is named by the system."""
    with pytest.raises(FileNotFoundError, match=r"tables\.bin\.gz"):
        capture(tmp_path, tables=None)


def test_a_capture_fits_targets_of_its_shape_only(tmp_path):
    """Levels at other bits, or bytes in another order, cannot be read with the target."""
    import toy

    target = toy.module().TARGET
    capture(tmp_path).fits(target)
    with pytest.raises(UsageError, match="name another target"):
        capture(tmp_path, levels=INDEX["levels"][:2]).fits(target)
    with pytest.raises(UsageError, match="big-endian"):
        capture(tmp_path, entry_endianness="big").fits(target)
