"""Vectors of the toy architecture, from the picture of its entries in the documentation."""

from __future__ import annotations

import pytest

from archcore.vectors.group import Gathering, VectorFile
from archcore.vectors.signature import Signature


@pytest.fixture
def vectors():
    """Make a vector file of records ``(helper, signature, args, result)``, a line each."""

    def made(*records, meta=None, constants=None):
        gatherings = {}
        for line, (helper, signature, args, result) in enumerate(records, start=2):
            into = gatherings.setdefault(helper, Gathering(helper, Signature.parse(signature)))
            if result == "trap":
                into.traps += 1
                continue
            into.words += args
            into.results.append(result)
            into.lines.append(line)
        groups = {helper: one.group() for helper, one in gatherings.items()}
        return VectorFile("toy.jsonl", meta or {}, groups, constants or {})

    return made
