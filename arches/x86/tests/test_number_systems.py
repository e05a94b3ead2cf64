"""Every helper on every number system: one formula, the same answers."""

from __future__ import annotations

import numpy as np
import pytest
import z3

from archcore import hookspecs
from archcore.entry import offers_of
from archcore.specimens import vma_view
from archcore.vmflags import VM_READ, VM_WRITE
from archcore.words.lineage import traced
from archcore.words.record import record
from archcore.words.strict import StrictTruth, StrictWord
from archcore.words.symbols import constant
from archcore_x86.targets import ERAS
from archcore_x86.targets import target as target_of

WORDS = (
    *(0x0, 0x20, 0x120, 0x8000000012345067, 0x000FFFFFEDCBA162, 0x040FFFFFBFE001A0),
    *(0x80000000400010E7, 0x0FFFFFFFFDB97400, 0xFFFFFFFFFFFFFFFF, 0x00000F0000000003),
)
NUMBERS_ONLY = {"page_none", "pxd_populate"}  # declared for plain numbers
TRUTHS, PLAIN = ("flush_pending", "write", "dirty"), ("nr", "vma", "level")


@pytest.fixture(params=[target_of(era) for era in ERAS], ids=lambda target: target.id)
def target(request):
    """Each era once; a fifth level changes no helper."""
    return request.param


def _offers(target):
    for layer in (target.architecture, target.encoding):
        for offer in offers_of(layer):
            if offer.hook not in NUMBERS_ONLY:
                yield offer


def _call(offer, hooks):
    """Return the helper as a function of words only, and how many it takes."""
    vma = vma_view(hooks, VM_READ | VM_WRITE)
    plain = {"nr": 3, "vma": vma, "level": "pmd", **dict.fromkeys(TRUTHS, True)}
    wanted = [name for name in offer.arguments if name not in plain]
    function = hooks.helpers.get(offer.hook)
    names = offer.arguments
    if function is None:
        function, names = getattr(hooks, offer.hook), hookspecs.arguments(offer.hook)

    def call(*words):
        given = iter(words)
        return function(
            *[
                plain[name] if name in plain else next(given) if name in wanted else None
                for name in names
            ]
        )

    return call, len(wanted)


def _value(answer):
    if isinstance(answer, StrictWord | StrictTruth):
        return answer.value
    if hasattr(answer, "term"):
        plain = z3.simplify(answer.term)
        return z3.is_true(plain) if z3.is_bool(plain) else plain.as_long()
    return answer


def test_every_system_gives_the_answers_of_plain_numbers(target, hooks):
    """Arrays, strict words, symbols and recordings agree with ints; tracing goes through."""
    differing, asked = [], 0
    for offer in _offers(target):
        call, count = _call(offer, hooks)
        if count == 0:
            continue
        asked += 1
        columns = [WORDS[at:] + WORDS[:at] for at in range(count)]
        rows = list(zip(*columns, strict=True))
        plain = [call(*row) for row in rows]
        arrays = call(*(np.array(column, np.uint64) for column in columns))
        answers = {
            "arrays": np.broadcast_to(arrays, len(WORDS)).tolist(),
            "strict": [_value(call(*map(StrictWord, row))) for row in rows],
            "symbols": [_value(call(*map(constant, row))) for row in rows[:4]],
            "record": [record(call, count).run(*row) for row in rows],
        }
        call(*(traced() for _ in range(count)))
        for system, given in answers.items():
            if given != plain[: len(given)]:
                differing.append((offer.hook, system))

    assert asked > 100
    assert differing == []


def test_protections_of_many_vmas_are_the_same_as_of_each(target, hooks):
    """All sixteen combinations at once, keys included, on arrays and on plain numbers."""
    flags = [key << 32 | rights for key in (0, 5, 15) for rights in range(16)]

    together = hooks.vm_get_page_prot(np.array(flags, np.uint64))
    assert together.tolist() == [hooks.vm_get_page_prot(one) for one in flags]
