"""The laws as pytest sees them: one item a law, target and level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archcore.conformance.verdict import Status
from archcore.errors import ArchcoreError
from archcore.report.check import story
from pytest_archcore.options import docket_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archcore.conformance.claims import Claim
    from archcore.conformance.law import Law
    from archcore.conformance.verdict import Result
    from pytest_archcore.docket import Case, Docket


class RefutedError(Exception):
    """A law that does not hold; where that is claimed, it is expected."""


class UnsettledError(Exception):
    """A law that nobody decided, or that holds against a claim; neither is ever expected."""


class LawFile(pytest.File):
    """The module of the laws, whose items are the laws that are asked of the targets."""

    def collect(self) -> Iterator[LawItem]:
        """Yield the laws, target by target and level by level."""
        try:
            docket = docket_of(self.config)
            cases = list(docket.cases())
        except (ArchcoreError, pytest.UsageError) as error:
            raise self.CollectError(str(error)) from error
        for case in cases:
            yield LawItem.from_parent(self, name=case.name, docket=docket, case=case)


class LawItem(pytest.Item):
    """One law, held against one target at one level."""

    def __init__(self, *, docket: Docket, case: Case, **more: Any) -> None:  # noqa: ANN401
        """Mark the item with what it is about, and with what is claimed."""
        super().__init__(**more)
        self.docket, self.case = docket, case
        law, target, method = case.law, case.target, case.law.method.value
        self.extra_keyword_matches.update((law.name, target.arch, target.id, case.level, method))
        self.add_marker(
            pytest.mark.archcore(
                law=law.name, arch=target.arch, target=target.id, level=case.level, method=method
            )
        )
        if self.config.pluginmanager.hasplugin("xdist"):
            self.add_marker(pytest.mark.xdist_group(target.id))
        if case.claim is not None:
            self.add_marker(
                pytest.mark.xfail(reason=said(case.claim), raises=RefutedError, strict=True)
            )

    def runtest(self) -> None:
        """Hold the target to the law.

        Raises RefutedError where the law fails, and UnsettledError where it is undecided or holds
        against a claim.
        """
        result = self.docket.hold(self.case, self._neighbours())
        self.user_properties += properties(self.case, result)
        for sentence in self.docket.untrue(self.case, result):
            raise UnsettledError(sentence)
        if result.status in (Status.PROVED, Status.SAMPLED):
            return
        text = story(result)
        raise UnsettledError(text) if result.status is Status.UNDECIDED else RefutedError(text)

    def _neighbours(self) -> Iterator[Law]:
        """Yield the laws that this run asks of the same target and level."""
        for other in self.session.items:
            if isinstance(other, LawItem) and other.case.place == self.case.place:
                yield other.case.law

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """Show the law's own words; a traceback is for errors of the suite itself."""
        if isinstance(excinfo.value, RefutedError | UnsettledError | ArchcoreError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return where the item stands and what its failure is headed with."""
        return self.path, None, self.name


def said(claim: Claim) -> str:
    """Return a claim in a line."""
    link = f" ({claim.link})" if claim.link else ""
    return f"{claim.kind}: {claim.reason}{link}"


def properties(case: Case, result: Result) -> Iterator[tuple[str, object]]:
    """Yield what a report in XML says about an item besides its name and outcome."""
    yield "law", case.law.name
    yield "arch", case.target.arch
    yield "target", result.target
    yield "level", result.level
    yield "method", result.method
    yield "status", str(result.status)
    if result.tried is not None:
        yield "tried", result.tried
    if result.claim is not None:
        yield "claim", str(result.claim.kind)
