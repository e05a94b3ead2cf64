from __future__ import annotations

import pytest

from archcore.conformance.claims import Claim, Kind, claimed, read
from archcore.errors import ExitCode, InputError

GOOD = """
[[claim]]
law = "hint-keeps-dirty"
targets = ["toy-*"]
levels = ["pmd"]
kind = "regression"
reason = '''
it is
known'''
link = "a commit"
"""


@pytest.fixture
def claims(tmp_path):
    """Return a function that reads claims from text."""

    def write(text):
        path = tmp_path / "claims.toml"
        path.write_text(text, encoding="utf-8")
        return read(path, "claims.toml")

    return write


def test_a_claim_is_read_whole(claims):
    """Its reason becomes one line."""
    assert claims(GOOD) == (
        Claim("hint-keeps-dirty", ("toy-*",), ("pmd",), Kind.REGRESSION, "it is known", "a commit"),
    )


def test_a_claim_covers_its_law_targets_and_levels_alone(claims):
    """And nothing beside them."""
    found = claims(GOOD)
    assert claimed(found, "hint-keeps-dirty", "toy-32bit-v1", "pmd") is found[0]
    assert claimed(found, "hint-keeps-dirty", "toy-32bit-v1", "pte") is None
    assert claimed(found, "hint-keeps-dirty", "boy-32bit-v1", "pmd") is None
    assert claimed(found, "hint-keeps-frame", "toy-32bit-v1", "pmd") is None


def test_without_levels_a_claim_is_about_all(claims):
    """As are most facts about an encoding."""
    (found,) = claims(GOOD.replace('levels = ["pmd"]', ""))
    assert found.levels == ("pte", "pmd", "pud")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (GOOD.replace("reason = '''\nit is\nknown'''", ""), "claim 1: expected 'reason'"),
        (
            GOOD.replace('"regression"', '"bug"'),
            "expected a kind of unsupported, regression, later",
        ),
        (GOOD.replace('["pmd"]', '["pgd"]'), "expected levels of pte, pmd, pud, found 'pgd'"),
        (GOOD.replace('["toy-*"]', '"toy-*"'), "expected 'targets' to be a list of strings"),
        (GOOD + 'why = "so"\n', "expected kind, law, levels, link, reason, targets, found 'why'"),
        ("[[claim]\n", "claims.toml: Expected"),
        ("[claims]\n", "expected [[claim]] tables, found claims"),
        ("claim = [1]\n", "claim 1: expected a table, found 1"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place(claims, broken, said):
    """And ends a command with 3."""
    with pytest.raises(InputError) as refused:
        claims(broken)
    assert said in str(refused.value)
    assert refused.value.exit_code == ExitCode.INPUT
