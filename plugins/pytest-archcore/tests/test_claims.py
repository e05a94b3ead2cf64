from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

CLAIM = """
[[claim]]
law = "{law}"
targets = [ "forgetful-*" ]
kind = "{kind}"
reason = "the mark is made by hardware"
"""
TRUE = CLAIM.format(law="mkyoung-sets", kind="unsupported")
UNTRUE = CLAIM.format(law="mkold-clears", kind="unsupported")
RUN = ("--arch", "forgetful", "--law", "mkyoung-sets,mkold-clears")
MALFORMED = {
    "no law": ('law = "mkyoung-sets"', 'law = "mkyoung-set"', "no law is called 'mkyoung-set'"),
    "no target": ("forgetful-*", "forgetful-64*", "no target is called 'forgetful-64*'"),
    "not asked": (
        "targets = ",
        'levels = [ "pud" ]\ntargets = ',
        "mkyoung-sets is not asked of forgetful-* at pud; take the claim out",
    ),
    "no reason": ("reason", "excuse", "expected 'reason', which every claim has"),
    "no kind": ("unsupported", "someday", "expected a kind of unsupported, regression, later"),
}


@pytest.mark.parametrize("kind", ["unsupported", "regression", "later"])
def test_a_claimed_law_that_fails_is_expected_to(suite, install, pytester, kind):
    """The run is green, and tells each claim with its kind and reason."""
    install("forgetful", CLAIM.format(law="mkyoung-sets", kind=kind))
    result = suite(*RUN, "-rx", "--junit-xml=x")
    result.assert_outcomes(passed=1, xfailed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines([f"XFAIL *mkyoung-sets*{kind}: the mark is made by hardware"])
    assert f'name="claim" value="{kind}"' in (pytester.path / "x").read_text("utf-8")


@pytest.mark.parametrize("kind", ["unsupported", "regression", "later"])
def test_a_claim_about_a_law_that_holds_fails(suite, install, kind):
    """Claims are kept true: what was mended must be said to be."""
    install("forgetful", TRUE + CLAIM.format(law="mkold-clears", kind=kind))
    result = suite(*RUN)
    result.assert_outcomes(xfailed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            f"forgetful-32bit-v1 claims mkold-clears at pte to fail ({kind}), and it holds; *",
        ]
    )


def test_a_claim_does_not_excuse_a_law_that_nobody_decided(suite, install, pytester):
    """That a law fails is claimed, not that it is hard."""
    pytester.makeconftest("import z3; z3.Solver.check = lambda *_: z3.unknown")
    install("forgetful", TRUE)
    suite("--arch", "forgetful", "--law", "mkyoung-sets").assert_outcomes(failed=1)


@pytest.mark.parametrize(("old", "new", "message"), list(MALFORMED.values()), ids=list(MALFORMED))
def test_a_claim_about_nothing_is_an_error_at_collection(suite, install, old, new, message):
    """Nothing runs before the file and the number of the claim are told."""
    install("forgetful", UNTRUE + TRUE.replace(old, new, 1))
    result = suite(*RUN)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    assert f"archcore_forgetful/claims.toml: claim 2: {message}" in result.stdout.str()


def test_a_file_of_claims_is_checked_like_those_of_a_plugin(suite, install, pytester):
    """The message names the file that was given."""
    install("forgetful")
    text = UNTRUE + TRUE.replace("forgetful-*", "forgetful-64*")
    (pytester.path / "mine.toml").write_text(text, encoding="utf-8")
    result = suite(*RUN, "--claims", "mine.toml")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "mine.toml: claim 2: no target is called 'forgetful-64*'" in result.stdout.str()


def test_claims_of_a_file_join_those_of_the_plugin(suite, install, pytester):
    """Somebody else's plugin may be held with claims that it does not ship yet."""
    install("forgetful", TRUE)
    more = CLAIM.format(law="mkspecial-sets", kind="later")
    (pytester.path / "mine.toml").write_text(more, encoding="utf-8")
    result = suite("--law", "mkyoung-sets,mkspecial-sets", "--claims", "mine.toml")
    result.assert_outcomes(xfailed=2)


@pytest.mark.parametrize("option", ["--no-claims", "--runxfail"])
def test_claims_can_be_left_aside(suite, install, option):
    """Without them a law that fails is a failure, with its story."""
    install("forgetful", TRUE)
    result = suite(*RUN, option)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*try_law('mkyoung-sets', *"])


def test_a_plugin_claims_nothing_for_others(suite, install):
    """A pattern that is wide enough for everything covers its own targets."""
    install("forgetful")
    install("other", TRUE.replace("forgetful-*", "*"))
    result = suite("--law", "mkyoung-sets")
    result.assert_outcomes(xfailed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED *mkyoung-sets[[]forgetful-32bit-v1-pte]*"])
