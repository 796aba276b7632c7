"""Jest: `FAIL file`, `● suite › test`, a matcher's message, a code frame, `Tests: n failed`.

https://jestjs.io/docs/cli https://jestjs.io/docs/configuration#reporters-arraymodulename--modulename-options
"""

import re

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

# The second sign is the bullet as Windows shells damage it.
_BULLET = Pattern(r"\s*(?:●|\SùÅ) (?P<test>\S.*?)\s*$")
_FILE = Pattern(
    r"\s*(?P<state>FAIL|PASS)\s+(?:(?P<project>\S+)\s+)?(?P<path>\S+\.\w+)(?: \([\d.]+ m?s\))?$"
)
_END = Pattern(
    r"\s*(?:●|\SùÅ) \S|\s*(?:FAIL|PASS)\s+\S|Test Suites: |Snapshot Summary|\s*(?:›|\SÇ║) \d|-+\|-"
    r"|Summary of all failing tests|Jest: "
)
_NOT_A_TEST = ("Console", "Deprecation Warning", "Validation Warning", "Cannot log after tests")
_VALUE = Pattern(r"\s*(?:Expected|Received)\b.*: +\S")
_DIFF = Pattern(r"\s*[-+] +(?!(?:Expected|Received|Snapshot)\b)\S")
_AT = Pattern(r"\s+at (?:.*\()?(?P<path>[^()\s][^()]*?):(?P<line>\d+):(?P<column>\d+)\)?$")
_PLACED = Pattern(
    r"\s*(?P<path>\S+?):(?P<line>\d+):(?P<column>\d+) - error (?P<rule>TS\d+): (?P<message>.+)"
)
_SYNTAX = Pattern(
    r"\s*(?P<message>(?:\S+: )?(?:SyntaxError|ReferenceError|Error|TransformError)\b.+)"
)
_COUNTS = Pattern(r"\s*(?:Tests|Test Suites): .*\b[1-9]\d* failed")
_THRESHOLD = Pattern(
    r"Jest: (?P<message>.* coverage threshold for (?P<metric>\w+) .*not met: .+|Coverage data for .+"
    r"|Uncovered count for (?P<unit>\w+) .*exceeds .+ threshold .*)"
)
_NONE = Pattern(
    r"(?P<message>No tests found, exiting with code 1)|(?P<hang>Jest did not exit one second)"
)
_FOREIGN = ("node_modules", "node:", "internal/", "<anonymous>", "jest-")


def _frame(region: Region, block: range) -> dict[str, str]:
    for index in block:
        if (found := _AT.match(region[index].text)) and not any(
            w in found["path"] for w in _FOREIGN
        ):
            return {**found.groupdict(), "index": str(index)}
    return {}


def _test(region: Region, reading: Reading, index: int, name: str, file: tuple[int, str]) -> None:
    """The block below one bullet."""
    block = region.after(index, stop=_END, limit=150)
    shown = [i for i in block if region[i].text.strip()]
    if not shown:
        return
    suite = name.startswith("Test suite failed to run")
    cause, message = shown[0], region[shown[0]].text.strip()
    if "encountered an unexpected token" in message and (hit := region.find(_SYNTAX, shown)):
        cause, message = hit[0], hit[1]["message"]
    values = [i for i in shown[:14] if _VALUE.match(region[i].text)]
    diff = [i for i in shown[1:40] if _DIFF.match(region[i].text)]
    if message.startswith("expect("):
        message += "".join(f" {region[i].text.strip()}" for i in (values or diff)[:2])
    compiler = _PLACED.match(region[cause].text)
    place = compiler.groupdict() if compiler else _frame(region, block)
    at = int(place["index"]) if "index" in place else None
    reading.add(
        compiler["message"] if compiler else message,
        title=[index, *([file[0]] if file[0] >= 0 else [])],
        cause=cause,
        frames=() if at is None else at,
        detail=[*values, *diff[:8], *shown[1:6]],
        path=place.get("path", file[1]),
        line=place.get("line", 0),
        column=place.get("column", 0),
        rule=place.get("rule", ""),
        test=file[1] if suite else f"{file[1]} › {name}" if file[1] else name,
        frame=f"{place['path']}:{place['line']}" if at is not None else "",
        failure_class=FailureClass.TYPE if compiler else None,
    )


def _walk(region: Region, reading: Reading) -> None:
    file, state = (-1, ""), ""
    for index in region.hits:
        text = region[index].text
        if found := _FILE.match(text):
            file, state = (index, found["path"]), found["state"]
        elif found := _BULLET.match(text):
            name = found["test"]
            if name.startswith(("Validation Error", "Multiple configurations")):
                shown = [i for i in region.after(index, limit=8) if region[i].text.strip()]
                cause = shown[0] if shown else index
                reading.add(
                    region[cause].text, title=index, cause=cause, failure_class=FailureClass.CONFIG
                )
            elif not name.startswith(_NOT_A_TEST):
                _test(region, reading, index, name, file)
            elif state == "PASS":
                reading.noise(range(index, region.after(index, stop=_END, limit=200).stop))


def _metric(found: re.Match[str]) -> str:
    """A gate's rule names what is counted, not how much: the numbers change with every commit."""
    metric = found["metric"] or found["unit"]
    return f"coverage-threshold/{metric}" if metric else "coverage-threshold"


def read(region: Region, reading: Reading) -> None:
    """Failed tests and suites, gates, counts; what passing tests print is no failure."""
    _walk(region, reading)
    for index, found in region.matches(_THRESHOLD):
        reading.add(found["message"], cause=index, rule=_metric(found))
    for index, found in region.matches(_NONE):
        if found["hang"]:
            reading.summary(index)
        else:
            reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="Jest",
    failure_class=FailureClass.TEST,
    anchors=(
        "● ",
        "ùÅ ",
        "FAIL ",
        "PASS ",
        "Tests: ",
        "Test Suites: ",
        "Jest: ",
        "No tests found, exiting",
        "Jest did not exit",
    ),
    read=read,
)
