"""The emulated MMU and the hardware models agree, and a planted fault is noticed."""

from __future__ import annotations

import pytest
from attrs import evolve, frozen

from archcore import registry
from archcore.conformance.testimony import hear
from archcore_oracle_unicorn import Unicorn

SEEDS = range(2)
RISCV = [
    (one.id, forgotten)
    for one in registry.installed()
    if one.id == "riscv-sv48-v6.1"
    for forgotten in ("allows", "reserved")
]
ASKED = [target for target in registry.installed() if Unicorn().refuses(target) is None]


@pytest.mark.parametrize("target", ASKED, ids=lambda target: target.id)
def test_the_emulator_agrees_with_the_model(target):
    """Both fault or translate alike: read, write and execute, over random and broken tables."""
    heard = hear(target, Unicorn(), SEEDS)

    assert heard.disagreements == []
    assert heard.agreed > sum(heard.skipped.values())


@frozen
class Lenient:
    """A hardware format that forgets one question."""

    format: object
    forgotten: str

    def __getattr__(self, name):
        """Answer as the real format does, but for the forgotten question."""
        if name == self.forgotten:
            return lambda *_: name != "reserved"
        return getattr(self.format, name)


@pytest.mark.parametrize(
    ("name", "forgotten"),
    [("x86-v6.1", "allows"), ("arm64-4k-v6.1", "allows"), ("x86-v3.8", "valid"), *RISCV],
)
def test_a_model_that_forgets_a_question_is_contradicted(name, forgotten):
    """The emulator is a witness, not a mirror: a wrong model disagrees with it."""
    target = registry.installed().get(name)
    wrong = evolve(target, mmu=evolve(target.mmu, format=Lenient(target.mmu.format, forgotten)))

    assert hear(wrong, Unicorn(), SEEDS).disagreements


def test_an_architecture_it_cannot_set_up_is_refused_by_name():
    """What the emulator cannot tell is said, not passed over."""
    for target in registry.installed():
        if target.arch == "powerpc":
            assert "powerpc" in Unicorn().refuses(target)
