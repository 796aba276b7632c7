"""JUnit XML and SARIF, the reports that tools leave beside their logs, as diagnostics."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from bot.log_formats.reading import MESSAGE_LIMIT
from bot.model.evidence import Diagnostic
from bot.outcomes import FailureClass
from bot.untrusted import Untrusted

MOST_BYTES = 64 * 1024 * 1024
MOST_FINDINGS = 2000
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PLACE = re.compile(r"(?P<path>(?:[A-Za-z]:)?[^\s:()\"']+\.\w{1,5}):(?P<line>\d{1,7})")


@dataclass(frozen=True, slots=True)
class Report:
    """A report file: its name, and its bytes."""

    name: str
    data: bytes


def reported(reports: Sequence[Report]) -> list[Diagnostic]:
    """The failures of all reports; a report that cannot be read says nothing."""
    found: list[Diagnostic] = []
    for report in reports:
        if len(report.data) > MOST_BYTES:
            continue
        read = _sarif if report.data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{" else _junit
        try:
            for diagnostic in read(report.data):
                found.append(diagnostic)
                if len(found) >= MOST_FINDINGS:
                    return found
        except (
            ET.ParseError,
            ValueError,
            TypeError,
            AttributeError,
            RecursionError,
            LookupError,
        ):
            continue
    return found


def unseen(found: Sequence[Diagnostic], known: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Those of `found` that are not about a test or a line that the log has told already."""
    tests = {_last(d.test) for d in known if d.test}
    places = {(d.path, d.line) for d in known if d.line}
    return [
        d for d in found if not (_last(d.test) in tests if d.test else (d.path, d.line) in places)
    ]


def _last(test: str) -> str:
    return re.split(r"::|#|›|>| ", test)[-1].strip()


def _junit(data: bytes) -> Iterator[Diagnostic]:
    if _DECLARATION.search(data):
        return  # no test framework declares entities; those who do mean harm
    for case in ET.fromstring(data).iter("testcase"):  # noqa: S314 - declarations are refused above
        for problem in case:
            if problem.tag not in {"failure", "error"}:
                continue
            text = (problem.text or "").strip()
            message = problem.get("message") or text.partition("\n")[0] or problem.tag
            place = _PLACE.search(text)
            name, group = case.get("name", ""), case.get("classname", "")
            yield Diagnostic(
                tool="junit",
                failure_class=FailureClass.TEST,
                message=Untrusted(message.strip().partition("\n")[0][:MESSAGE_LIMIT]),
                path=case.get("file", "") or (place["path"] if place else ""),
                line=_whole(case.get("line")) or (int(place["line"]) if place else 0),
                rule=problem.get("type", ""),
                test=f"{group}::{name}" if group else name,
            )
            break


def _sarif(data: bytes) -> Iterator[Diagnostic]:
    for run in json.loads(data).get("runs", ()):
        tool = str(run.get("tool", {}).get("driver", {}).get("name", "sarif"))[:60]
        for result in run.get("results", ()):
            if result.get("level", "warning") not in {"error", "warning"}:
                continue
            path, line, column = _location(result)
            yield Diagnostic(
                tool=tool,
                failure_class=FailureClass.LINT,
                message=Untrusted(str(result.get("message", {}).get("text", ""))[:MESSAGE_LIMIT]),
                path=path,
                line=line,
                column=column,
                rule=str(result.get("ruleId", ""))[:100],
            )


def _location(result: dict[str, Any]) -> tuple[str, int, int]:
    places = result.get("locations") or [{}]
    physical = places[0].get("physicalLocation", {})
    region = physical.get("region", {})
    path = str(physical.get("artifactLocation", {}).get("uri", ""))
    return path, _whole(region.get("startLine")), _whole(region.get("startColumn"))


def _whole(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
