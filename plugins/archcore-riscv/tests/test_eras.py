"""What the kernels have in common, and single words that were worked out apart from the model."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files

import pytest

from archcore.binding import bind
from archcore.vectors.callee import callee
from archcore_riscv.targets import TARGETS

HOOKS = {target.id: bind(target) for target in TARGETS}
V61, V612 = HOOKS["riscv-sv48-v6.1"], HOOKS["riscv-sv48-v6.12"]
# Frame 0x12345, user RW, dirty and young: archcore's sheet of encodings, section 12.
LIVE, NONE, SAVED = 0x48D14D7, 0x48D14E2, 0x48D14E6
# The formats of swap entries, saved write permission and what the options of a kernel allow.
CHANGED = ("swp", "swap", "marker", "migration", "savedwrite", "accessible", "none_mostly")


def test_words_of_linux_6_1() -> None:
    """A hint without and with write permission, and a swap entry of area 1."""
    assert V61.pte_modify(LIVE, V61.page_none()) == NONE
    assert V61.pte_mk_savedwrite(NONE) == SAVED
    assert V61.arch_swp_entry(1, 0x12345) == 0x91A2840


def test_answers_of_linux_6_1_that_6_12_gives_too() -> None:
    """What no commit between them changed is answered alike, for every recorded call."""
    text = gzip.decompress((files("archcore_riscv") / "golden/v6.1.jsonl.gz").read_bytes())
    head, *records = map(json.loads, text.splitlines())
    signatures, asked = head["meta"]["signatures"], set()
    for one in records:
        name = one["helper"]
        hinted = name in head["meta"]["derived"]
        if name == "const" or hinted or any(part in name for part in CHANGED):
            continue
        kinds = signatures[name].split(":")[1]
        given = [
            bool(int(word, 16)) if kind in "fb" else int(word, 16)
            for kind, word in zip(kinds, one["args"], strict=True)
        ]
        assert int(callee(V612, name)(*given)) == int(one["result"], 16), (name, one["args"])
        asked.add(name)
    assert len(asked) > 60


@pytest.mark.parametrize("target_id", HOOKS)
def test_a_mode_changes_no_word(target_id: str) -> None:
    """Sv39, Sv48 and Sv57 have one format of entries, and Svvptc changes none either."""
    plain = V61 if target_id.endswith("v6.1") else V612
    hooks = HOOKS[target_id]
    assert hooks.pte_mknuma(None, LIVE) == plain.pte_mknuma(None, LIVE)
    assert hooks.pmd_modify(LIVE, hooks.page_none()) == plain.pmd_modify(LIVE, plain.page_none())
    assert hooks.pxd_populate("pmd", 0x8000_0000) == 0x8000_0000 >> 2 | 1
