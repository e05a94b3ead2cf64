"""The comparison as a whole, over the toy target."""

from __future__ import annotations

import csv
import json
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import toy

from archcore.replay.settings import Settings
from archcore.report.compare import compare, document
from archcore.report.compare_html import render_html
from archcore.report.compare_text import render, render_csv, render_markdown
from archcore.trace.record import Trace

PAGES = np.tile(np.arange(32, dtype=np.uint64), 3000)
TRACE = Trace(
    vaddr=PAGES << np.uint64(12),
    size=np.full(len(PAGES), 8, np.uint32),
    op=np.ones(len(PAGES), np.uint8),
    tid=np.zeros(len(PAGES), np.uint32),
    origin="32 pages, round and round",
)


@pytest.fixture(scope="module")
def rows():
    """Return the comparison of the toy alone."""
    return list(compare([toy.module().TARGET], TRACE, Settings()))


def test_a_target_written_outside_appears_in_the_comparison(rows):
    """The toy has its row, its encoding and its counters."""
    text = render(rows)

    assert "toy-32bit-v1" in text
    assert "clears V; sets HINT" in text


def test_a_failed_property_is_printed_with_a_word(rows):
    """The toy's hint looks like its genuine PROT_NONE, and an entry shows it."""
    assert "toy-32bit-v1: the entry alone does not tell" in render(rows)
    assert rows[0].properties.tells_from_none.counterexample is not None


def test_the_document_is_json_with_words_in_hex(rows):
    """Everything the text says can be scripted; masks are hex strings, counts are numbers."""
    read = json.loads(json.dumps(document(rows[0])))

    assert read["id"] == "toy-32bit-v1"
    assert read["properties"]["bits_set"] == "0x00000080"
    assert read["replay"]["counters"]["numa_pages_migrated"] == 32
    assert read["properties"]["keeps_write"]["holds"] is True


def test_the_seed_engine_shows_its_unexplained_cache_flushes():
    """Cache flushes without a reason are counted apart."""
    rows = list(compare([toy.module().TARGET], TRACE, Settings(engine="seed")))
    flushes = document(rows[0])["replay"]["cache_flushes"]

    assert flushes["without_reason"] == rows[0].replay.counters["numa_hint_faults"]


def test_native_gives_a_target_the_engine_of_its_era(rows):
    """With ``native`` the engine is the target's own."""
    native = list(compare([toy.module().TARGET], TRACE, Settings(engine="native")))

    assert native[0].replay.engine == toy.module().TARGET.engine


def test_csv_and_markdown_have_a_line_a_target(rows):
    """Both tables name the target once a table, with as many cells as headings."""
    sheet = list(csv.reader(render_csv(rows).splitlines()))
    markdown = render_markdown(rows)

    assert [len(line) for line in sheet] == [len(sheet[0])] * 2
    assert markdown.count("| toy-32bit-v1 |") == 4


def test_the_page_loads_nothing_and_shows_each_changed_bit(rows):
    """One self-contained file: a strip as wide as the word, a table a section, who paid."""
    pytest.importorskip("jinja2")
    target = rows[0].target

    page = render_html(rows, len(TRACE), "<32 pages>")

    assert "<script" not in page
    assert "http" not in page
    assert "&lt;32 pages&gt;" in page
    assert page.count('class="bit ') == target.geometry.width
    changes = rows[0].properties.changes
    assert page.count('class="bit set"') == changes.set.value.bit_count()
    assert all(f"<h2>{title}</h2>" in page for title in ("Replay", "Who paid", "Encodings"))
    body = page.split("<body>")[1].split("</body>")[0]
    ET.fromstring(f"<b>{body}</b>")  # noqa: S314 - the page is ours
