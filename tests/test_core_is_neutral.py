from __future__ import annotations

from pathlib import Path

import neutral
import pytest

import archcore

ROOT = Path(archcore.__file__).parent
SOURCES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted(ROOT.rglob("*"))
    if path.suffix in {".py", ".md", ".txt", ".toml", ".j2", ".html", ".css"}
}
MODULES = {path: text for path, text in SOURCES.items() if path.endswith(".py")}
NUMBERS_ARE_THE_SUBJECT = "words/"
SIZES = {
    "BLOCK": "bytes read, or words computed, at a time",
    "COLOURED": "bytes between two addresses of one colour in any cache",
    "END": "the end of an address space",
    "GAP": "bytes between two VMAs",
    "LONGEST_LINE": "bytes of a line",
    "READINGS_KEPT": "entries of a cache of readings",
    "SCAN_SIZE": "bytes scanned at a time",
    "STEP": "entries walked at a time",
    "UNIT": "bytes to a multiple of which the areas of a trace are moved",
    "_OP_OF_LETTER": "rows of a table indexed by a byte",
    "__init__": "frames of a node of a machine",
    "size": "bytes of a cache, or scanned at a time",
}


def lines(findings):
    """Return findings as lines, so that a failure can be read."""
    return [str(one) for one in findings]


class TestCore:
    def test_it_names_no_architecture_and_no_bit(self):
        """No file name, identifier, string or comment of the core speaks of an architecture."""
        found = [one for path, text in SOURCES.items() for one in neutral.in_text(path, text)]
        found += [one for path in SOURCES for one in neutral.in_names(path)]
        assert lines(found) == []

    def test_it_has_no_literal_mask(self):
        """A number that could be a mask is a size, and is listed as one."""
        found = [
            one
            for path, text in MODULES.items()
            if not path.startswith(NUMBERS_ARE_THE_SUBJECT)
            for one in neutral.in_numbers(path, text)
            if one.name not in SIZES
        ]
        assert lines(found) == []

    def test_every_listed_size_is_there(self):
        """A size that went away leaves no hole for a mask."""
        found = {
            one.name for path, text in MODULES.items() for one in neutral.in_numbers(path, text)
        }
        assert SIZES.keys() - found == set()

    def test_it_imports_no_architecture_and_no_plugin(self):
        """Architectures are found through entry points and never imported."""
        found = [one for path, text in MODULES.items() for one in neutral.in_imports(path, text)]
        assert lines(found) == []

    def test_it_is_all_there(self):
        """The scan reaches every room of the core."""
        assert {"registry.py", "words/mask.py", "mm/protect.py", "hw/walker.py"} <= MODULES.keys()


class TestScanner:
    """A planted violation is found, and what only looks like one is not."""

    @pytest.mark.parametrize(
        "text",
        [
            "x86",
            "class X86Entry: pass",
            "from archcore_arm64 import thing",
            "# as on powerpc",
            "# the radix format",
            '"""Like i386 and AMD64."""',
            "is_riscv64 = 1",
            "fooRiscv = 1",
            "S390X_WIDTH = 1",
            "# see arch/arm/mm/fault.c",
            "# what ARM does",
            "# an Arm processor",
            "# ARMv7 and armv8",
            "# arm 32-bit",
            "name = 'arm'",
            "# on arm it is valid",
            "# _PAGE_NUMA",
            'bit = "PTE_VALID"',
            "loongarch.numa()",
            "# m68k, book3s64, mips64el or ppc64le",
            "class WalkRiscv64Table: pass",
            "'''\nlong text\nabout mips64\n'''",
        ],
    )
    def test_an_architecture_is_found(self, text):
        """In code, strings and comments, in any case, inside longer names too."""
        assert lines(neutral.in_text("sample.py", text + "\n"))

    @pytest.mark.parametrize(
        "text",
        [
            '"""Arm: return the entry as a NUMA hint."""',
            "# Arm the entries of a range. Arm them singly.",
            "def arm(entry): return disarm(armed)",
            "armed = arming(arm, alarm, charm)",
            "changes.arm.value",
            "# either arm of a choice; the arms of a choice",
            "# intelligent compromises swarm over a parmesan; a pharmacy",
            "pte_present = _page_shift = vm_page_prot = 1",
            "PTE = 'pte'",
            "# PTE_MARKER_UFFD_WP",
            "# parse arc, sh and alpha as words",
            "# an index of 86 or x8, x860, ax86, a mipsy sparcle",
        ],
    )
    def test_the_verb_and_longer_words_are_not(self, text):
        """To arm an entry is the kernel's verb, and no name stands inside another word."""
        assert lines(neutral.in_text("sample.py", text + "\n")) == []

    @pytest.mark.parametrize("path", ["mm/x86.py", "arm/fault.py", "hw/ppc64_walk.py", "arm64.md"])
    def test_a_file_name_counts(self, path):
        """A file or folder is not named after an architecture either."""
        assert lines(neutral.in_names(path))

    @pytest.mark.parametrize("path", ["mm/arming.py", "report/arming.py", "mm/alarm.py"])
    def test_a_file_may_be_named_after_the_verb(self, path):
        """Arming is what the engine does."""
        assert lines(neutral.in_names(path)) == []

    @pytest.mark.parametrize(
        "text",
        [
            "x = 0x100",
            "f(0b1000)",
            "x = y & 15",
            "x = 256 | y",
            "x = y ^ 4",
            "f(1 << 8)",
            "x = 0X1F",
            "M = 3 << 12",
        ],
    )
    def test_a_mask_is_found(self, text):
        """A number in hexadecimal or binary, shifted up, or beside a bitwise operator."""
        assert lines(neutral.in_numbers("sample.py", text + "\n"))

    @pytest.mark.parametrize(
        "text",
        [
            "x = 4096",
            "x = y & 1",
            "x = 1 << n",
            "x = 1 << 2",
            "x = 'see 0x100'",
            "# 0x100",
            "x = a & b",
            "x = 1.5 * 12",
        ],
    )
    def test_other_numbers_are_not(self, text):
        """Counts, single steps and numbers in text are no masks."""
        assert lines(neutral.in_numbers("sample.py", text + "\n")) == []

    @pytest.mark.parametrize(
        "text",
        [
            "import archcore_toy",
            "from archcore_toy.targets import TARGETS",
            "import arches.toy",
            "def f():\n    from plugins import thing",
        ],
    )
    def test_an_import_is_found(self, text):
        """At the top or inside a function, whole or in part."""
        assert lines(neutral.in_imports("sample.py", text + "\n"))

    def test_the_core_imports_itself_freely(self):
        """Only names of other distributions are refused."""
        text = "import archcore.words\nfrom archcore import registry\nimport archive\n"
        assert lines(neutral.in_imports("sample.py", text)) == []
