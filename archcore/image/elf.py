"""An ELF core of physical memory, as /proc/vmcore, QEMU and makedumpfile write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.errors import InputError, PluginError
from archcore.image.memory import Extent, PhysicalImage
from archcore.image.raw import mapped

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = b"\x7fELF"
NO_ADDRESSES = (
    "its segments carry no physical addresses; a core of one process holds no page tables"
)


def open_elf(path: Path) -> PhysicalImage:
    """Return the memory in the PT_LOAD segments of a core file.

    Bytes that the header promises and the file lacks are left out and told in ``losses``. Raises
    InputError for a file that is no core of physical memory, and PluginError without pyelftools.
    """
    data = mapped(path)
    extents, losses = [], []
    for base, size, offset in _segments(path):
        held = min(size, max(len(data) - offset, 0))
        if held < size:
            losses.append(
                f"{path}: the segment at {base:#x} ends {size - held} bytes early; the file is cut "
                "off"
            )
        if held:
            extents.append(Extent(base, held, offset))
    return PhysicalImage(str(path), data, tuple(extents), tuple(losses))


def _segments(path: Path) -> list[tuple[int, int, int]]:
    """Return physical address, size and file offset of each segment that holds memory."""
    try:
        from elftools.common.exceptions import ELFError
        from elftools.construct import ConstructError
        from elftools.elf.elffile import ELFFile
    except ImportError as error:
        msg = "reading an ELF core needs pyelftools; pip install 'archcore[image]'"
        raise PluginError(msg) from error
    with path.open("rb") as stream:
        try:
            elf: Any = ELFFile(stream)
            kind = elf["e_type"]
            headers = [one.header for one in elf.iter_segments("PT_LOAD")]
        except (ELFError, ConstructError, ValueError, OverflowError, OSError) as error:
            msg = f"{path}: expected the headers of an ELF core, found {str(error) or 'less'}"
            raise InputError(msg) from error
    if kind != "ET_CORE":
        msg = f"{path}: expected an ELF core (ET_CORE), found {kind}"
        raise InputError(msg)
    found = [(one["p_paddr"], one["p_filesz"], one["p_offset"]) for one in headers]
    found = [one for one in found if one[1]]
    if not found or (len(found) > 1 and not any(base for base, _, _ in found)):
        reason = NO_ADDRESSES if found else "it has no segment with memory"
        msg = f"{path}: expected an ELF core of physical memory; {reason}"
        raise InputError(msg)
    return found
