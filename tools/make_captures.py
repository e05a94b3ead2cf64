"""Make the capture folders that tests walk: ``make_captures.py CAPTURES [OUTPUT]``.

CAPTURES holds captures as described in its README.md: page tables of running kernels with what
those kernels said of every page. The tables are kept as they are; of the index what a walk needs;
of the entries what a test compares. The same input gives the same bytes under the same zlib.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

INDEX, TABLES, ENTRIES = "expected.json", "tables.bin.gz", "entries.csv.gz"
LISTED = "info_tlb_user.txt.gz"
KEPT = ("variant", "kernel", "entry_endianness", "page_size", "levels", "root", "kernel_root")
OUTPUT = Path(__file__).parents[1] / "tests" / "data" / "captures"
COLUMNS = ("va", "level", "size", "raw", "truth", "pfn")
PRESENT, FRAME = 1 << 63, (1 << 55) - 1  # /proc/PID/pagemap


def main(source: str, output: str = str(OUTPUT)) -> None:
    """Write one folder a capture and say how large each is."""
    for folder in sorted(path.parent for path in Path(source).glob(f"*/{INDEX}")):
        made = Path(output) / folder.name
        made.mkdir(parents=True, exist_ok=True)
        (made / INDEX).write_text(_index(json.loads((folder / INDEX).read_bytes())))
        _pack(made / TABLES, gzip.decompress((folder / TABLES).read_bytes()))
        _pack(made / ENTRIES, _entries(folder / ENTRIES))
        if (folder / LISTED).exists():
            _pack(made / LISTED, gzip.decompress((folder / LISTED).read_bytes()))
        print(f"{made}: {sum(path.stat().st_size for path in made.iterdir())} bytes")


def _index(document: dict[str, Any]) -> str:
    kept = {key: document[key] for key in KEPT if key in document}
    vmas = [{key: vma[key] for key in ("start", "end", "perms")} for vma in document["vmas"]]
    members = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in kept.items()]
    members += [_rows("tables", document["tables"]), _rows("vmas", vmas)]
    return "{\n" + ",\n".join(members) + "\n}\n"


def _rows(name: str, rows: list[dict[str, Any]]) -> str:
    listed = ",\n".join(f"    {json.dumps(row)}" for row in rows)
    return f'  "{name}": [\n{listed}\n  ]'


def _entries(path: Path) -> bytes:
    """Return every entry, with the frame that pagemap gave instead of its whole word."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    with gzip.open(path, "rt", encoding="ascii", newline="") as stream:
        lines.writerows(_trimmed(row) for row in csv.DictReader(stream))
    return text.getvalue().encode()


def _trimmed(row: dict[str, str]) -> Iterator[str]:
    page = int(row["pagemap"], 16) if row["pagemap"] else 0
    row["pfn"] = hex(page & FRAME) if page & PRESENT else ""
    return (row[name] for name in COLUMNS)


def _pack(path: Path, data: bytes) -> None:
    path.write_bytes(gzip.compress(data, 9, mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
