"""minitest, Rails and test-unit: `  1) Failure:`, `Class#test [file:line]:`, the message, counts.

Rails prints `Failure:` without a number and `bin/rails test file:line` below; test-unit prints
`Failure: test_x(Class)` and the source. https://docs.seattlerb.org/minitest/
"""

import re

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_KIND = Pattern(
    r"(?: +\d+\) )?(?P<kind>Failure|Error):(?: (?P<unit>\w+[?!]?\([\w:]+\)):?(?P<more>.*))?$"
)
_TEST = Pattern(
    r" *(?P<test>[A-Z][\w:]*(?:#| )\S.*?)"
    r"(?: \[(?P<path>[^\[\]]+?):(?P<line>\d+)\])?(?: \([\d.]+s\))?:? *$"
)
_END = Pattern(r" *\d+\) (?:Failure|Error|Skipped):|(?:Failure|Error):|\d+ (?:runs|tests), |={5,}")
_TEXT = Pattern(r"\s*\S")
_RERUN = Pattern(r"(?:bin/)?(?:rails|rake) test (?P<path>\S+?):(?P<line>\d+)")
_FRAME = Pattern(
    r"(?!.*(?:/gems/|/lib/ruby/|/ruby/\d|<internal:))\s*(?P<path>[^\s:]+\.rb):(?P<line>\d+):in "
)
_ACTUAL = Pattern(r"\s*(?:Actual: .*|<.*>\.?$)")
_WANTED = Pattern(r"\s*(?:Expected|<.*> expected)")
_RULE = Pattern(r"\s*(?P<rule>(?:[A-Z]\w*::)*[A-Z]\w*): ")
_UNIT_DIFF = Pattern(r"\s*(?:<.*> expected|(?:[A-Z]\w*::)*[A-Z]\w*Error:|expected)")
_REPORT = Pattern(r" *(?:FAIL|ERROR) +(?P<test>(?=\S*(?:#|test_|::))\S.*?) \([\d.]+s\)$")
_COUNTS = Pattern(
    r"(?:\d+ runs|\d+ tests), \d+ assertions, (?P<failures>\d+) failures, (?P<errors>\d+) errors"
)


def _told(region: Region, block: range, first: int) -> list[int]:
    """The lines of a message: a custom text, what was expected and what there was."""
    lines = [first]
    if first + 1 in block and _WANTED.match(region[first + 1].text):
        lines.append(first + 1)
    if lines[-1] + 1 in block and _ACTUAL.match(region[lines[-1] + 1].text):
        lines.append(lines[-1] + 1)
    return lines


def _classic(region: Region, reading: Reading, index: int, test: re.Match[str], at: int) -> None:
    block = region.after(at, stop=_END, limit=60)
    cause = region.find(_TEXT, block)
    lines = _told(region, block, cause[0]) if cause else [at]
    text = " ".join(region[i].text.strip() for i in lines)
    frame = region.find(_FRAME, block)
    again = region.find(_RERUN, block)
    rule = _RULE.match(text) if region[index].text.rstrip().endswith("Error:") else None
    path = (
        test["path"] or (frame[1]["path"] if frame else "") or (again[1]["path"] if again else "")
    )
    line = (
        test["line"] or (frame[1]["line"] if frame else "") or (again[1]["line"] if again else "")
    )
    reading.add(
        text,
        title=at,
        cause=lines[:2],
        frames=[i[0] for i in (frame, again) if i],
        detail=block[:8],
        path=path,
        line=line,
        rule=rule["rule"] if rule else "",
        test=test["test"].rstrip(":"),
        frame=f"{path}:{line}" if path else "",
    )


def _unit(region: Region, reading: Reading, index: int, found: re.Match[str]) -> None:
    """test-unit names the test on the line itself and shows the source behind it."""
    block = region.after(index, stop=_END, limit=40)
    place = region.find(_FRAME, block)
    told = region.find(_UNIT_DIFF, block)
    more = found["more"].strip(" :")
    lines = _told(region, block, told[0]) if told else []
    text = more or " ".join(region[i].text.strip() for i in lines) or f"{found['unit']} failed"
    reading.add(
        text,
        title=index,
        cause=lines if lines and not more else index,
        frames=place[0] if place else (),
        detail=block[:8],
        path=place[1]["path"] if place else "",
        line=place[1]["line"] if place else 0,
        test=found["unit"],
        frame=f"{place[1]['path']}:{place[1]['line']}" if place else "",
    )


def read(region: Region, reading: Reading) -> None:
    """Failures and errors, those of minitest-reporters too, then the counts."""
    for index, found in region.matches(_KIND):
        if found["unit"]:
            _unit(region, reading, index, found)
        elif test := region.find(_TEST, region.after(index, limit=1)):
            _classic(region, reading, index, test[1], test[0])
    for index, found in region.matches(_REPORT):
        block = region.after(index, stop=_REPORT, limit=12)
        cause = region.find(_TEXT, block)
        reading.add(
            region[cause[0]].text.strip() if cause else f"{found['test']} failed",
            title=index,
            cause=cause[0] if cause else (),
            detail=block[:5],
            test=found["test"],
        )
    for index, counts in region.matches(_COUNTS):
        if counts["failures"] != "0" or counts["errors"] != "0":
            reading.summary(index)


FORMAT = Format(
    name="minitest",
    failure_class=FailureClass.TEST,
    anchors=("Failure:", "Error:", " assertions, ", " FAIL ", "FAIL  ", "ERROR ["),
    read=read,
)
