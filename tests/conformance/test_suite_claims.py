from __future__ import annotations

import pytest
import toy
from attrs import evolve

from archcore.conformance.claims import Claim, Kind
from archcore.conformance.suite import LAWS, claims_of, resolved
from archcore.errors import InputError
from archcore.registry import Registry

LAW = LAWS[0].name
CLAIM = """
[[claim]]
law = "{law}"
targets = ["{targets}"]
kind = "later"
reason = "not yet"
"""


def target(name):
    """Return the toy as another target."""
    return evolve(toy.module().TARGET, id=f"{name}-32bit-v1")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a function that makes an importable package with a file of claims."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(name, text=None):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        if text is not None:
            (tmp_path / name / "claims.toml").write_text(text, encoding="utf-8")
        return name

    return make


def registry_of(**homes):
    """Return a registry of toys, each named after its keyword, living in a package."""
    registry = Registry()
    for name, home in homes.items():
        registry.register(target(name), package=home)
    return registry


def test_a_plugin_claims_about_its_own_targets_and_no_others(package):
    """A pattern in the file of one plugin excuses nothing in another."""
    one = package("claims_one", CLAIM.format(law=LAW, targets="*"))
    registry = registry_of(a1=one, a2=one, b=package("claims_two"), here="")
    (claim,) = claims_of(registry, registry)
    assert claim.targets == ("a1-32bit-v1", "a2-32bit-v1")
    assert not claim.covers(LAW, "b-32bit-v1", claim.levels[0])


def test_only_the_plugins_that_are_asked_for_are_read(package):
    """A broken file of a plugin hurts nobody who holds another one's targets."""
    registry = registry_of(a=package("claims_bad", "["), b=package("claims_good"))
    assert claims_of(registry, [registry.get("b-32bit-v1")]) == ()
    with pytest.raises(InputError, match=r"claims_bad/claims\.toml"):
        claims_of(registry, [registry.get("a-32bit-v1")])


@pytest.mark.parametrize(
    ("law", "pattern", "message"),
    [
        ("no-such", "a", "FILE: claim 2: no law is called 'no-such'"),
        (LAW, "c-*", r"FILE: claim 2: no target is called 'c-\*'"),
    ],
)
def test_a_claim_about_nothing_is_an_error(law, pattern, message):
    """The message names the file and which of its claims it is."""
    good = Claim(LAW, ("a",), ("pte",), Kind.LATER, "why")
    with pytest.raises(InputError, match=message):
        resolved([good, Claim(law, (pattern,), ("pte",), Kind.LATER, "why")], "FILE", ["a"])
