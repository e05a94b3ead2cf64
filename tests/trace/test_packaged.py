from __future__ import annotations

from pathlib import Path

import numpy as np

from archcore.trace import Op, lackey, packaged

DATA = Path(__file__).parent / "data"


def test_it_is_four_hundred_thousand_data_references():
    """The size that reports state, of one thread, without instruction fetches or times."""
    trace = packaged.load()

    assert len(trace) == 400_000
    assert set(trace.op.tolist()) == {Op.READ, Op.WRITE, Op.MODIFY}
    assert not trace.tid.any()
    assert trace.time is None


def test_it_says_where_it_comes_from():
    """The origin names the program, the tool and what was kept."""
    assert packaged.load().origin == (
        "CPython 3.11 building and sorting a dictionary of 60,000 keys, Valgrind 3.19 lackey, "
        "data references"
    )


def test_it_starts_as_the_text_it_was_made_from():
    """Stored and packaged, the first references are those lackey printed."""
    text = lackey.read(DATA / "pydict.lackey").trace
    trace = packaged.load()[: len(text)]

    for name in ("vaddr", "size", "op"):
        assert np.array_equal(getattr(trace, name), getattr(text, name)), name


def test_it_touches_enough_pages_again_and_again():
    """484 pages of 4 KiB, 86 of 64 KiB, and more than half of the small ones recur later."""
    trace = packaged.load()
    small = trace.pages(12)
    tenths = [trace[at : at + 40_000].pages(12) for at in range(0, 400_000, 40_000)]
    recurring = sum(sum(page in tenth for tenth in map(set, tenths)) > 1 for page in small)

    assert len(small) == 484
    assert len(trace.pages(16)) == 86
    assert recurring > len(small) / 2


def test_it_stays_small():
    """What every installation carries takes less than a byte a reference."""
    path = Path(packaged.__file__).with_name("data") / packaged.NAME

    assert path.stat().st_size < 400_000
