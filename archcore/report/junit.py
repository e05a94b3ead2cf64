"""Results as JUnit XML, which continuous-integration servers read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archcore.conformance.verdict import Status
from archcore.report.check import story

if TYPE_CHECKING:
    from archcore.conformance.verdict import Result
    from archcore.report.check import Checked


def junit(checked: Checked) -> str:
    """Return one test suite a target; claims are skipped tests, undecided laws are errors."""
    root = Element("testsuites", name=f"archcore suite {checked.suite}")
    for target in dict.fromkeys(one.target for one in checked.results):
        own = [one for one in checked.results if one.target == target]
        suite = SubElement(root, "testsuite", _counts(own), name=target)
        for one in own:
            _case(suite, one)
    if checked.untrue:
        count = str(len(checked.untrue))
        suite = SubElement(root, "testsuite", name="claims", tests=count, failures=count)
        for at, sentence in enumerate(checked.untrue, 1):
            case = SubElement(suite, "testcase", classname="claims", name=f"untrue claim {at}")
            SubElement(case, "failure", message=sentence)
    indent(root)
    text: str = tostring(root, encoding="unicode", xml_declaration=True)
    return text


def _counts(results: list[Result]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(one.failed for one in results)),
        "errors": str(sum(one.status is Status.UNDECIDED for one in results)),
        "skipped": str(sum(one.claim is not None for one in results)),
    }


def _case(suite: Element, one: Result) -> None:
    name = f"{one.law}[{one.target}-{one.level}]"
    case = SubElement(suite, "testcase", classname=f"{one.target}.{one.level}", name=name)
    properties = SubElement(case, "properties")
    for key, value in (("status", one.status.value), ("method", one.method)):
        SubElement(properties, "property", name=key, value=value)
    if one.claim is not None:
        SubElement(case, "skipped", message=f"{one.claim.kind}: {one.claim.reason}")
    elif one.status is Status.UNDECIDED:
        SubElement(case, "error", message=one.reason).text = story(one)
    elif one.failed:
        SubElement(case, "failure", message=one.reason or one.status.value).text = story(one)
