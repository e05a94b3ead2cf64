from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import MachineError
from archcore.hw.memory import PhysicalMemory

SPAN = 4 << 8
PLACES = [(width, order) for width in (8, 16, 32, 64) for order in ("little", "big")]


def test_untouched_memory_is_zero_and_takes_no_room(memory):
    """Reading makes no frame."""
    assert memory.load(0x5000) == 0
    assert memory.read(0x50F0, 0x20) == bytes(0x20)
    assert set(memory.frames) == set()


def test_a_store_takes_room_for_one_frame(memory):
    """Only the frame that was stored to exists afterwards."""
    memory.store(0x1208, 7)
    assert set(memory.frames) == {0x12}


@pytest.mark.parametrize(("width", "byteorder"), PLACES)
@given(value=st.integers(0, (1 << 64) - 1), index=st.integers(0, 3))
def test_a_word_lies_in_memory_in_its_byte_order(width, byteorder, value, index):
    """The bytes of a stored word are those of the number, in the order asked for."""
    memory = PhysicalMemory(8)
    size = width // 8
    word = value % (1 << width)
    memory.store(0x100 + index * size, word, width, byteorder)
    assert memory.read(0x100 + index * size, size) == word.to_bytes(size, byteorder)
    assert memory.load(0x100 + index * size, width, byteorder) == word


@given(
    stores=st.lists(st.tuples(st.integers(0, SPAN - 1), st.binary(max_size=600))),
    start=st.integers(0, SPAN),
    size=st.integers(0, SPAN),
    block=st.booleans(),
)
def test_frames_join_into_one_range_of_bytes(stores, start, size, block):
    """Bytes written across frames read back as from one long array, whatever backs them."""
    memory, model = PhysicalMemory(8), bytearray(2 * SPAN)
    if block:
        memory.allocate_block(1, 2)
    for address, data in stores:
        memory.write(address, data)
        model[address : address + len(data)] = data
    assert memory.read(start, size) == model[start : start + size]


@pytest.mark.parametrize("width", [32, 64])
@pytest.mark.parametrize(("byteorder", "sign"), [("little", "<"), ("big", ">")])
def test_words_are_the_very_bytes(memory, width, byteorder, sign):
    """A store through the array is seen by a load, and the other way round."""
    view = memory.words(0x1280, 4, width, byteorder)
    memory.store(0x1280, 0xABCD, width, byteorder)
    view[1] = 0x1234
    assert view.dtype == np.dtype(f"{sign}u{width // 8}")
    assert view.tolist() == [0xABCD, 0x1234, 0, 0]
    assert memory.load(0x1280 + width // 8, width, byteorder) == 0x1234


def test_words_stay_within_their_frame(memory):
    """An array over two frames needs a block, and the error says so."""
    memory.words(0x1200, 32)
    with pytest.raises(MachineError, match="allocate_block"):
        memory.words(0x1208, 32)


def test_words_of_a_block_span_its_frames(memory):
    """A table larger than a frame is one array over the frames of its block, and no further."""
    memory.allocate_block(0x12, 4)
    view = memory.words(0x1200, 128)
    view[100] = 9
    assert memory.load(0x1200 + 100 * 8) == 9
    assert set(memory.frames) == {0x12, 0x13, 0x14, 0x15}
    with pytest.raises(MachineError):
        memory.words(0x1208, 128)


def test_a_block_begins_as_zeros(memory):
    """What its frames held before is forgotten, as for any newly allocated table."""
    memory.store(0x1308, 7)
    memory.allocate_block(0x12, 2)
    assert memory.read(0x1200, 0x200) == bytes(0x200)


def test_a_frame_dropped_from_a_block_leaves_it(memory):
    """The block no longer answers for a frame that may be somebody else's by now."""
    memory.allocate_block(0x12, 3)
    memory.words(0x1200, 96)[:] = 1
    memory.drop_frame(0x13)
    memory.store(0x1300, 5)
    with pytest.raises(MachineError):
        memory.words(0x1200, 96)
    assert memory.words(0x1200, 32).tolist() == [1] * 32
    assert memory.words(0x1300, 32).tolist() == [5] + [0] * 31


def test_a_dropped_frame_reads_as_zeros(memory):
    """Freed contents are forgotten at once."""
    memory.store(0x1200, 7)
    memory.drop_frame(0x12)
    assert memory.load(0x1200) == 0


def test_a_store_to_a_freed_frame_can_be_found(memory):
    """A frame that nobody allocated takes room again only because somebody stored to it."""
    memory.store(0x1200, 7)
    memory.drop_frame(0x12)
    assert 0x12 not in memory.frames
    memory.store(0x1200, 8)
    assert 0x12 in memory.frames


def test_a_copied_frame_is_its_own(memory):
    """The copy has the bytes of the moment and does not follow the original."""
    memory.store(0x1208, 7)
    memory.copy_frame(0x12, 0x20)
    memory.store(0x1208, 8)
    assert memory.load(0x2008) == 7


def test_a_copy_of_an_untouched_frame_is_zero(memory):
    """Zeros are copied like any other bytes."""
    memory.store(0x2008, 7)
    memory.copy_frame(0x12, 0x20)
    assert memory.load(0x2008) == 0


@pytest.mark.parametrize("address", [0x1201, 0x1204])
def test_a_word_stands_at_a_multiple_of_its_size(memory, address):
    """No table has an entry elsewhere, so the address is wrong."""
    with pytest.raises(MachineError, match=f"64 bits cannot stand at {address:#x}"):
        memory.load(address)
    with pytest.raises(MachineError, match="cannot stand"):
        memory.store(address, 0)


@pytest.mark.parametrize("value", [1 << 32, -1])
def test_a_word_is_not_cut_off(memory, value):
    """A value that does not fit is an error and no smaller value."""
    with pytest.raises(MachineError, match="no word of 32 bits"):
        memory.store(0x1200, value, 32)


def test_there_is_no_memory_below_address_zero(memory):
    """A negative physical address is a wrong computation."""
    with pytest.raises(MachineError, match="negative"):
        memory.store(-8, 1)


def test_a_deep_copy_is_another_memory(memory):
    """Explorers copy a machine: the copy shares no byte, and a block stays one block."""
    memory.allocate_block(0x12, 2)
    memory.store(0x1308, 7)
    other = copy.deepcopy(memory)
    other.words(0x1200, 64)[33] = 8
    assert memory.load(0x1308) == 7
    assert other.load(0x1308) == 8
